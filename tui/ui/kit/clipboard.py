"""Copy text to the clipboard: by the system's own program where there is one, and through the terminal."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tui.i18n import _
from tui.text import without_controls

TIMEOUT_SECONDS = 2.0
"""Seconds after which a clipboard program is given up."""


class Tool(NamedTuple):
    """A program that takes the clipboard's new content on its standard input."""

    command: tuple[str, ...]
    encoding: str = "utf-8"


class Copied(NamedTuple):
    """Result of a copy."""

    way: str
    """The program that took it, or `terminal` for the OSC 52 sequence."""
    confirmed: bool
    """False for the terminal, which obeys or ignores the sequence and does not say which."""


def find_tools(environment: Mapping[str, str], platform: str) -> tuple[Tool, ...]:
    """Return the clipboard programs that can work in this environment on this `sys.platform`, best first."""
    tools: list[Tool] = []
    if platform == "darwin":
        tools.append(Tool(("pbcopy",)))
    if environment.get("WAYLAND_DISPLAY"):
        tools.append(Tool(("wl-copy",)))
    if environment.get("DISPLAY"):
        tools.append(Tool(("xclip", "-selection", "clipboard")))
        tools.append(Tool(("xsel", "--clipboard", "--input")))
    if platform == "win32" or environment.get("WSL_DISTRO_NAME"):
        # clip reads UTF-16 with a mark, and anything else in the system's old code page.
        tools.append(Tool(("clip.exe",), "utf-16"))
    return tuple(tool for tool in tools if shutil.which(tool.command[0], path=environment.get("PATH")))


def copy_by_tool(text: str, tools: tuple[Tool, ...]) -> str | None:
    """Give the text to the first program that takes it and return its name, or None.

    Blocks at most 2 s a program.
    """
    for tool in tools:
        try:
            # Its output goes nowhere: xclip stays behind to serve the clipboard and would hold a pipe open.
            done = subprocess.run(
                tool.command,
                input=text.encode(tool.encoding, "replace"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        if done.returncode == 0:
            return tool.command[0]
    return None


async def copy_text(text: str, to_terminal: Callable[[str], None]) -> Copied:
    """Copy the text without control characters, by a program and through the terminal. Never raises.

    `to_terminal` is the app's `copy_to_clipboard`. The terminal is always asked too: over a remote connection
    only it can reach the user's own clipboard.
    """
    text = without_controls(text)
    to_terminal(text)
    tools = find_tools(os.environ, sys.platform)
    way = await asyncio.to_thread(copy_by_tool, text, tools) if tools else None
    return Copied(way, True) if way else Copied("terminal", False)


def copy_notice(copied: Copied, label: str) -> str:
    """Return a sentence about a copy; `label` names the text, for instance "the answer"."""
    if copied.confirmed:
        return _("Copied {what} with {way}.").format(what=label, way=copied.way)
    return _("Sent {what} to the terminal's clipboard.").format(what=label)
