"""The tables of commands and options, from the argument parser."""

import argparse

from tests.docs.blocks import code, markdown_table
from tui.cli import arguments
from tui.cli.arguments import COMMANDS


def parser_of(command: str) -> argparse.ArgumentParser:
    """Return the parser of a command; an empty name is the dashboard."""
    return arguments.parser_of(command or None)


def commands(_detail: str) -> str:
    """Return a table of all commands, the dashboard first."""
    rows = [(code(_synopsis(name)), parser_of(name).description or "") for name in ("", *COMMANDS)]
    return markdown_table(("command", "does"), rows)


def options(command: str) -> str:
    """Return a table of what a command takes; `dashboard` is the one without a name."""
    parser = parser_of("" if command == "dashboard" else command)
    rows = [_row(action) for action in parser._actions if action.dest != "help"]
    return markdown_table(("argument", "means"), rows)


def _synopsis(command: str) -> str:
    parser = parser_of(command)
    parts = ["llmtui", command]
    for action in parser._actions:
        if not action.option_strings:
            name = str(action.metavar or action.dest)
            parts.append(
                {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} ..."}.get(str(action.nargs), name)
            )
    return " ".join(part for part in parts if part)


def _row(action: argparse.Action) -> tuple[str, str]:
    meaning = str(action.help or "").replace("%%", "%")
    value = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    if action.choices is not None:
        values = ", ".join(code(str(choice)) for choice in action.choices)
        meaning = f"{meaning}: {values}"
        value = action.metavar or action.option_strings[-1].lstrip("-").upper()
    if not action.option_strings:
        return code(str(value)), meaning
    return code(f"{', '.join(action.option_strings)} {value}".strip()), meaning
