"""Output of the plain commands: results on stdout, notes and failures beside them, no stray control."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from tests.reasons import reason_with_text
from tui.cli.output import (
    UserError,
    drop_output,
    explained,
    fail,
    print_json,
    print_line,
    print_note,
    print_table,
    unused_gpu,
    unwritable,
    write,
)
from tui.sentences import ReasonedError

Captured = pytest.CaptureFixture[str]


@contextmanager
def without_reader() -> Iterator[TextIO]:
    """A stream into a pipe whose reader has gone, written line by line."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", buffering=1) as stream:
        yield stream
        # What could not be written would fail once more at the close.
        drop_output(stream)


# Results


def test_result_goes_to_stdout_unchanged(capsys: Captured):
    write("50 %\x1b[0m and no line end")
    assert capsys.readouterr() == ("50 %\x1b[0m and no line end", "")


def test_closed_pipe_is_distinguished_from_a_full_disk(monkeypatch: pytest.MonkeyPatch):
    with without_reader() as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(BrokenPipeError):
            write("a line\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_a_failure_the_user_can_act_on(monkeypatch: pytest.MonkeyPatch):
    with Path("/dev/full").open("w", buffering=1) as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(UserError) as failure:
            write("a line\n")
        drop_output(full)
    assert str(failure.value) == "The output cannot be written: the disk is full."


def test_json_is_one_document_of_plain_ascii(capsys: Captured):
    value = {"name": "modèle\x1b[31m\udcff", "sizes": [1, None], "empty": {}}
    print_json(value)
    out, err = capsys.readouterr()
    assert json.loads(out) == value
    assert out.isascii()
    assert "\x1b" not in out
    assert out.endswith("}\n")
    assert err == ""


def test_json_has_no_nan_and_no_infinity():
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json({"rate": float("nan")})


def test_line_has_no_control_sequences_and_may_be_empty(capsys: Captured):
    print_line("\x1b[31mred\x1b[0m\x07 and\rmore")
    print_line()
    assert capsys.readouterr().out == "red and\nmore\n\n"


# Notes and failures


def test_note_goes_to_stderr(capsys: Captured):
    print_note("a note \x1b[2J")
    assert capsys.readouterr() == ("", "a note \n")


def test_unwritable_note_ends_no_command(monkeypatch: pytest.MonkeyPatch):
    with without_reader() as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        print_note("a note")
        assert fail(UserError("It failed.")) == 1


def test_failure_is_one_line_after_earlier_output(capsys: Captured):
    print_line("a result")
    assert fail(UserError("No\nsuch \x1b[31mmodel.", "Choose another.")) == 1
    assert capsys.readouterr() == ("a result\n", "llmtui: No such model. Choose another.\n")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UserError("It failed."), "It failed."),
        (UserError("It failed.", "Do this."), "It failed. Do this."),
        (UserError("", "Do this."), "Do this."),
        (
            unwritable(OSError(28, "No space left on device")),
            "The output cannot be written: the disk is full.",
        ),
        (explained(ReasonedError(reason_with_text("Too big."))), "Too big."),
        (
            explained(ReasonedError(reason_with_text("Too big."), reason_with_text("Choose another."))),
            "Too big. Choose another.",
        ),
    ],
)
def test_a_failure_says_what_happened_and_then_what_to_do(error: UserError, text: str):
    assert str(error) == text


def test_writing_to_dropped_output_does_not_fail(tmp_path: Path):
    file = tmp_path / "out"
    with file.open("w") as stream:
        stream.write("kept")
        stream.flush()
        drop_output(stream)
        stream.write("dropped")
    assert file.read_text() == "kept"


def test_a_gpu_that_is_not_used_is_named():
    assert "cannot use the RTX 4070;" in unused_gpu("RTX 4070")


# Tables


def test_columns_are_aligned_and_figures_right_aligned(capsys: Captured):
    print_table([["model", "size", "where"], ["a", "9", "here"], ["longer", "1000", ""]], frozenset({1}))
    assert capsys.readouterr().out == "model   size  where\na          9  here\nlonger  1000\n"


def test_a_cell_is_one_line_without_controls(capsys: Captured):
    print_table([["a\nb\x1b[2J", "c"], ["d", "e"]])
    assert capsys.readouterr().out == "a b  c\nd    e\n"


@pytest.mark.parametrize(
    ("rows", "text"), [([], ""), ([[]], "\n"), ([["only"]], "only\n"), ([["", ""]], "\n")]
)
def test_table_without_rows_or_text_is_no_failure(capsys: Captured, rows: list[list[str]], text: str):
    print_table(rows)
    assert capsys.readouterr().out == text
