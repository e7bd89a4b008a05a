"""What is pasted presses no keys, and bytes that are no text end nothing."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tests.terminal import Terminal
from tui.text import without_controls
from tui.ui.kit.paste_parser import PasteFilter, PasteParser

BEGIN, END = "\x1b[200~", "\x1b[201~"
HOSTILE = "a\x1b[17~b\x1b[113;5uc\x1bOQd\x1b]52;c;aGk=\x07e\x1b[20f\x00\tg\x1b[2"


def pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@given(st.integers(1, 40))
def test_a_paste_is_the_same_for_any_split_of_the_input(size: int) -> None:
    pastes = PasteFilter()
    sent = f"x{BEGIN}{HOSTILE}{END}y{BEGIN}{END}\x1b[A{BEGIN}z"
    filtered = "".join(pastes.take(piece) for piece in pieces(sent, size))
    assert filtered == f"x{BEGIN}{without_controls(HOSTILE)}{END}y{BEGIN}{END}\x1b[A{BEGIN}"
    assert pastes.take(f"z{END}q") == f"zz{END}q"


@given(st.text(alphabet="ab\x1b[012~O", max_size=40))
def test_typed_text_is_passed_on_at_once(typed: str) -> None:
    if BEGIN not in typed:
        assert PasteFilter().take(typed) == typed


@pytest.mark.parametrize("size", [1, 5, 4096])
def test_a_paste_is_one_event_and_its_sequences_are_no_keys(size: int) -> None:
    parser = PasteParser()
    paste, key = [event for piece in pieces(f"{BEGIN}{HOSTILE}{END}k", size) for event in parser.feed(piece)]
    assert isinstance(paste, events.Paste)
    assert paste.text == without_controls(HOSTILE)
    assert isinstance(key, events.Key)
    assert key.key == "k"


def test_invalid_bytes_and_pasted_control_sequences_do_not_disturb_the_dashboard() -> None:
    with Terminal([sys.executable, "-m", "tui"], 100, 30) as terminal:
        terminal.wait_for("fits", 60)
        terminal.send("\x1bOR")
        terminal.wait_for("New chat", 60)
        terminal.send(b"caf\xe9 \xff\xfe")
        terminal.wait_for("> caf\ufffd", 60)
        terminal.paste("one \x1b[113;5u\x1bOQ\x1b[2Jtwo")
        terminal.wait_for("one Qtwo", 60)
        assert terminal.alive
