"""`llmtui completion`: the script with which a shell completes command lines, and the words for it."""

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import argcomplete
from argcomplete.completers import FilesCompleter
from argcomplete.lexers import split_line
from argcomplete.shell_integration import shellcode

from tui.cli.arguments import COMMANDS, TASK_LANGUAGES, TOOL_CALLS, parser_of
from tui.cli.options import Arguments
from tui.cli.output import write
from tui.settings.settings import Settings
from tui.settings.toml_reader import load_settings

Completer = Callable[..., Iterable[str]]

_GGUF_FILES = ("gguf", "GGUF")
_TASK_FILES = ("toml", "jsonl")
_ENDS_OF_COMMANDS = (";", "|", "&", "(", "{")
_COMMANDS_BEFORE = ("time", "env", "nohup", "nice", "exec", "command", "sudo")
"""Commands that start the one after them."""


def run(arguments: Arguments, settings: Settings) -> int:
    """Print the script for a shell."""
    del settings
    write(shellcode(["llmtui"], shell=arguments.shell) + "\n")
    return 0


def complete() -> None:
    """Write the words that may come next where the shell wants them, and end the process.

    The shell says in `COMP_LINE` what was typed, and in `_ARGCOMPLETE` which word counts as the first.
    """
    line = os.environ.get("COMP_LINE", "")
    typed_words = split_line(line, int(os.environ.get("COMP_POINT", len(line))))[3]
    start = _program_index(typed_words)
    command = (
        typed_words[start + 1]
        if len(typed_words) > start + 1 and typed_words[start + 1] in COMMANDS
        else None
    )
    # Counted from 1; a command takes the place of the program's name.
    os.environ["_ARGCOMPLETE"] = str(start + (1 if command is None else 2))
    parser = parser_of(command)
    for action in parser._actions:  # pyright: ignore[reportPrivateUsage] - argparse lists them nowhere else
        if completer := _completer(command, action):
            # argcomplete looks for this attribute.
            setattr(action, "completer", completer)  # noqa: B010
    argcomplete.autocomplete(parser, validator=_begins_like, always_complete_options=False)


def _program_index(typed_words: Sequence[str]) -> int:
    """Return the position of the program's name: zsh gives the whole line, with commands before this one."""
    for index in range(len(typed_words) - 1, 0, -1):
        previous = typed_words[index - 1]
        is_command = previous.endswith(_ENDS_OF_COMMANDS) or "=" in previous or previous in _COMMANDS_BEFORE
        if is_command and Path(typed_words[index]).name == "llmtui":
            return index
    return 0


def _begins_like(word: str, prefix: str) -> bool:
    return word.casefold().startswith(prefix.casefold())


def _completer(command: str | None, action: argparse.Action) -> Completer | None:
    """Return what completes an argument; None for its choices, or files and folders where it has none."""
    completers: dict[str, Completer] = {
        "paths": _paths_or_commands,
        "models": _every_model if command == "fit" else _models_on_disk,
        "model": _catalogue_names if command == "pull" else _models_on_disk,
        "machine": _machines,
        "quant": _quantizations,
        "tasks": _tasks,
        "prompt": _nothing,
    }
    if "--tasks" in action.option_strings:
        return _task_sets
    return None if action.choices else completers.get(action.dest)


def _nothing(**_facts: Any) -> list[str]:
    return []


def _task_sets(prefix: str, **_facts: Any) -> list[str]:
    return [*TASK_LANGUAGES, TOOL_CALLS, *FilesCompleter(_TASK_FILES)(prefix)]


def _files(prefix: str) -> list[str]:
    return list(FilesCompleter(_GGUF_FILES)(prefix))


def _paths_or_commands(prefix: str, **_facts: Any) -> list[str]:
    return [*COMMANDS, *_files(prefix)]


def _models_on_disk(prefix: str, **_facts: Any) -> list[str]:
    return _names(on_disk=True) + _files(prefix)


def _every_model(prefix: str, **_facts: Any) -> list[str]:
    return _names(on_disk=False) + _files(prefix)


def _names(*, on_disk: bool) -> list[str]:
    """Return the names of models; those that cannot be loaded from this disk only without `on_disk`."""
    from tui.services.finding import scan_models, search_paths

    settings, _problems = load_settings()
    models = scan_models(search_paths((), settings.folders, settings.skip_stores)).models
    return sorted({model.name for model in models if model.can_load or not on_disk}, key=str.casefold)


def _catalogue_names(**_facts: Any) -> list[str]:
    from tui.models.catalogue.catalogue import load_catalogues

    return sorted((entry.name for entry in load_catalogues().entries), key=str.casefold)


def _machines(**_facts: Any) -> list[str]:
    from tui.hardware.what_if import known_names

    return list(known_names(load_settings()[0].machines))


def _quantizations(**_facts: Any) -> list[str]:
    from tui.models.quantizations import QUANTS

    return list(QUANTS)


def _tasks(**_facts: Any) -> list[str]:
    from tui.chat.comparing.tasks import KINDS, task_names

    return [*KINDS, *task_names()]
