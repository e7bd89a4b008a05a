"""A passage of the help."""

from collections.abc import Iterable

import msgspec

from tui.ui.kit.keys import explained


class Page(msgspec.Struct, frozen=True):
    """One question and its answer, in which `{id}` stands for the key of an action."""

    title: str
    text: str


def with_names(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The same with the keys as they are bound now."""
    return tuple(Page(explained(page.title), explained(page.text)) for page in pages)
