"""A check of the whole record: its chain, and all that follows from what is linked. It only reads."""
