"""What was asked before, in its file."""

import logging
import stat
import sys
from pathlib import Path

import pytest

from tui.chat.prompt_history import (
    HISTORY_LIMIT,
    LONGEST_PROMPT,
    add_to_prompt_history,
    prompt_history_file,
    read_prompt_history,
)


def test_saved_prompts_are_read_in_order():
    for text in ("first", "first", "two\nlines", "ñ漢\x00\u2028"):
        add_to_prompt_history(text)
    assert read_prompt_history() == ["first", "two\nlines", "ñ漢\x00\u2028"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_its_owner_may_read_it():
    add_to_prompt_history("a secret")
    assert stat.S_IMODE(prompt_history_file().stat().st_mode) == 0o600


def test_history_is_bounded(tmp_path: Path):
    file = tmp_path / "p"
    add_to_prompt_history("x" * (LONGEST_PROMPT + 1), file)
    assert read_prompt_history(file) == []
    for number in range(2 * HISTORY_LIMIT + 1):
        add_to_prompt_history(str(number), file)
    assert read_prompt_history(file)[0] == str(HISTORY_LIMIT + 1)
    assert len(file.read_text().splitlines()) == HISTORY_LIMIT
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_incomplete_line_is_skipped(tmp_path: Path):
    file = tmp_path / "p"
    file.write_bytes(b'"one"\n"tw\n\xff\n3\n"four"\n"fi')
    assert read_prompt_history(file) == ["one", "four"]


def test_failures_are_logged_without_the_prompt(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "p").mkdir()
    with caplog.at_level(logging.WARNING):
        add_to_prompt_history("a secret", tmp_path / "p")
        assert read_prompt_history(tmp_path / "p") == []
    assert len(caplog.records) == 2
    assert "secret" not in caplog.text


def test_incomplete_character_is_skipped(tmp_path: Path):
    file = tmp_path / "prompts.jsonl"
    for text in ("a\ud800b", "c"):
        add_to_prompt_history(text, file)
    assert read_prompt_history(file) == ["a?b", "c"]
