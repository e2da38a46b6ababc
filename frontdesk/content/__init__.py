"""What the assistant knows: questions, answers and tests as editors change them, and the releases by which visitors get them."""
