"""The pages of the manual, and the code and the links on them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^(```+)(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|md|toml|lock))")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def pages() -> list[Path]:
    """Return every page for a reader: those at the top, the manual, and the floor plan."""
    top = ("README.md", "README.es.md", "CONTRIBUTING.md", "CHANGELOG.md", "tui/README.md")
    return [*(ROOT / name for name in top), *sorted((ROOT / "docs").rglob("*.md"))]


def links(text: str) -> list[str]:
    """Return the targets of links and pictures, without those to other sites."""
    return [target for target in _LINK.findall(_without_code(text)) if "://" not in target]


def paths(text: str) -> list[str]:
    """Return the paths of this project in the inline code of a page: `engine/llama.py`, `tui/services/`.

    Only those with a folder in them; a name alone may be that of a user's file. The environment `.venv/` is
    the reader's, and not there where the tests run in another one.
    """
    inline = _INLINE.findall(_FENCE.sub("", text))
    return [
        path for path in inline if "/" in path and _PATH.fullmatch(path) and not path.startswith(".venv/")
    ]


def anchors(text: str) -> set[str]:
    """Return the names by which a link can point to the headings of a page, as GitHub makes them."""
    headings = _HEADING.findall(_FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(text: str) -> list[list[str]]:
    """Return the arguments of each `llmtui …` in the shell blocks and in the sentences of a page."""
    blocks = [code for _fence, language, code in _FENCE.findall(text) if language == "sh"]
    lines = [line for code in blocks for line in code.replace("\\\n", " ").splitlines()]
    sentences = [code for code in _INLINE.findall(_FENCE.sub("", text)) if code.startswith("llmtui ")]
    return [arguments for line in lines + sentences for arguments in _llmtui_arguments(line)]


def _llmtui_arguments(line: str) -> Iterator[list[str]]:
    if "[" in line or "COMMAND" in line:
        # A synopsis is not a command.
        return
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    command: list[str] = []
    for word in [*lexer, ";"]:
        if word and not set(word) - set("|&;<>"):
            if command and command[0].rpartition("/")[2] == "llmtui":
                yield command[1:]
            # What follows a redirection is a file, which no command begins with.
            command = [] if set(word) - set("<>") else [word]
        else:
            command.append(word)


def _without_code(text: str) -> str:
    return _INLINE.sub("", _FENCE.sub("", text))
