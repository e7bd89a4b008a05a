"""Context strip, and the remedies for a full context."""
