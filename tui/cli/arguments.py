"""Commands and options of `llmtui`."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import tui
from tui.chat.stop_texts import unescape
from tui.cli.argument_words import translate_argparse
from tui.cli.options import Arguments
from tui.engine.options import KV_TYPES, MAX_CONTEXT
from tui.i18n import N_, _
from tui.settings.named_tables import STOP_LETTERS
from tui.text import clean_line
from tui.units import format_number, parse_number, parse_tokens

_LEAST_CONTEXT = 256
TASK_LANGUAGES = ("all", "en", "es")
"""Names of the built-in tasks of one language, and of all."""
TOOL_CALLS = "tool-calls"
"""Name of the built-in trials of tool calls."""
COMMANDS = ("fit", "pull", "run", "compare", "bench", "doctor", "completion")

_EPILOG = N_(
    """commands:
  llmtui fit [MODEL ...]        will it run here, and where
  llmtui pull MODEL             download it, once it is known to fit
  llmtui run MODEL [PROMPT]     load a model and answer
  llmtui compare MODEL MODEL    the same prompt or tasks to several models
  llmtui bench [MODEL]          how fast it is here, or this machine
  llmtui doctor                 what was detected, and what was not
  llmtui completion SHELL       the script that completes commands and models

"llmtui COMMAND --help" explains each."""
)


def parse(argv: Sequence[str]) -> Arguments:
    """The arguments; on wrong usage, say what is right and exit with 2."""
    if argv and argv[0] in COMMANDS:
        command, options = argv[0], argv[1:]
        return Arguments(command=command, **_values(_PARSERS[command](), options))
    return Arguments(**_values(_dashboard(), argv))


def _values(parser: argparse.ArgumentParser, argv: Sequence[str]) -> dict[str, Any]:
    """Return the values by their names, wherever options stand; on wrong usage, exit with 2.

    argparse counts an optional positional as left out once an option follows the one before it, and ends a
    list of them at an option.
    """
    parsed, unread = parser.parse_known_args(argv)
    values = vars(parsed)
    positional = _OPTIONAL_POSITIONALS.get(parser.prog)
    if unread and positional is not None:
        name, count, type_ = positional
        value = values[name]
        if count == "*" or not value:
            # Another parser, since it tells what is an option as the first one does.
            second = argparse.ArgumentParser(add_help=False)
            second.add_argument(name, nargs=count, type=type_, default=[] if count == "*" else value)
            parsed, unread = second.parse_known_args(unread)
            late_value = getattr(parsed, name)
            values[name] = [*value, *late_value] if count == "*" else late_value
    if unread:
        parser.error(_("unrecognized arguments: %s") % " ".join(unread))
    return values


def parser_of(command: str | None) -> argparse.ArgumentParser:
    """Return the parser of a command; None for that of the dashboard."""
    return _dashboard() if command is None else _PARSERS[command]()


def wrong_usage(command: str, message: str) -> NoReturn:
    """Say what is right, as `parse` does, when that shows only later; exit with 2."""
    _PARSERS[command]().error(message)


def _dashboard() -> argparse.ArgumentParser:
    parser = _parser("llmtui", _("Choose and try a local language model on this machine."), json=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _(_EPILOG)
    parser.add_argument(
        "--version",
        action="version",
        version=f"llmtui {tui.__version__}",
        help=_("show program's version number and exit"),
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar=_("PATH"),
        help=_("GGUF files, or folders of them, to list too"),
    )
    _load_options(parser)
    _replay_option(parser.add_argument)
    return parser


def _fit() -> argparse.ArgumentParser:
    # Here, since only this command needs to know other machines.
    from tui.hardware.what_if import known_names
    from tui.services.model_columns import SORTS
    from tui.services.picks.wish import TASKS

    parser = _parser("llmtui fit", _("Say which models run here, where, and what memory they take."))
    parser.add_argument(
        "models",
        nargs="*",
        metavar=_("MODEL"),
        help=_("a name or a part of it, owner/repository, a GGUF file; all models when left out"),
    )
    parser.epilog = _(
        "Before a size, ~ says that a formula gave it, and ✓ that the model ran here with these settings."
    )
    _load_options(parser)
    parser.add_argument("--quant", metavar="Q", help=_("quantization for models that are not on this disk"))
    parser.add_argument(
        "--quants",
        action="store_true",
        help=_("every quantization of one model: size, verdict, speed and the quality it loses"),
    )
    parser.add_argument("--sort", choices=SORTS, help=_("order by a column of the table"))
    parser.add_argument("--fits", action="store_true", help=_("only models that fit, tight ones too"))
    parser.add_argument("--task", choices=TASKS, help=_("pick models for a task, with the reasons"))
    parser.add_argument(
        "--language", metavar=_("CODE"), help=_("language of that task, such as en or es; else the user's")
    )
    parser.add_argument("--top", type=_whole(1, 100), metavar="N", help=_("number of picks, 3 unless given"))
    parser.add_argument(
        "--speed",
        type=_number(1000),
        metavar="N",
        help=_("tokens per second that a pick has to reach, 5 unless given; 0 for any"),
    )
    parser.add_argument(
        "--commercial", action="store_true", help=_("only picks whose licence allows commercial use")
    )
    parser.add_argument(
        "--filter",
        metavar=_("WORDS"),
        help=_('only models for which all words hold, as in the list: "spanish tools <4gb"'),
    )
    parser.add_argument(
        "--machine",
        action="append",
        default=[],
        metavar=_("NAME"),
        help=_(
            "another machine: {names}, one of the settings' own, or a size such as 16gb for a machine "
            "like this with that memory; given several times, the machines stand side by side, and here is "
            "this one"
        ).format(names=", ".join(sorted(known_names({})))),
    )
    return parser


def _pull() -> argparse.ArgumentParser:
    parser = _parser(
        "llmtui pull", _("Download a model, once its verdict on this machine is known."), json=False
    )
    parser.add_argument("--json", action="store_true", help=_("a line of JSON on stdout for each event"))
    parser.add_argument(
        "model",
        metavar=_("MODEL"),
        help=_(
            "a name of the catalogue or owner/repository, each with :QUANTIZATION or :FILE where one is "
            "wanted, or a web address"
        ),
    )
    _load_options(parser)
    parser.add_argument(
        "--yes", action="store_true", help=_("do not ask: the named quantization, else one that fits")
    )
    parser.add_argument(
        "--list", action="store_true", help=_("only list the quantizations with their sizes and verdicts")
    )
    return parser


def _run() -> argparse.ArgumentParser:
    parser = _parser("llmtui run", _("Load a model and answer on stdout."))
    _one_model(parser)
    parser.add_argument(
        "prompt",
        nargs="?",
        metavar=_("PROMPT"),
        help=_("text on stdin follows it, or is the prompt when it is left out"),
    )
    _load_options(parser)
    parser.add_argument("--system", metavar=_("TEXT"), help=_("system prompt"))
    parser.add_argument("--max-tokens", type=_whole(1), metavar="N", help=_("longest answer"))
    parser.add_argument(
        "--temperature", type=_number(5), metavar="T", help=_("0 for always the likeliest word")
    )
    parser.add_argument("--seed", type=_whole(0), metavar="N", help=_("the same seed gives the same answer"))
    parser.add_argument(
        "--stop",
        type=_stop_text(),
        action="append",
        metavar=_("TEXT"),
        help=_("end the answer before this text; \\n is a line break; may be given several times"),
    )
    return parser


def _compare() -> argparse.ArgumentParser:
    # Here, since only this command needs to know the tasks.
    from tui.chat.comparing.tasks import KINDS, task_names

    parser = _parser(
        "llmtui compare",
        _("Ask several models the same, one after another: answers, speed and memory side by side."),
    )
    parser.epilog = _("Without a prompt and without tasks, every task is asked.")
    parser.add_argument(
        "models",
        nargs="*",
        metavar=_("MODEL"),
        help=_("two or more, or one for a file of tasks: GGUF files, or names of models on this disk"),
    )
    _load_options(parser)
    parser.add_argument(
        "--prompt",
        metavar=_("TEXT"),
        help=_('a prompt of your own; text on stdin follows it, "-" for that alone'),
    )
    parser.add_argument(
        "--task",
        dest="tasks",
        nargs="+",
        action="extend",
        default=[],
        metavar=_("NAME"),
        help=_("built-in tasks, whose answers are checked: {kinds}; or one of {names}").format(
            kinds=", ".join(KINDS), names=", ".join(task_names())
        ),
    )
    parser.add_argument(
        "--tasks",
        nargs=1,
        action="extend",
        type=_task_set(),
        metavar=_("NAME|FILE"),
        help=_(
            "all of them, or those of one language: all, en, es; tool-calls for trials of tool calls; or a "
            "file of tasks of your own, TOML or JSONL"
        ),
    )
    parser.add_argument(
        "--repeat", type=_whole(1), metavar="N", help=_("ask each task of the file N times, with other seeds")
    )
    parser.add_argument(
        "--resume", action="store_true", help=_("go on with the last run of these tasks, where it ended")
    )
    parser.add_argument(
        "--kept",
        action="store_true",
        help=_("show the results that are kept of these tasks, and ask nothing"),
    )
    parser.add_argument(
        "--example-tasks",
        nargs="?",
        const="-",
        metavar=_("FILE"),
        help=_("write an example of a file of tasks, to stdout without FILE, and end"),
    )
    parser.add_argument(
        "--max-tokens", type=_whole(1), metavar="N", help=_("longest answer to your own prompt")
    )
    parser.add_argument("--markdown", action="store_true", help=_("a Markdown document on stdout"))
    return parser


def _bench() -> argparse.ArgumentParser:
    parser = _parser("llmtui bench", _("Measure prompt and generation speed and memory."))
    parser.add_argument(
        "model",
        nargs="?",
        default="",
        metavar=_("MODEL"),
        help=_("a model on this disk; the machine when left out"),
    )
    parser.add_argument(
        "--anyway",
        action="store_true",
        help=_("do not wait for other programs that are at work"),
    )
    parser.add_argument(
        "--forget",
        action="store_true",
        help=_("delete what was measured on this machine, of its speed and of every reply"),
    )
    _load_options(parser)
    return parser


def _doctor() -> argparse.ArgumentParser:
    parser = _parser(
        "llmtui doctor", _("Say what was detected, what is n/a and why, and what to do about it.")
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--record",
        type=Path,
        metavar=_("DIR"),
        help=_("keep what this machine answers, second by second, in a new folder to look at elsewhere"),
    )
    _replay_option(source.add_argument)
    parser.add_argument(
        "--seconds", type=_whole(1), default=10, metavar="N", help=_("how long to record; 10 when left out")
    )
    return parser


def _completion() -> argparse.ArgumentParser:
    parser = _parser(
        "llmtui completion",
        _("Print the script that has a shell complete commands, options and names of models."),
        json=False,
    )
    parser.add_argument(
        "shell", choices=("bash", "zsh", "fish"), metavar=_("SHELL"), help=_("shell that completes")
    )
    return parser


_PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "fit": _fit,
    "pull": _pull,
    "run": _run,
    "compare": _compare,
    "bench": _bench,
    "doctor": _doctor,
    "completion": _completion,
}

_OPTIONAL_POSITIONALS: dict[str, tuple[str, str, Callable[[str], object]]] = {
    "llmtui": ("paths", "*", Path),
    "llmtui fit": ("models", "*", str),
    "llmtui run": ("prompt", "?", str),
    "llmtui compare": ("models", "*", str),
    "llmtui bench": ("model", "?", str),
}
"""Positionals that may be left out, by program: name, `nargs` and type."""


def _parser(name: str, description: str, *, json: bool = True) -> argparse.ArgumentParser:
    translate_argparse()
    parser = argparse.ArgumentParser(prog=name, description=description)
    if json:
        parser.add_argument("--json", action="store_true", help=_("one JSON document on stdout"))
    return parser


def _one_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model",
        metavar=_("MODEL"),
        help=_("a GGUF file, or the name of a model on this disk or a part of it"),
    )


def _replay_option(add: Callable[..., argparse.Action]) -> None:
    add("--replay", type=Path, metavar=_("DIR"), help=_("show a recorded machine instead of this one"))


def _load_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ctx",
        type=_context(),
        metavar="N",
        help=_("context length in tokens, 256 or more: 8192, 32k, 1M; k is 1024"),
    )
    parser.add_argument("--kv", choices=KV_TYPES, help=_("type of the KV cache"))


def _task_set() -> Callable[[str], "str | Path"]:
    def task_set(text: str) -> str | Path:
        if text in TASK_LANGUAGES:
            return text
        path = Path(text)
        if text != TOOL_CALLS and not path.suffix and not path.exists():
            names = ", ".join((*TASK_LANGUAGES, TOOL_CALLS))
            raise argparse.ArgumentTypeError(
                _("{text} is none of {names}, and no file").format(text=clean_line(text), names=names)
            )
        return path

    return task_set


def _context() -> Callable[[str], int]:
    def tokens(text: str) -> int:
        try:
            value = parse_tokens(text)
        except ValueError:
            raise argparse.ArgumentTypeError(
                _("{text} is no number of tokens, such as 8192, 32k or 1M").format(text=clean_line(text))
            ) from None
        return _within(value, text, _LEAST_CONTEXT, MAX_CONTEXT)

    return tokens


def _within(value: int, text: str, lowest: int, highest: int) -> int:
    """Return a number that is within its bounds, or say which one it breaks."""
    if value < lowest:
        raise argparse.ArgumentTypeError(_("{text} is not {least} or more").format(text=text, least=lowest))
    if value > highest:
        raise argparse.ArgumentTypeError(_("{text} is more than {most}").format(text=text, most=highest))
    return value


def _whole(lowest: int, highest: int = (1 << 31) - 1) -> Callable[[str], int]:
    def number(text: str) -> int:
        return _within(int(text), text, lowest, highest)

    # argparse names the type in its message for what is no number at all.
    number.__name__ = _("whole number")
    return number


def _number(highest: float) -> Callable[[str], float]:
    """Return the type of an option that takes a number from 0 to `highest`."""

    def number(text: str) -> float:
        value = parse_number(text)
        if not 0 <= value <= highest:
            raise argparse.ArgumentTypeError(
                _("{text} is not from 0 to {highest}").format(text=text, highest=format_number(highest))
            )
        return value

    number.__name__ = _("number")
    return number


def _stop_text() -> Callable[[str], str]:
    def text(argument: str) -> str:
        # A terminal may send what its locale cannot say; the engine takes UTF-8 only.
        stop_text = unescape(os.fsencode(argument).decode("utf-8", "replace"))
        if not 0 < len(stop_text) <= STOP_LETTERS:
            raise argparse.ArgumentTypeError(
                _("a stop text has from 1 to {most} letters").format(most=STOP_LETTERS)
            )
        return stop_text

    text.__name__ = _("text")
    return text
