"""The engine's and the machine's activity over time."""
