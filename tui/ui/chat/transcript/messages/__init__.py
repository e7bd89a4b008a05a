"""What a message is made of on the screen, from its text to its wrapped lines."""
