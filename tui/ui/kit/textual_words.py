"""Words of Textual's own widgets in the user's language: what keys do, and names of keys."""

import re
from collections.abc import Iterable
from dataclasses import replace

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

from tui.i18n import N_, _, language_code
from tui.languages import SOURCE_LANGUAGE

TEXTUAL_TEXTS = frozenset(
    (
        N_("Copy"),
        N_("Copy selected text"),
        N_("Cursor down"),
        N_("Cursor down select"),
        N_("Cursor left"),
        N_("Cursor left select"),
        N_("Cursor left word select"),
        N_("Cursor line end"),
        N_("Cursor line end select"),
        N_("Cursor line start"),
        N_("Cursor line start select"),
        N_("Cursor page down"),
        N_("Cursor page up"),
        N_("Cursor right"),
        N_("Cursor right select"),
        N_("Cursor right word select"),
        N_("Cursor up"),
        N_("Cursor up select"),
        N_("Cursor word left"),
        N_("Cursor word right"),
        N_("Cut"),
        N_("Cut selected text"),
        N_("Delete all to the left"),
        N_("Delete all to the right"),
        N_("Delete character left"),
        N_("Delete character right"),
        N_("Delete left to start of word"),
        N_("Delete line"),
        N_("Delete right to start of word"),
        N_("Delete to line end"),
        N_("Delete to line start"),
        N_("Down"),
        N_("Exit the command palette"),
        N_("First"),
        N_("Focus Next"),
        N_("Focus Previous"),
        N_("Go to bottom"),
        N_("Go to end"),
        N_("Go to start"),
        N_("Go to top"),
        N_("Input"),
        N_("Last"),
        N_("Move cursor left"),
        N_("Move cursor left a word"),
        N_("Move cursor left a word and select"),
        N_("Move cursor left and select"),
        N_("Move cursor right a word"),
        N_("Move cursor right a word and select"),
        N_("Move cursor right and select"),
        N_("Move cursor right or accept the completion suggestion"),
        N_("Next command"),
        N_("Next page"),
        N_("Open the command palette"),
        N_("Page Down"),
        N_("Page Left"),
        N_("Page Right"),
        N_("Page Up"),
        N_("Paste"),
        N_("Paste text from the clipboard"),
        N_("Press button"),
        N_("Previous command"),
        N_("Previous page"),
        N_("Quit"),
        N_("Quit the app and return to the command prompt."),
        N_("Redo"),
        N_("Scroll Down"),
        N_("Scroll End"),
        N_("Scroll Home"),
        N_("Scroll Left"),
        N_("Scroll Right"),
        N_("Scroll Up"),
        N_("Select"),
        N_("Select all"),
        N_("Select line"),
        N_("Select line end"),
        N_("Select line start"),
        N_("Submit"),
        N_("Undo"),
        N_("Up"),
        N_("palette"),
    )
)
"""Descriptions and tooltips of the keys of Textual's widgets, as they are written there."""
TEXTUAL_KEYS = frozenset(
    (
        *(N_("space"), N_("tab"), N_("pgdn"), N_("pgup"), N_("home"), N_("end"), N_("del"), N_("insert")),
        *(N_("shift"), N_("alt"), N_("ctrl"), N_("esc")),
    )
)
"""Names of keys in the footer and in the key panel, as Textual writes them."""
_WORD = re.compile(r"[a-z]{3,}")


def translated_bindings(bindings: Iterable[Binding]) -> list[Binding]:
    """Return bindings with Textual's texts in the user's language; other texts stay."""
    return [
        replace(binding, description=_translated(binding.description), tooltip=_translated(binding.tooltip))
        for binding in bindings
    ]


def translated_key(display: str) -> str:
    """Return the name of a key as it is shown, with its words in the user's language."""
    return _WORD.sub(lambda match: _(match[0]) if match[0] in TEXTUAL_KEYS else match[0], display)


def translate_textual() -> None:
    """Translate the keys of all widgets, also of those whose classes are imported later.

    It has to be called before the first widget is created, which copies the keys of its class.
    """
    if language_code() == SOURCE_LANGUAGE:
        return
    merge = DOMNode._merge_bindings.__func__  # pyright: ignore

    def merge_translated(owner: type[DOMNode]) -> BindingsMap:
        bindings: BindingsMap = merge(owner)
        _translate(bindings)
        return bindings

    # Textual has no other place where the keys of a class pass through.
    setattr(DOMNode, "_merge_bindings", classmethod(merge_translated))  # noqa: B010
    owners: list[type[DOMNode]] = [DOMNode]
    while owners:
        owner = owners.pop()
        owners += owner.__subclasses__()
        if bindings := owner._merged_bindings:  # pyright: ignore[reportPrivateUsage]
            _translate(bindings)


def _translate(bindings: BindingsMap) -> None:
    for key, of_key in bindings.key_to_bindings.items():
        bindings.key_to_bindings[key] = translated_bindings(of_key)


def _translated(text: str) -> str:
    return _(text) if text in TEXTUAL_TEXTS else text
