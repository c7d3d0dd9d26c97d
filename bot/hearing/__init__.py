"""What was said, to whom and where: whose memory a message belongs to, and what the loop is shown of it."""
