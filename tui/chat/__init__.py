"""A conversation: its messages and its place on disk."""
