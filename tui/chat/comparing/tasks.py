"""The built-in tasks of a comparison: what is asked, and what a right answer has to have."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomli

from tui.chat.sentences import SENTENCES
from tui.engine.options import SamplingSettings
from tui.i18n import _
from tui.sentences import Reason, reason, sentence_from

Language = Literal["en", "es"]
Kind = Literal["summary", "translation", "draft", "extraction", "tool", "arithmetic"]
KINDS: tuple[Kind, ...] = ("summary", "translation", "draft", "extraction", "tool", "arithmetic")

LANGUAGES: dict[Language, Reason] = {"en": reason("chat.english"), "es": reason("chat.spanish")}
"""Names of the languages, as facts of sentences."""

SEED = 1
"""For every task: with temperature 0 the same model gives the same answer, whoever asks."""

_FILE = Path(__file__).with_name("tasks.toml")

AnyOf = tuple[str, ...]
"""One thing that has to be in an answer, by any of these words."""


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
    """Something to ask a model, and how its answer is checked."""

    name: str
    """For the command line: `summary-en`."""
    language: Language
    """Of the answer."""
    prompt: str
    max_tokens: int
    """Longest answer; several times what a good one takes."""
    check: Check
    json_schema: str = ""
    """A JSON schema that the engine holds the answer to; empty for a free answer."""

    @property
    def kind(self) -> Kind:
        """What sort of task it is."""
        tag = self.check.__struct_config__.tag
        return next(kind for kind in KINDS if kind == tag)

    @property
    def sampling(self) -> SamplingSettings:
        """The likeliest word every time, so that the answers can be compared and repeated."""
        return SamplingSettings(temperature=0, seed=SEED, max_tokens=self.max_tokens)

    @property
    def title(self) -> str:
        """For the screen: `Summary, English`."""
        if self.kind == "translation":
            return _("Translation to {language}").format(language=language_word(self.language))
        title = f"{kind_word(self.kind)}, {language_word(self.language)}"
        return _("{title}, by schema").format(title=title) if self.json_schema else title

    @property
    def brief(self) -> str:
        """The same in a few cells: `Summary en`."""
        titles = {
            "summary": _("Summary"),
            "translation": _("Into"),
            "draft": _("Draft"),
            "extraction": _("JSON"),
            "tool": _("Tool call"),
            "arithmetic": _("Arithmetic"),
        }
        brief = f"{titles[self.kind]} {self.language}"
        return _("{title} schema").format(title=brief) if self.json_schema else brief


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    task: tuple[Task, ...]


class UnknownTaskError(Exception):
    """There is no task of this name; the text is the name."""


def kind_word(kind: Kind) -> str:
    """A kind of task in words."""
    return {
        "summary": _("Summary"),
        "translation": _("Translation"),
        "draft": _("Draft"),
        "extraction": _("Extraction to JSON"),
        "tool": _("Tool call"),
        "arithmetic": _("Arithmetic"),
    }[kind]


def language_word(language: Language) -> str:
    """A language in words."""
    return sentence_from(SENTENCES, LANGUAGES[language])


@functools.cache
def all_tasks() -> tuple[Task, ...]:
    """Every built-in task, in the order in which they are shown."""
    found = msgspec.convert(tomli.loads(_FILE.read_text(encoding="utf-8")), _File).task
    return tuple(
        msgspec.structs.replace(task, prompt=task.prompt.strip(), json_schema=task.json_schema.strip())
        for task in found
    )


def tasks_named(names: Sequence[str]) -> tuple[Task, ...]:
    """The tasks of these names, each once, in the order of the list.

    A name is that of a task, a kind for all of its languages, a language for all of its kinds, or `all`.

    Raises:
        UnknownTaskError: a name is none of these.
    """
    wanted: set[str] = set()
    for name in names:
        found = {
            task.name for task in all_tasks() if name.lower() in ("all", task.name, task.kind, task.language)
        }
        if not found:
            raise UnknownTaskError(name)
        wanted |= found
    return tuple(task for task in all_tasks() if task.name in wanted)


def task_names() -> tuple[str, ...]:
    """The names of the tasks."""
    return tuple(task.name for task in all_tasks())
