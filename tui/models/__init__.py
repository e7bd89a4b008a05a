"""Which models exist and what they are made of."""
