"""Prompt with its input and its attachments."""
