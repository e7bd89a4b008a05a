"""The prompt with its files."""
