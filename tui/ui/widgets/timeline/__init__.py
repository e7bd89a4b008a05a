"""The machine and the tokens over time."""
