"""Conversations on the disk: written as they happen, read back, exported."""
