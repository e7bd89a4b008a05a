"""The command line: arguments, the plain commands, and the way to the dashboard."""

from tui.cli.main import main

__all__ = ["main"]
