"""The context lengths that are offered."""

CONTEXTS = tuple(1 << power for power in range(9, 21))
"""Context lengths to step through: 512 to 1M tokens."""
