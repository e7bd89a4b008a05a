"""Models known by name."""
