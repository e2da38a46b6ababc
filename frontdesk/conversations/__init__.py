"""The record: conversations, their messages, what was understood, who has them, who was told."""
