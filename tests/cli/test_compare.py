"""`llmtui compare`: two real models and one too big, what Ctrl+C leaves, and wrong usage."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path

import psutil
import pytest

from tests.chat.scripted_comparison import ScriptedHost, died, ready
from tests.cli.command_results import MODEL, Result, unexplained
from tests.cli.conftest import ROOT
from tests.engine.random_models import BYTE_TOKENIZER, VOCABULARY
from tests.gguf_files import write_llama
from tests.scripted_model import write_scripted
from tui.chat.comparing.tasks import task_names
from tui.cli import compare
from tui.cli.arguments import parse

Run = Callable[..., Result]

Scripted = Callable[[ScriptedHost], ScriptedHost]

HELLO = ("--prompt", "Say hello.", "--max-tokens", "6", "--ctx", "256")


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Has a scripted host answer in place of an engine, with models that are not weighed."""

    async def prepare(model: object, _load: object) -> object:
        return await ready(model)

    def answer_with(host: ScriptedHost) -> ScriptedHost:
        monkeypatch.setattr(compare, "EngineHost", lambda: host)
        return host

    monkeypatch.setattr(compare, "prepare_on_this_machine", prepare)
    return answer_with


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
    sizes = {"layers": 400, "embedding": 8192, "feed_forward": 32768, "vocabulary": VOCABULARY}
    return write_llama(path, metadata=BYTE_TOKENIZER, **sizes)


# On the real engine


def test_too_big_model_does_not_prevent_a_comparison(llmtui: Run, copy: Path, too_big: Path):
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


def test_comparison_without_any_answer_fails_with_a_reason(inside: Run, too_big: Path):
    result = inside("compare", too_big, too_big, *HELLO, "--json")
    assert result.failure.startswith("No model gave an answer. Big F32 is too big: ")
    assert [side["model"] for side in result.json["models"]] == ["Big F32 (1)", "Big F32 (2)"]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_ctrl_c_ends_a_comparison_and_keeps_its_answers(environment: dict[str, str]):
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
    assert result.code == 130
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


def test_repeating_answer_to_an_own_prompt_is_ended_where_nobody_is_at_a_terminal(
    inside: Run, tmp_path: Path
):
    model = write_scripted(tmp_path / "hola.gguf", ["Hola ", "🌍"], loop_from=1)
    result = inside("compare", model, model, "--prompt", "Hi", "--max-tokens", "1800", "--json")
    assert result.code == 0
    reasons = [side["answers"][0]["finish_reason"] for side in result.json["models"]]
    assert reasons == ["repetition", "repetition"]
    assert "hola F16 (2): The answer is cut off at" in result.err.replace("hola unknown", "hola F16")


# With scripted answers


def test_the_result_is_a_table_a_document_or_json(inside: Run, scripted: Scripted):
    host = scripted(ScriptedHost({"Say hello.": "Good day."}))
    table = inside("compare", MODEL, MODEL, *HELLO)
    assert table.code == 0
    assert "Loading SmolLM2-135M-Instruct Q4_1 (2) (2 of 2)" in table.err
    assert table.out.startswith("prompt ")
    assert table.out.endswith("== Your prompt · SmolLM2-135M-Instruct Q4_1 (2)\nGood day.\n")
    assert host.log == [f"{step} SmolLM2-135M-Instruct" for step in ("load", "ask", "unload") * 2]

    document = inside("compare", MODEL, MODEL, *HELLO, "--markdown")
    assert document.code == 0
    assert document.out.startswith("# Comparison: 2 models, 1 prompt\n")

    json = inside("compare", MODEL, MODEL, *HELLO, "--json")
    assert json.code == 0
    assert json.json["prompts"][0]["max_tokens"] == 6
    assert [side["answers"][0]["text"] for side in json.json["models"]] == ["Good day."] * 2


def test_a_prompt_comes_before_the_tasks_and_without_either_every_task_is_asked(
    inside: Run, scripted: Scripted
):
    scripted(ScriptedHost())

    def names(*options: str) -> list[str]:
        document = inside("compare", MODEL, MODEL, *options, "--json").json
        return [prompt["name"] for prompt in document["prompts"]]

    assert names() == list(task_names())
    assert names("--prompt", "Hi", "--task", "arithmetic-en") == ["prompt", "arithmetic-en"]


def test_prompt_may_come_from_standard_input_or_continue_there(
    inside: Run, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
):
    scripted(ScriptedHost())

    def prompts(*options: str, text: bytes = "café?".encode("utf-16")) -> list[str]:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text)))
        document = inside("compare", MODEL, MODEL, *options, "--json").json
        return [prompt["prompt"] for prompt in document["prompts"] if not prompt["kind"]]

    assert prompts("--prompt", "-") == prompts() == ["café?"]
    assert prompts("--prompt", "Where is a") == ["Where is a\n\ncafé?"]
    assert prompts("--task", "arithmetic-en") == []
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"caf\xe9?")))
    assert "is not UTF-8" in inside("compare", MODEL, MODEL).failure
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"word " * 200_000)))
    assert (
        "no context of 8,192 tokens holds" in inside("compare", MODEL, MODEL, "--prompt", "Sum up:").failure
    )


def test_an_engine_that_dies_before_the_first_answer_is_the_failure(inside: Run, scripted: Scripted):
    scripted(ScriptedHost({"Say hello.": died()}))
    result = inside("compare", MODEL, MODEL, *HELLO)
    assert result.failure == "No model gave an answer. The engine's process ended. Load it again."
    assert "Half an" in result.out


@pytest.mark.skipif(sys.platform == "win32", reason="there the first Ctrl+C ends the command")
def test_ctrl_c_before_the_first_answer_leaves_an_empty_result(inside: Run, scripted: Scripted):
    class Interrupted(ScriptedHost):
        async def load(self, *arguments):
            os.kill(os.getpid(), signal.SIGINT)
            return await super().load(*arguments)

    scripted(Interrupted(loads={"SmolLM2-135M-Instruct": None}))
    result = inside("compare", MODEL, MODEL, *HELLO, "--json")
    assert result.code == 130
    assert result.err.endswith("Stopped: the comparison is not complete.\n")
    assert result.json["stopped"] is True
    assert list(unexplained(result.json)) == []


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["one"], "two or more models are needed"),
        (["one", "two", "--task", "poetry"], "there is no task poetry; known: summary-en, "),
        (["one", "two", "--tasks", "fr"], "fr is none of all, en, es, tool-calls, and no file"),
        (["one", "two", "--json", "--markdown"], "exclude each other"),
        ([], "required: MODEL"),
    ],
)
def test_wrong_usage_is_explained(inside: Run, arguments: list[str], message: str):
    result = inside("compare", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[-1]


def test_empty_prompt_and_missing_model_are_failures(inside: Run):
    assert inside("compare", MODEL, MODEL, "--prompt", " ").failure.startswith("The prompt is empty.")
    assert "is not on this disk" in inside("compare", MODEL, "qwen3-8b", "--task", "tool").failure


def test_tasks_are_chosen_by_name_or_language():
    arguments = parse(
        ["compare", "a", "b", "--task", "tool", "draft-en", "--tasks", "es", "--task", "summary"]
    )
    assert list(arguments.models) == ["a", "b"]
    assert list(arguments.tasks) == ["tool", "draft-en", "es", "summary"]


def test_the_help_names_the_tasks(inside: Run):
    text = " ".join(inside("compare", "--help").out.split()).replace("- ", "-")
    assert all(name in text for name in task_names())
