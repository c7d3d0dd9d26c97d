"""The outside world: a folder for each port, each port with one implementation that needs no account."""
