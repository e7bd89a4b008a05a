"""Conversations that were kept: found, opened, exported."""
