"""A turn from its message to its audit: each message's way, the lines it waits in, and what a dead process left."""
