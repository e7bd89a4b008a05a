"""Modules that need no test of their name, each with its reason."""

MODULES_WITHOUT_TEST: dict[str, str] = {}
"""Path of the module: the reason, and the test that covers it."""
