"""A machine's answers recorded, and replayed in its place."""
