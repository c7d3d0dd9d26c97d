"""The terminal, or any two streams: one person and the bot. It needs no account."""
