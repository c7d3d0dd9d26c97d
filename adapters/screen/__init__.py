"""What libraries see in a text: patterns in bounded time, letters that imitate others, secrets."""
