"""Discord: the chat port on discord.py. Nothing here knows of a model, the store or the program."""
