"""Saved conversations: list, search, export and import."""
