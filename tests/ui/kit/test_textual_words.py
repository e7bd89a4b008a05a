"""Words of Textual's own widgets."""

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import tui.ui.app  # noqa: F401 - it imports the widgets.
from tui.ui.kit.textual_words import (
    TEXTUAL_KEYS,
    TEXTUAL_TEXTS,
    translate_textual,
    translated_bindings,
    translated_key,
)

USED = ("App", "Screen", "Input", "TextArea", "OptionList", "Button", "CommandPalette", "ScrollableContainer")
"""Textual's classes with keys that llmtui uses."""


def test_every_text_of_textual_on_a_key_is_in_the_table() -> None:
    owners, texts = [DOMNode], set()
    while owners:
        owner = owners.pop()
        owners += owner.__subclasses__()
        if owner.__name__ in USED and owner.__module__.startswith("textual."):
            for binding in owner.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding):
                    texts |= {text for text in (binding.description, binding.tooltip) if text}
    assert len(texts) > 50
    assert texts <= TEXTUAL_TEXTS


@pytest.mark.usefixtures("in_spanish")
def test_only_texts_of_textual_are_translated() -> None:
    bindings = [
        Binding("a", "first", "Paste", tooltip="Open the command palette", id="x.first", show=False),
        Binding("b", "second", "Reply", tooltip="Of our own"),
    ]
    first, second = translated_bindings(bindings)
    assert (first.description, first.tooltip) == ("Pegar", "Abrir la paleta de comandos")
    assert (first.key, first.action, first.id, first.show) == ("a", "first", "x.first", False)
    assert second == bindings[1]


@pytest.mark.usefixtures("in_spanish")
@pytest.mark.parametrize(
    ("display", "name"),
    [
        ("space", "espacio"),
        ("shift+pgdn", "shift+avpág"),
        ("^p", "^p"),
        ("f5", "f5"),
        ("⏎", "⏎"),
        ("^home", "^inicio"),
    ],
)
def test_names_of_keys_are_those_on_the_keyboard(display: str, name: str) -> None:
    assert translated_key(display) == name


def test_english_stays_as_textual_writes_it() -> None:
    merge = DOMNode._merge_bindings
    translate_textual()
    assert DOMNode._merge_bindings == merge
    assert [translated_key(name) for name in TEXTUAL_KEYS] == list(TEXTUAL_KEYS)
