"""CPU, GPU and memory, in a row and in full."""
