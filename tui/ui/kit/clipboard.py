"""Copy of text to the clipboard, by a program of the system and through the terminal."""

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
"""Longest wait for a clipboard program."""


class Tool(NamedTuple):
    """A program that takes the clipboard's new content on its standard input."""

    command: tuple[str, ...]
    encoding: str = "utf-8"


class Copied(NamedTuple):
    """Result of a copy."""

    method: str
    """Name of the program that copied the text; `terminal` for the OSC 52 sequence."""
    confirmed: bool
    """False for the terminal, which may ignore the sequence without saying so."""


def find_tools(environment: Mapping[str, str], platform: str) -> tuple[Tool, ...]:
    """Return the installed clipboard programs for an environment and a `sys.platform`, best first."""
    tools: list[Tool] = []
    if platform == "darwin":
        tools.append(Tool(("pbcopy",)))
    if environment.get("WAYLAND_DISPLAY"):
        tools.append(Tool(("wl-copy",)))
    if environment.get("DISPLAY"):
        tools.append(Tool(("xclip", "-selection", "clipboard")))
        tools.append(Tool(("xsel", "--clipboard", "--input")))
    if platform == "win32" or environment.get("WSL_DISTRO_NAME"):
        # clip reads UTF-16 with a byte order mark, and other text in the system's old code page.
        tools.append(Tool(("clip.exe",), "utf-16"))
    return tuple(tool for tool in tools if shutil.which(tool.command[0], path=environment.get("PATH")))


def copy_by_tool(text: str, tools: tuple[Tool, ...]) -> str | None:
    """Copy the text with the first program that succeeds and return its name; None if none does.

    Blocks for at most 2 s per program.
    """
    for tool in tools:
        try:
            # No pipe for its output: xclip keeps running to serve the clipboard and would hold it open.
            process = subprocess.run(
                tool.command,
                input=text.encode(tool.encoding, "replace"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        if process.returncode == 0:
            return tool.command[0]
    return None


async def copy_text(text: str, to_terminal: Callable[[str], None]) -> Copied:
    """Copy the text without control characters, by a program and through the terminal. Never raises.

    `to_terminal` is the app's `copy_to_clipboard`. It is always called too, because over a remote connection
    only the terminal can reach the user's own clipboard.
    """
    text = without_controls(text)
    to_terminal(text)
    tools = find_tools(os.environ, sys.platform)
    program = await asyncio.to_thread(copy_by_tool, text, tools) if tools else None
    return Copied(program, True) if program else Copied("terminal", False)


def copy_notice(copied: Copied, label: str) -> str:
    """Return a sentence about a copy; `label` names the text, for example "the answer"."""
    if copied.confirmed:
        return _("Copied {text} with {program}.").format(text=label, program=copied.method)
    return _("Sent {text} to the terminal's clipboard.").format(text=label)
