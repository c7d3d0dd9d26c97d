"""Chat platforms: what they are to the bot, and a console that needs no account."""
