"""Storage of conversations: saving while they go on, reading, export and import."""
