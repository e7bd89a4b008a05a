"""Will it run here, where, how fast, and what would make it fit."""
