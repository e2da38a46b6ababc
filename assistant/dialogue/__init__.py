"""What to do with a message once it has been read: answer, answer twice, ask back, say so, offer a person."""
