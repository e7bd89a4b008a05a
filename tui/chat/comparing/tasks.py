"""Built-in tasks of a comparison: their prompts, and the contents that a right answer has."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomli

from tui.engine.options import SamplingSettings
from tui.sentences import Reason, reason

Language = Literal["en", "es"]
Kind = Literal["summary", "translation", "draft", "extraction", "tool", "arithmetic"]
KINDS: tuple[Kind, ...] = ("summary", "translation", "draft", "extraction", "tool", "arithmetic")

LANGUAGES: dict[Language, Reason] = {"en": reason("chat.english"), "es": reason("chat.spanish")}
"""Names of the languages, as facts of sentences."""

_TITLES: dict[Kind, str] = {
    "summary": "chat.task_summary",
    "translation": "chat.task_translation",
    "draft": "chat.task_draft",
    "extraction": "chat.task_extraction",
    "tool": "chat.task_tool",
    "arithmetic": "chat.task_arithmetic",
}
_BRIEF_TITLES: dict[Kind, str] = {
    "summary": "chat.task_brief_summary",
    "translation": "chat.task_brief_translation",
    "draft": "chat.task_brief_draft",
    "extraction": "chat.task_brief_extraction",
    "tool": "chat.task_brief_tool",
    "arithmetic": "chat.task_brief_arithmetic",
}

SEED = 1
"""Seed of every task: with temperature 0 the same model gives the same answer, whoever asks."""

_FILE = Path(__file__).with_name("tasks.toml")

AnyOf = tuple[str, ...]
"""Words for one thing that an answer has to mention; any of them will do."""


class SummaryCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="summary"):
    """A summary: short enough, in the language asked for, with the facts asked for."""

    words_most: int
    mentions: tuple[AnyOf, ...]


class TranslationCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="translation"):
    """A translation: in the language asked for, with the words that any good one has."""

    terms: tuple[AnyOf, ...]


class DraftCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="draft"):
    """A letter: a greeting, a length, and what it is about."""

    greetings: tuple[str, ...]
    words_least: int
    words_most: int
    mentions: tuple[AnyOf, ...]


class ExtractionCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="extraction"):
    """One JSON object with these fields and values."""

    fields: dict[str, Any]


class ToolCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="tool"):
    """One call of a tool as JSON: its name and its arguments."""

    name: str
    arguments: dict[str, Any]


class ArithmeticCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="arithmetic"):
    """The last number of the answer."""

    value: float


Check = SummaryCheck | TranslationCheck | DraftCheck | ExtractionCheck | ToolCheck | ArithmeticCheck


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prompt for a model, with the check of its answer."""

    name: str
    """Name on the command line: `summary-en`."""
    language: Language
    """Language of the answer."""
    prompt: str
    max_tokens: int
    """Longest answer; several times what a good one takes."""
    check: Check
    json_schema: str = ""
    """A JSON schema that the engine holds the answer to; empty for a free answer."""

    @property
    def kind(self) -> Kind:
        """Kind of the task."""
        tag = self.check.__struct_config__.tag
        return next(kind for kind in KINDS if kind == tag)

    @property
    def sampling(self) -> SamplingSettings:
        """Sampling that takes the likeliest word every time, so that answers can be compared and repeated."""
        return SamplingSettings(temperature=0, seed=SEED, max_tokens=self.max_tokens)

    @property
    def title(self) -> Reason:
        """Title: `Summary, English`."""
        title = reason(_TITLES[self.kind], language=LANGUAGES[self.language])
        return reason("chat.task_by_schema", title=title) if self.json_schema else title

    @property
    def brief(self) -> Reason:
        """Title in a few cells: `Summary en`."""
        title = reason(_BRIEF_TITLES[self.kind], language=self.language)
        return reason("chat.task_brief_schema", title=title) if self.json_schema else title


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    task: tuple[Task, ...]


class UnknownTaskError(Exception):
    """There is no task of this name; the text is the name."""


@functools.cache
def all_tasks() -> tuple[Task, ...]:
    """Return every built-in task, in the order in which they are shown."""
    tasks = msgspec.convert(tomli.loads(_FILE.read_text(encoding="utf-8")), _File).task
    return tuple(
        msgspec.structs.replace(task, prompt=task.prompt.strip(), json_schema=task.json_schema.strip())
        for task in tasks
    )


def tasks_named(names: Sequence[str]) -> tuple[Task, ...]:
    """Return the tasks of these names, each once, in the order of the list.

    A name is that of a task, a kind for all of its languages, a language for all of its kinds, or `all`.

    Raises:
        UnknownTaskError: a name is none of these.
    """
    wanted: set[str] = set()
    for name in names:
        matches = {
            task.name for task in all_tasks() if name.lower() in ("all", task.name, task.kind, task.language)
        }
        if not matches:
            raise UnknownTaskError(name)
        wanted |= matches
    return tuple(task for task in all_tasks() if task.name in wanted)


def task_names() -> tuple[str, ...]:
    """Return the names of the tasks."""
    return tuple(task.name for task in all_tasks())
