import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.cli.asking import Result, unexplained
from tests.cli.conftest import ROOT
from tests.cli.test_run import MODEL
from tests.gguf_files import write_llama
from tui.chat.comparing.tasks import task_names
from tui.cli.arguments import parse

Run = Callable[..., Result]

HELLO = ("--prompt", "Say hello.", "--max-tokens", "6", "--ctx", "256")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, smollm2: Path) -> Path:
    """The real model once more, by another name."""
    path = tmp_path_factory.mktemp("models") / "Copy-Q4_1.gguf"
    shutil.copyfile(smollm2, path)
    return path


@pytest.fixture(scope="module")
def too_big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A header of a model of some hundreds of GiB, and a hole."""
    path = tmp_path_factory.mktemp("models") / "Big-F32.gguf"
    return write_llama(path, layers=400, embedding=8192, feed_forward=32768)


def test_the_json_has_every_figure_and_no_null_without_a_reason(llmtui: Run, copy: Path, too_big: Path):
    result = llmtui("compare", MODEL, too_big, copy, *HELLO, "--json")
    assert result.code == 0
    assert list(unexplained(result.json)) == []
    assert result.json["stopped"] is False
    (prompt,) = result.json["prompts"]
    assert (prompt["name"], prompt["prompt"], prompt["max_tokens"]) == ("prompt", "Say hello.", 6)
    first, big, second = result.json["models"]
    for side in (first, second):
        (answer,) = side["answers"]
        assert answer["text"]
        assert 0 < answer["generated_tokens"] <= 6
        assert answer["ttft_seconds"] > 0
        assert answer["peak_bytes"] > side["weights_bytes"]
        assert side["load_seconds"] > 0
        assert side["context"] == 256
        assert side["peak_bytes"] == pytest.approx(side["predicted_bytes"], rel=0.2)
        assert side["failure"] == ""
    # The likeliest word every time: the same weights say the same.
    assert first["answers"][0]["text"] == second["answers"][0]["text"]
    # AND what is too big is refused with its reason, and does not keep the others from answering
    assert big["failure"].startswith("Big F32 is too big: ")
    assert big["answers"][0]["text"] is None
    assert big["answers"][0]["text_reason"] == big["failure"]

    # AND what was measured is known from now on
    (model,) = llmtui("fit", MODEL, "--ctx", "256", "--json").json["models"]
    assert model["measured_bytes"] == first["peak_bytes"]


def test_the_table_and_the_answers(llmtui: Run, copy: Path):
    result = llmtui("compare", MODEL, copy, *HELLO)
    assert (result.code, result.err) == (0, "")
    header, one, two, *rest = result.out.splitlines()
    assert header.split("  ")[0] == "prompt"
    assert "SmolLM2-135M-Instruct" in one
    assert "Copy" in two
    assert all("tok/s" in row and "MiB" in row for row in (one, two))
    assert sum(line.startswith("== Your prompt · ") for line in rest) == 2


def test_markdown_is_a_document(llmtui: Run, copy: Path):
    result = llmtui("compare", MODEL, copy, *HELLO, "--markdown")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# Comparison: 2 models, 1 prompt\n")
    assert "### Copy Q4\\_1" in result.out


def test_none_that_answers_is_a_failure_with_its_reason(inside: Run, too_big: Path):
    result = inside("compare", too_big, too_big, *HELLO, "--json")
    assert result.failure.startswith("No model gave an answer. Big F32 is too big: ")
    assert [side["model"] for side in result.json["models"]] == ["Big F32 (1)", "Big F32 (2)"]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_ctrl_c_keeps_what_there_is(environment: dict[str, str]):
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "compare", MODEL, MODEL, "--prompt", "Count to 1000.", "--json"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        _wait_for_model(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    finally:
        process.kill()
        process.wait()
    result = Result(process.returncode, out.decode(), err.decode())
    assert "Traceback" not in result.err
    assert result.json["stopped"] is True
    assert list(unexplained(result.json)) == []
    assert result.json["models"][1]["answers"][0]["text"] is None
    assert "stopped" in result.json["models"][1]["answers"][0]["text_reason"]


def _wait_for_model(pid: int) -> None:
    """Until a child of it has the model's file mapped: it is loading or answering."""
    while psutil.pid_exists(pid):
        for child in psutil.Process(pid).children():
            try:
                maps = Path(f"/proc/{child.pid}/maps").read_text()
            except OSError:
                continue
            if "SmolLM2" in maps:
                return


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["one"], "two or more models are needed"),
        (["one", "two", "--task", "poetry"], "there is no task poetry; known: summary-en, "),
        (["one", "two", "--tasks", "fr"], "invalid choice: 'fr'"),
        (["one", "two", "--json", "--markdown"], "exclude each other"),
        ([], "required: MODEL"),
    ],
)
def test_wrong_usage_says_what_is_right(inside: Run, arguments: list[str], message: str):
    result = inside("compare", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[-1]


def test_an_empty_prompt_and_a_model_that_is_not_here_are_said(inside: Run):
    assert inside("compare", MODEL, MODEL, "--prompt", " ").failure.startswith("The prompt is empty.")
    assert "is not on this disk" in inside("compare", MODEL, "qwen3-8b", "--task", "tool").failure


def test_tasks_are_asked_for_by_name_or_by_language():
    asked = parse(["compare", "a", "b", "--task", "tool", "draft-en", "--tasks", "es", "--task", "summary"])
    assert list(asked.models) == ["a", "b"]
    assert list(asked.tasks) == ["tool", "draft-en", "es", "summary"]


def test_the_help_names_the_tasks(inside: Run):
    told = " ".join(inside("compare", "--help").out.split()).replace("- ", "-")
    assert all(name in told for name in task_names())
