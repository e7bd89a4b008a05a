"""Tiny modules that earn a file of their own, each with its reason."""

TINY_MODULES: dict[str, str] = {
    "tui/ui/kit/gc_freeze.py": "two parts of the dashboard call it, and neither imports the other",
}
"""Path of the module: the reason."""
