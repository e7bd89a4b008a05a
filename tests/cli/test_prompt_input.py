"""The prompt: an argument, standard input, or both; what is no text, and what is too long."""

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper

import pytest

from tests.cli.command_results import MODEL, Result
from tests.cli.conftest import ROOT
from tui.cli.output import UserError
from tui.cli.prompt_input import InputTooLongError, piped_text, read_prompt

Run = Callable[..., Result]
Pipe = Callable[[bytes], None]
LONGEST = 1000


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Puts bytes on standard input."""
    return lambda data: monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(data)))


@pytest.mark.parametrize(
    ("argument", "data", "prompt"),
    [
        ("Sum it up.", b"", "Sum it up."),
        ("Sum it up.", b"\n \n", "Sum it up."),
        ("Sum it up.", b"one\r\ntwo\n", "Sum it up.\n\none\ntwo\n"),
        (None, b"one\n", "one\n"),
        ("-", b"one\n", "one\n"),
        ("", b"one\n", "one\n"),
        ("A\udce9?", b"", "A\ufffd?"),
        ("Year:", "\ufeffaño".encode("utf-16-le"), "Year:\n\naño"),
        ("Year:", "año".encode("utf-32"), "Year:\n\naño"),
        ("Year:", "año".encode("utf-8-sig"), "Year:\n\naño"),
    ],
)
def test_the_argument_comes_first_and_the_input_after_it(
    pipe: Pipe, argument: str | None, data: bytes, prompt: str
):
    pipe(data)
    assert read_prompt(argument, LONGEST) == prompt


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", r"^Standard input is not text\. Pipe a text into it"),
        ("año".encode("utf-16-le"), r"looks like UTF-16 without a byte order mark\. .*iconv -f utf-16le"),
        (b"caf\xe9", r"is not UTF-8: byte 3 does not belong to it\. .*iconv -f latin1 -t utf-8$"),
    ],
)
def test_input_that_is_no_text_is_refused_also_beside_an_argument(pipe: Pipe, data: bytes, message: str):
    for read in (lambda: read_prompt("Look:", LONGEST), lambda: piped_text(LONGEST)):
        pipe(data)
        with pytest.raises(UserError, match=message):
            read()


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-32"])
def test_input_limit_counts_utf_8_bytes_in_any_encoding(pipe: Pipe, codec: str):
    pipe(("x" * LONGEST).encode(codec))
    assert len(read_prompt(None, LONGEST)) == LONGEST
    pipe(("x" * (LONGEST + 1)).encode(codec))
    with pytest.raises(InputTooLongError):
        read_prompt(None, LONGEST)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", r"^Standard input is not text\."),
        (b"\x7fELF\x02\x01\x01", r"^Standard input is not text\."),
        ("año".encode("utf-16-le"), r"looks like UTF-16 without a byte order mark\."),
        (b"caf\xe9", r"is not UTF-8: byte 3 does not belong to it\."),
        (b"\xff\xfe\x01\0\x02\0", r"^Standard input is not text\."),
    ],
)
def test_long_input_that_is_not_text_is_refused_as_such(pipe: Pipe, data: bytes, message: str):
    pipe(data * 100_000)
    with pytest.raises(UserError, match=message):
        read_prompt("Look:", LONGEST)


def test_long_text_cut_inside_a_character_is_too_long(pipe: Pipe):
    for letter in ("x", "ñ", "漢", "🙂"):
        for codec in ("utf-8", "utf-16"):
            pipe(("x" + letter * 100_000).encode(codec))
            with pytest.raises(InputTooLongError):
                read_prompt("Look:", LONGEST)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such device")
def test_endless_input_is_read_only_up_to_the_limit(inside: Run, monkeypatch: pytest.MonkeyPatch):
    with open("/dev/zero", encoding="utf-8") as endless:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", endless)
        with pytest.raises(UserError, match="is not text"):
            read_prompt("Look:", LONGEST)


def test_model_gets_prompt_and_input_and_a_far_too_long_one_starts_no_engine(llmtui: Run):
    def tokens(*arguments: str, text: str = "") -> int:
        options = ("--max-tokens", "1", "--temperature", "0", "--json")
        return llmtui("run", MODEL, *arguments, *options, text=text).json["prompt_tokens"]

    both = tokens("Sum it up:", text="seven wizards brew coffee " * 5)
    assert both > tokens("Sum it up:") + 20
    refused = llmtui("run", MODEL, "Sum it up:", "--ctx", "512", text="word " * 10_000)
    assert refused.failure == (
        "The prompt is longer than 32.0 KiB, which no context of 512 tokens holds. "
        "Shorten it, or load with a longer context: --ctx up to 8,192 for this model."
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there pipes cannot be waited for")
def test_waiting_for_a_silent_pipe_is_reported(environment: dict[str, str]):
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "tui", "run", MODEL, "Hi", "--max-tokens", "1"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=reader, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    os.close(reader)
    try:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"Waiting for the text on standard input; ")
        os.close(writer)
        process.stderr.read()
        assert process.wait(timeout=300) == 0
    finally:
        process.kill()
        process.wait()
