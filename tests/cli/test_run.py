import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.cli.command_results import MODEL, RUN_KEYS, Result, unexplained
from tests.cli.conftest import ROOT
from tests.engine.random_models import random_llama
from tests.scripted_model import Control, Piece, write_scripted

Run = Callable[..., Result]

LONG = ("Count from 1 to 1000.", "--temperature", "0", "--max-tokens", "3000")


@contextmanager
def answering(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], bytes]]:
    """A long answer under way, with its first bytes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "run", MODEL, *LONG],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield process, os.read(process.stdout.fileno(), 10)
    finally:
        process.kill()
        process.wait()


def test_answer_goes_to_stdout_and_figures_to_stderr(llmtui: Run):
    result = llmtui("run", MODEL, "Say hello.", "--max-tokens", "8", "--seed", "1")
    assert result.code == 0
    assert result.out.strip()
    assert result.out.endswith("\n")
    assert "tok/s, first token after" in result.err
    assert "predicted" in result.err
    assert "tok/s" not in result.out


def test_the_json_has_the_figures_of_the_answer(llmtui: Run, smollm2: Path):
    result = llmtui("run", smollm2, "Count from 1 to 100.", "--max-tokens", "8", "--json")
    cut_off = "The answer is cut off at 8 tokens; a larger --max-tokens lets it go on.\n"
    assert (result.code, result.err) == (0, cut_off)
    answer = result.json
    assert set(answer) == RUN_KEYS | {"finish_reason", "thinking", "remark", "remark_code"}
    assert answer["thinking"] == ""
    assert list(unexplained(answer)) == []
    assert (answer["generated_tokens"], answer["finish_reason"]) == (8, "max_tokens")
    assert answer["path"] == str(smollm2)
    assert abs(answer["measured_bytes"] / answer["predicted_bytes"] - 1) < 0.25
    assert answer["prompt_tps"] > 0


def test_thinking_is_not_part_of_the_answer(inside: Run, tmp_path: Path):
    model = write_scripted(tmp_path / "thinks.gguf", "<think>\nHm.\n</think>\n\nYes.")
    options = ("Hi", "--temperature", "0")

    answer = inside("run", model, *options, "--json").json
    assert (answer["thinking"], answer["text"], answer["remark"]) == ("Hm.\n", "Yes.", "")
    result = inside("run", model, *options)
    assert result.out == "Yes.\n"
    assert result.err.startswith("thought for ")


@pytest.mark.parametrize(
    ("script", "options", "out", "note"),
    [
        (
            "<think>\nIt is four",
            (),
            "It is four\n",
            "The model ended its reply inside its thinking, so this is all that it wrote.",
        ),
        (
            "<think>\nIt is four",
            ("--max-tokens", "8"),
            "It is ",
            "The reply was cut while the model was still thinking. A larger --max-tokens",
        ),
        ("", (), "\n", "The model ended its reply without writing anything."),
        (
            [Control("<|mute|>")],
            (),
            "\n",
            "The model wrote 1 token, but no text: only control tokens or blanks.",
        ),
    ],
    ids=["unclosed", "cut", "silent", "mute"],
)
def test_anomalies_of_an_answer_are_reported(
    inside: Run, tmp_path: Path, script: str | list[Piece], options: tuple[str, ...], out: str, note: str
):
    model = write_scripted(tmp_path / "odd.gguf", script)

    result = inside("run", model, "Hi", "--temperature", "0", *options)
    assert (result.code, result.out[: len(out)]) == (0, out)
    assert result.err.startswith(note)
    answer = inside("run", model, "Hi", "--temperature", "0", *options, "--json").json
    assert note[:30] == answer["remark"][:30]
    assert answer["remark_code"].startswith("engine.reply_")


def test_repeating_reply_is_reported(inside: Run, tmp_path: Path):
    model = write_scripted(tmp_path / "hola.gguf", ["Hola ", "🌍"], loop_from=1)

    result = inside("run", model, "Hi", "--temperature", "0", "--max-tokens", "300")
    assert "The reply repeats itself (🌍): it is ended if it does so for 512 more tokens." in result.err
    assert "The reply repeats itself. With repeat_penalty = 1.1 in settings.toml" in result.err


@pytest.mark.parametrize(
    "script",
    [["Hola ", "🌍"], ["  ", "\n\n"], ["<think>", "Hm, ", "wait. "]],
    ids=["text", "blanks", "thinking"],
)
def test_repeating_reply_is_ended_where_nobody_is_at_a_terminal(
    inside: Run, tmp_path: Path, script: list[Piece]
):
    model = write_scripted(tmp_path / "loops.gguf", script, loop_from=1)
    ask = ("run", model, "Hi", "--temperature", "0")

    answer = inside(*ask, "--json")
    assert (answer.code, answer.json["finish_reason"]) == (0, "repetition")
    assert answer.json["remark_code"] == "engine.reply_repeats"
    assert 512 < answer.json["generated_tokens"] < 1024
    last_line = answer.err.splitlines()[-1]
    assert last_line.startswith(
        f"The answer is cut off at {answer.json['generated_tokens']} tokens: it repeated"
    )
    assert last_line.endswith(
        "With repeat_penalty = 1.1 in settings.toml, or a higher --temperature, it may not."
    )
    result = inside(*ask)
    assert (result.code, result.err.splitlines()[-1]) == (0, last_line)
    assert result.err.count("repeat_penalty") == 1


def test_repeating_reply_goes_on_where_somebody_is_at_a_terminal(environment: dict[str, str], tmp_path: Path):
    model = write_scripted(tmp_path / "hola.gguf", ["Hola ", "🌍"], loop_from=1)
    keyboard, terminal = os.openpty()
    command = [sys.executable, "-m", "tui", "run", model, "Hi", "--temperature", "0", "--max-tokens", "1200"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE
    )
    os.close(terminal)
    # Somebody has to read, or the answer would wait.
    reader = threading.Thread(target=_read_all, args=(keyboard,))
    reader.start()
    try:
        _out, err = process.communicate(timeout=300)
    finally:
        process.kill()
        reader.join()
        os.close(keyboard)
    assert "The reply repeats itself (🌍): Ctrl+C stops it." in err.decode()
    assert "cut off at 1200 tokens; a larger --max-tokens" in err.decode()


def _read_all(terminal: int) -> None:
    # Linux reports the end of the other side as an error.
    with suppress(OSError):
        while os.read(terminal, 1 << 16):
            pass


def test_a_model_that_computes_no_numbers_fails_with_a_reason(inside: Run, tmp_path: Path):
    model = write_scripted(tmp_path / "broken.gguf", "Yes.", broken=True)

    assert "computed no numbers (NaN)" in inside("run", model, "Hi").failure


def test_a_prompt_that_the_template_refuses_is_sent_as_a_plain_transcript_with_a_note(
    inside: Run, tmp_path: Path
):
    template = (
        "{% if messages[0].content == 'Hi' %}{{ raise_exception('No.') }}{% endif %}{{ messages[0].content }}"
    )
    model = random_llama(tmp_path / "refuses.gguf", metadata={"tokenizer.chat_template": template})

    note = "Plain transcript: its chat template refuses this conversation (No)."
    assert note in inside("run", model, "Hi", "--max-tokens", "1").err
    assert note not in inside("run", model, "Hello", "--max-tokens", "1").err


def test_the_prompt_may_come_from_stdin(llmtui: Run):
    options = ("--max-tokens", "8", "--temperature", "0")
    argument_result = llmtui("run", MODEL, "Say hello.", *options)
    piped = llmtui("run", MODEL, *options, text="Say hello.")
    dash = llmtui("run", MODEL, "-", *options, text="Say hello.")
    assert argument_result.out == piped.out == dash.out


def test_the_same_seed_gives_the_same_answer(llmtui: Run):
    def answer(seed: int) -> str:
        options = ("--max-tokens", "24", "--temperature", "1.5", "--seed", str(seed))
        return llmtui("run", MODEL, "Tell me a story.", *options).out

    first = answer(1)
    assert first == answer(1)
    assert first != answer(2)


def test_temperature_0_gives_the_same_answer_for_every_seed(llmtui: Run):
    options = ("--max-tokens", "16", "--temperature", "0")
    answers = {llmtui("run", MODEL, "Tell me a story.", *options, "--seed", seed).out for seed in "12"}
    assert len(answers) == 1


def test_a_system_prompt_is_part_of_the_prompt(llmtui: Run):
    def tokens(*options: str) -> int:
        return llmtui("run", MODEL, "Hi", "--max-tokens", "2", "--json", *options).json["prompt_tokens"]

    assert tokens("--system", "You are a pirate. " * 20) > tokens() + 60


@pytest.mark.parametrize("prompt", ["", "  \n"])
def test_an_empty_prompt_is_a_failure(inside: Run, prompt: str):
    assert inside("run", MODEL, prompt).failure == "The prompt is empty. Write something to ask."


def test_empty_standard_input_is_a_failure(llmtui: Run):
    assert llmtui("run", MODEL).failure == "The prompt is empty. Write something to ask."


def test_missing_prompt_on_a_terminal_is_a_failure(environment: dict[str, str]):
    keyboard, terminal = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "run", MODEL],
            cwd=ROOT,
            env=environment,
            stdin=terminal,
            capture_output=True,
            timeout=300,
        )
    finally:
        os.close(keyboard)
        os.close(terminal)
    result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert result.failure.startswith("There is no prompt. Write it after the model")


def test_a_prompt_that_is_too_long_is_a_failure_with_its_length(llmtui: Run):
    result = llmtui("run", MODEL, "word " * 2000, "--ctx", "512")
    assert "2" in result.failure
    assert "context" in result.failure
    assert result.out == ""


def test_missing_model_is_reported_with_the_command_that_downloads_it(inside: Run):
    failure = inside("run", "llama-3.2-1b-instruct", "Hi").failure
    assert failure == (
        "Llama-3.2-1B-Instruct Q4_K_M is not on this disk. To download it: llmtui pull Llama-3.2-1B-Instruct"
    )


def test_ctrl_c_ends_an_answer_and_keeps_its_text(environment: dict[str, str]):
    with answering(environment) as (process, first):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert process.returncode == 130
    assert first
    assert out.endswith(b"\n")
    figures = err.decode()
    assert figures.endswith("Stopped: the answer is not complete.\n")
    assert "Traceback" not in figures
    assert int(figures.split(" tokens at ")[0]) < 3000


def test_an_engine_that_is_killed_is_a_failure_in_one_line(environment: dict[str, str]):
    with answering(environment) as (process, first):
        (engine,) = psutil.Process(process.pid).children()
        engine.send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=300)
    result = Result(process.returncode, (first + out).decode(), err.decode())
    assert result.failure.startswith("The engine's process ended. It was killed from outside")
    assert result.err.count("\n") == 1
    assert len(result.out) > 1
    assert result.out.endswith("\n")


def test_broken_pipe_ends_answer_and_engine_silently(environment: dict[str, str]):
    with answering(environment) as (process, _first):
        (engine,) = psutil.Process(process.pid).children()
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=300) == 1
    assert err == b""
    assert not psutil.pid_exists(engine.pid)


def test_a_stop_text_ends_the_answer(llmtui: Run):
    ask = (
        "run",
        MODEL,
        "Give me tips for better sleep.",
        "--temperature",
        "0",
        "--max-tokens",
        "60",
        "--json",
    )
    complete = llmtui(*ask).json
    assert "\n" in complete["text"]
    # WHEN it is said as a terminal that has no other way to say it can
    answer = llmtui(*ask, "--stop", "never there", "--stop", r"\n").json
    assert answer["text"] == complete["text"].partition("\n")[0]
    assert (complete["finish_reason"], answer["finish_reason"]) == ("max_tokens", "stop_text")


@pytest.mark.parametrize(
    ("stops", "problem"),
    [
        (["--stop", ""], "a stop text has from 1 to 200 letters"),
        (["--stop", "x" * 201], "a stop text has from 1 to 200 letters"),
        (["--stop", "x"] * 17, "at most 16 times --stop"),
    ],
)
def test_stop_texts_that_are_too_long_too_many_or_empty_are_wrong_usage(
    inside: Run, stops: list[str], problem: str
):
    result = inside("run", MODEL, "Hi", *stops)
    assert result.code == 2
    assert problem in result.err
