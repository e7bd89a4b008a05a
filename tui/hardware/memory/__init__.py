"""Memory that programs can use, and the limits on it."""
