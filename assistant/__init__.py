"""What runs inside Rasa: language understanding, dialogue policy, wording, the front-desk channel."""
