"""What the engine and the machine did over time."""
