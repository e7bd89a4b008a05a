"""Texts and attachments come back as they were encoded."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.chat.storage import schema as store_schema
from tui.chat.storage.text_codec import decode_attachments, decode_text, encode_text


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


@given(st.text(st.characters(exclude_categories=())))
def test_packed_text_is_restored_unchanged(text: str) -> None:
    assert decode_text(encode_text(text)) == text
    db = sqlite3.connect(":memory:")
    assert decode_text(db.execute("SELECT ?", (encode_text(text),)).fetchone()[0]) == text
    db.close()


@pytest.mark.parametrize("text", ["no JSON", "[1]", '{"a": 1}', "[[1, 2, 3]]", "7"])
def test_invalid_attachments_are_left_out(text: str) -> None:
    assert decode_attachments(text) == ()
