"""Each file is a command: `python -m frontdesk <file>`."""
