"""Stop texts in a stream that arrives in pieces."""

import itertools

import hypothesis.strategies as st
from hypothesis import given

from tui.engine.stop_scanner import StopScanner

LETTERS = st.text("abc", max_size=30)
STOPS = st.lists(st.text("abc", min_size=1, max_size=4), max_size=3)


def passed(pieces: list[str], stops: list[str]) -> tuple[str, bool]:
    """What a reply shows of a stream, and whether a stop text ended it."""
    scanner = StopScanner(stops)
    visible = ""
    for piece in pieces:
        visible += scanner.feed(piece)
        if scanner.stopped:
            return visible, True
    return visible + scanner.flush(), False


def expected(text: str, stops: list[str]) -> tuple[str, bool]:
    """The shortest beginning of `text` that holds a whole stop text ends it there; the stop is not shown."""
    for end in range(len(text) + 1):
        starts = [text.find(stop) for stop in stops if stop in text[:end]]
        if starts:
            return text[: min(starts)], True
    return text, False


@given(LETTERS, STOPS, st.data())
def test_result_is_the_same_however_the_text_is_split(
    text: str, stops: list[str], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edges = [0, *cuts, len(text)]
    pieces = [text[start:end] for start, end in itertools.pairwise(edges)]

    assert passed(pieces, stops) == passed(list(text), stops)


@given(LETTERS, STOPS)
def test_text_before_the_first_stop_text_is_shown(text: str, stops: list[str]) -> None:
    assert passed(list(text), stops) == expected(text, stops)


@given(LETTERS, STOPS)
def test_shown_text_is_never_withdrawn(text: str, stops: list[str]) -> None:
    scanner = StopScanner(stops)
    visible = "".join(scanner.feed(letter) for letter in text if not scanner.stopped)

    assert expected(text, stops)[0].startswith(visible)


def test_without_stop_texts_nothing_is_held_back() -> None:
    scanner = StopScanner(())

    assert scanner.feed("\nUser") == "\nUser"
    assert scanner.flush() == ""
    assert not scanner.stopped


def test_start_of_a_stop_text_is_held_back_until_it_turns_out_to_be_other_text() -> None:
    scanner = StopScanner(("\nUser:",))

    assert scanner.feed("Yes.\nUs") == "Yes."
    assert scanner.feed("ually not") == "\nUsually not"
