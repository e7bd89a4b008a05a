"""Wishes that models are picked for."""

from collections.abc import Iterable
from typing import cast, get_args

import msgspec

from tui.models.model import CatalogueEntry, Use

TASKS: tuple[Use, ...] = get_args(Use)
"""Tasks that can be asked for."""
READING_SPEED = 5.0
"""Tokens per second at which most people read."""


class Wish(msgspec.Struct, frozen=True):
    """Task, language and limits that a model is picked for."""

    task: Use
    language: str
    """Code of the language, such as `es`."""
    context: int
    """Tokens that must fit: the texts, the question and the answer."""
    least_speed: float = READING_SPEED
    """Tokens per second that a model has to reach; 0 for any."""
    commercial: bool = False
    """True where a licence that forbids commercial use is no good."""


def task_named(name: str) -> Use:
    """Return the task of a name.

    Raises:
        ValueError: there is none of this name.
    """
    return TASKS[TASKS.index(cast(Use, name))]


def languages_of(entries: Iterable[CatalogueEntry]) -> tuple[str, ...]:
    """Return the codes of the languages that any of these models knows, in alphabetical order."""
    return tuple(sorted({language for entry in entries for language in entry.languages}))
