"""Thinking told apart from the answer."""
