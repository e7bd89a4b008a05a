"""This machine: its parts, and the readings of them."""
