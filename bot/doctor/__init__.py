"""The doctor: looks at everything that a bot needs and says what is not well, and what to do. It changes nothing."""
