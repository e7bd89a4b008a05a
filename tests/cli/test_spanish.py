"""What the plain commands say to a person whose language is Spanish: nothing of it is English."""

import contextlib
import errno
import os
import re
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from tests.chat.scripted_comparison import MIB, ScriptedHost, metrics, ready
from tests.cli.command_results import Result
from tests.engine.random_models import BYTE_TOKENIZER, VOCABULARY
from tests.gguf_files import write_llama
from tests.locale.leftover_english import leftover_english, sentences_in
from tests.models.hub.loopback_hub import running_hub
from tests.models.hub.samples import REPOSITORY, write_chat_model
from tests.recordings.expected import EXPECTED
from tests.recordings.stepped import FOLDER
from tests.services.trials.scripted_trials import TrialHost
from tui.chat.comparing.comparison import PreparedLoad
from tui.chat.comparing.tasks import KINDS, task_names, tasks_named
from tui.chat.trials.task_file import read_task_file
from tui.cli import bench, compare, compare_trials, doctor, run
from tui.cli.arguments import COMMANDS, TASK_LANGUAGES
from tui.engine.client import ReplyEvent
from tui.engine.options import AnswerRequest, LoadSettings
from tui.engine.protocol import (
    EngineDevice,
    EngineReady,
    Failed,
    Finished,
    FinishReason,
    Prompted,
    Repeating,
    Text,
)
from tui.fit.quiet import MachineBusyError
from tui.fit.rates import Rates
from tui.fit.speed import Speeds
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import known
from tui.hardware.what_if import known_names
from tui.i18n import use_language
from tui.models.evidence.evidence_files import shipped_evidence
from tui.models.model import Model
from tui.sentences import reason
from tui.services.host import EngineHost
from tui.services.loading import OpenModel
from tui.services.picks.wish import TASKS
from tui.services.side_by_side import HERE_NAMES
from tui.units import GIB

Run = Callable[..., Result]

MACHINE = ("--machine", "m1-8gb")
NAME = "llama-3.2-3b-instruct"
CODES = (
    "name",
    "model",
    "path",
    "label",
    "license",
    "publisher",
    "source",
    "sampling",
    "use",
    "text",
    "prompt",
    "prompts",
    "verdict",
    "lost",
    "role",
)
"""Keys of JSON whose values are no sentences of llmtui."""

_ENGLISH_NUMBER = re.compile(r"~\d+\.\d|\b\d+\.\d+ (?:%|W|[KMGT]i?B|tok/s|m?s)\b")
SETTINGS = (
    *("context", "columns", "chat", "stop", "system", "machines", "presets", "mine", "new", "temperature"),
    *("schema", "size", "speed", "keys", "raw"),
)
"""Names in the settings file."""
RATES = Rates(
    2e10, {"Q4_K": 8e-11, "F16": 5e-11}, 1e-4, 1.0, {"Q4_K": 1e-11}, spread=0.1, disturbed=True, count=2
)
NAMES = (*KINDS, *task_names(), *TASK_LANGUAGES, *TASKS, *known_names({}), *HERE_NAMES, "Docker Model Runner")
"""Names of tasks and machines, which are the same in every language."""


@pytest.fixture
def spanish(inside: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The command in this process and in Spanish; models are sized by formula, without an engine."""
    monkeypatch.setattr("tui.services.sizing.installed_build", lambda: None)
    use_language("es")
    yield inside
    use_language("en")


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    """A file that is a model for all but the engine."""
    return write_llama(
        tmp_path / "Propio-Q8_0.gguf", type="Q8_0", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY
    )


def check(result: Result, *names: str, code: int = 0) -> Result:
    """Check the exit code of a result, and that there is no English word in it."""
    assert result.code == code, result
    assert result.out + result.err
    lines = [*result.out.splitlines(), *result.err.splitlines()]
    english = {
        line: english_words for line in lines if (english_words := leftover_english(line, names=names))
    }
    assert not english
    assert not _ENGLISH_NUMBER.search(result.out + result.err)
    return result


def check_sentences(document: Any, *names: str) -> None:
    """Check that no sentence in a JSON document has an English word."""
    texts = list(sentences_in(document, CODES))
    english = {
        text: english_words for text in texts if (english_words := leftover_english(text, names=names))
    }
    assert not english


def hardware_names(machine: dict[str, Any]) -> list[str]:
    """Return the names of the parts of a machine in its report."""
    names = [machine["system"], machine["cpu"]["name"]]
    names += [gpu[key] for gpu in machine["gpus"] for key in ("name", "driver")]
    return list(filter(None, names))


# Help and wrong usage


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help(spanish: Run, command: str | None) -> None:
    result = check(spanish(*([command] if command else []), "--help"), *NAMES)
    assert result.out.startswith("uso: llmtui ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--bogus",),
        ("fitt",),
        ("--replay", "nowhere"),
        ("fit", "--sort", "colour"),
        ("fit", "--ctx", "many"),
        ("fit", "--ctx", "1"),
        ("fit", "--ctx", "999M"),
        ("fit", "--ctx"),
        ("fit", "--kv", "q5"),
        ("fit", "--top", "0"),
        ("fit", "--speed", "fast"),
        ("fit", "--speed", "-1"),
        ("fit", "--top", "2"),
        ("fit", "--quants"),
        ("fit", "x", "--quants", "--fits"),
        ("fit", "--machine", "m1-9gb"),
        ("fit", "--machine", ""),
        ("fit", "--machine", "999999gb"),
        ("fit", "--machine", "m1-8gb", "--machine", "pc-12gb", "--quants"),
        ("fit", "--task", "chat", "x"),
        ("fit", "--task", "chat", "--fits"),
        ("fit", "--task", "chat", "--machine", "m1-8gb", "--machine", "pc-12gb"),
        ("fit", "Lama-3.2-1B-Instruct"),
        ("fit", "nothing like it"),
        ("fit", ""),
        ("fit", "/nada"),
        ("fit", NAME, "--quant", "Q9"),
        ("pull",),
        ("pull", "no name"),
        ("run",),
        ("run", "x", "--seed", "one"),
        ("run", "x", "--temperature", "9"),
        ("run", "x", "--stop", ""),
        ("run", "x", *("--stop", "y") * 65),
        ("run", NAME, "Hi"),
        ("run", "x", "Hi"),
        ("compare",),
        ("compare", "x"),
        ("compare", "x", "y", "--json", "--markdown"),
        ("compare", "x", "y", "--task", "poetry"),
        ("compare", "x", "y", "--tasks", "fr"),
        ("compare", "x", "y", "--repeat", "2"),
        ("compare", "x", "--tasks", "tool-calls", "--repeat", "9999"),
        ("compare", "x", "--tasks", "tool-calls", "--prompt", "Hi"),
        ("compare", "x", "--tasks", "tool-calls", "--resume", "--kept"),
        ("compare", "x", "--tasks", "nowhere.toml"),
        ("compare", "--example-tasks", "/nowhere/tasks.toml"),
        ("bench", "x", "--forget"),
        ("bench", "x"),
        ("doctor", "--record", "x", "--replay", "y"),
        ("doctor", "--replay", "nowhere"),
        ("doctor", "--seconds", "0"),
        ("completion", "tcsh"),
    ],
    ids=" ".join,
)
def test_wrong_usage_and_failures(spanish: Run, arguments: tuple[str, ...]) -> None:
    result = spanish(*arguments)
    assert result.out == ""
    check(result, *NAMES, *arguments, code=2 if "uso: " in result.err else 1)


@pytest.mark.parametrize(
    "settings",
    [
        "context = ",
        b"context = '\xe9'",
        "context = 1\nkv_tipe = 3\nskip_stores = 'ollama'",
        "[keys]\n'chat.halt' = 'x'\n'chat.stop' = 'no key'\n[machines.mine]\n[machines.new]\nram_gb = -1",
        "[presets.mine]\ntemperature = 'hot'\nschema = '{'\nstop = ['']",
    ],
)
def test_mistakes_in_the_settings(spanish: Run, home: Path, settings: str | bytes) -> None:
    path = home / "config" / "llmtui" / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(settings if isinstance(settings, bytes) else settings.encode())
    check(spanish("completion", "bash"), *spanish("completion", "bash").out.splitlines(), *SETTINGS)


# Models and machines


def test_verdicts(spanish: Run, model_file: Path) -> None:
    check(spanish("fit", "--fits", "--filter", "spanish no code <4gb", "--sort", "speed", *MACHINE), *NAMES)
    check(spanish("fit", NAME, "gemma-3-270m-it", "llama-3.3-70b-instruct", *MACHINE), *NAMES)
    check(spanish("fit", NAME, "llama-3.3-70b-instruct", *MACHINE, "--machine", "pc-24gb"), *NAMES)
    check(spanish("fit", model_file, "--ctx", "32k"), *NAMES)
    check(spanish("fit", NAME, "--quants", *MACHINE), *NAMES)
    evidence = shipped_evidence()
    published = [item.name for item in (*evidence.benchmarks.values(), *evidence.sources.values())]
    for task in ("chat",):
        check(spanish("fit", "--task", task, "--language", "es", *MACHINE), *NAMES, *published)
    for options in ((NAME, "llama-3.3-70b-instruct"), (NAME, "--quants"), (NAME, "--machine", "pc-24gb")):
        check_sentences(spanish("fit", *options, *MACHINE, "--json").json, *NAMES, *published)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_reports_of_recorded_machines(spanish: Run, name: str) -> None:
    facts = spanish("doctor", "--replay", FOLDER / name, "--json").json
    names = [*hardware_names(facts["machine"]), facts["recording"]]
    check(spanish("doctor", "--replay", FOLDER / name), *names)
    check_sentences(facts, *names)


@pytest.mark.parametrize("is_installed", [True, False])
def test_report_of_this_machine(spanish: Run, monkeypatch: pytest.MonkeyPatch, is_installed: bool) -> None:
    card = PROFILES["pc-12gb"].gpus[0]
    devices = (EngineDevice("CUDA0", card.name, "gpu", 10 * GIB, 12 * GIB),)
    instructions = ("AVX", "AVX2", "F16C", "FMA")

    async def answer() -> tuple[EngineReady, tuple[()]]:
        return EngineReady(1, "llama-cpp-python 0.3.36", True, devices, instructions), ()

    monkeypatch.setattr(doctor, "installed_build", lambda: None)
    monkeypatch.setattr(doctor, "cpu_details", lambda: (known("x", "test"), (*instructions, "AVX512F")))
    monkeypatch.setattr(doctor, "wheel_origin", lambda: "published")
    if is_installed:
        monkeypatch.setattr(doctor, "_ask_engine", answer)
    facts = spanish("doctor", "--json").json
    names = hardware_names(facts["machine"])
    result = check(spanish("doctor"), *names, *NAMES)
    assert "\ncarpeta de modelos " in result.out
    check_sentences(facts, *names, *NAMES)


def test_recording(spanish: Run, tmp_path: Path) -> None:
    folder = tmp_path / "grabación"
    check(spanish("doctor", "--record", folder, "--seconds", "1"))
    check(spanish("doctor", "--record", folder), code=1)


# Models that answer


def dead() -> Failed:
    """Return the failure of an engine whose process has ended."""
    why = reason("engine.died", cause=reason("engine.ended_with_code", code=3))
    return Failed(0, "died", why, reason("engine.load_again"))


class Engine(ScriptedHost):
    """Answers whatever it is asked with one reply, and a remark on it."""

    def __init__(self, end: FinishReason, remark: str) -> None:
        super().__init__()
        self._end, self._remark = end, remark

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        del request
        yield Prompted(
            2, "", 20, reason=reason("engine.template_fails", error=reason("engine.template_endless"))
        )
        yield Repeating(2, "Hola")
        yield Text(2, "Hola.", 5, 0.1)
        figures = msgspec.structs.replace(metrics(), thinking_tokens=5, cpu_share=0.1)
        yield Finished(2, self._end, figures, remark=reason(self._remark) if self._remark else None)

    @contextlib.asynccontextmanager
    async def open(self, model: Model, settings: LoadSettings) -> AsyncGenerator[OpenModel]:
        """Stand in for `open_model`."""
        loaded = await self.load(model, settings, lambda _done, _total: None)
        yield OpenModel(model, cast("EngineHost", self), loaded, settings, 140 * MIB)
        await self.unload()


@pytest.mark.parametrize(
    ("end", "remark"),
    [
        ("end", ""),
        ("end", "engine.reply_empty"),
        ("max_tokens", "engine.reply_cut_in_thinking"),
        ("context_full", "engine.reply_cut_in_thinking"),
        ("context_full", ""),
        ("repetition", "engine.reply_repeats"),
        ("stopped", ""),
    ],
)
def test_answer(
    spanish: Run, model_file: Path, monkeypatch: pytest.MonkeyPatch, end: FinishReason, remark: str
) -> None:
    monkeypatch.setattr(run, "open_model", Engine(end, remark).open)
    code = 130 if end == "stopped" else 0
    check(spanish("run", model_file, "Hola"), code=code)
    check_sentences(spanish("run", model_file, "Hola", "--json").json)


@pytest.mark.parametrize("text", ["", "caf\xe9", "a\x00b\x00c\x00d\x00", "\x89PNG\r\n\x1a\n\x00"])
def test_prompts_that_are_none(
    spanish: Run, model_file: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text.encode("latin-1"))))
    check(spanish("run", model_file), code=1)
    check(spanish("run", model_file, " "), code=1)


def test_speeds(spanish: Run, model_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def timed(*_threads: int, on_start: Any, on_wait: Any, **_options: bool) -> Speeds:
        on_start()
        on_wait(0.3)
        return Speeds(RATES)

    async def busy(*_threads: int, **_options: object) -> Speeds:
        raise MachineBusyError(reason("fit.machine_busy", percent=52))

    async def unable(*_threads: int, **_options: object) -> Speeds:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(bench, "open_model", Engine("end", "").open)
    monkeypatch.setattr(bench, "time_machine_once", timed)
    check(spanish("bench"))
    check(spanish("bench", model_file))
    check_sentences(spanish("bench", model_file, "--json").json)
    check(spanish("bench", "--forget"))
    monkeypatch.setattr(bench, "time_machine_once", busy)
    check(spanish("bench"), code=1)
    monkeypatch.setattr(bench, "time_machine_once", unable)
    check(spanish("bench"), code=1)


@pytest.fixture
def weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models to compare are not weighed."""

    async def prepare(model: Model, _load: object) -> PreparedLoad:
        return await ready(model)

    monkeypatch.setattr(compare, "prepare_on_this_machine", prepare)


@pytest.mark.usefixtures("weighed")
def test_comparison(spanish: Run, model_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def host() -> ScriptedHost:
        return ScriptedHost({"Hola": "Buenos días."}, cpu_shares={"Hola": 0.1})

    monkeypatch.setattr(compare, "EngineHost", host)
    models = (model_file, model_file)
    tasks = [task.prompt for task in tasks_named(["all"])]
    result = check(spanish("compare", *models, "--prompt", "Hola"))
    assert result.out.startswith("prompt ")
    # Of the tasks the prompts are in English, too.
    check(spanish("compare", *models, "--tasks", "all"), "An answer", *NAMES)
    check(spanish("compare", *models, "--prompt", "Hola", "--markdown"), "```text")
    check_sentences(spanish("compare", *models, "--tasks", "all", "--json").json, "An answer", *NAMES, *tasks)
    monkeypatch.setattr(compare, "EngineHost", lambda: ScriptedHost({"Hola": dead()}))
    check(spanish("compare", *models, "--prompt", "Hola"), "Half an", code=1)


@pytest.mark.usefixtures("weighed")
def test_tasks_of_the_users_own(
    spanish: Run, tmp_path: Path, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = tmp_path / "tareas.toml"
    check(spanish("compare", "--example-tasks", tasks))
    check(spanish("compare", "--example-tasks", tasks), code=1)
    names = ["Example", *(task.name for task in read_task_file(tasks).tasks)]
    monkeypatch.setattr(compare_trials, "EngineHost", lambda: TrialHost(lambda _model, _request: "Hola."))
    command = ("compare", model_file, model_file, "--tasks", tasks)
    check(spanish(*command, "--kept"), *names, code=1)
    check(spanish(*command), *names)
    check(spanish(*command, "--kept"), *names)
    check_sentences(spanish(*command, "--kept", "--json").json, *names)
    tasks.write_text('name = 3\n[[task]]\nprompt = ""\nfor = "x"\n[[tusk]]\n[[task]]\ncheck = {}\n')
    check(spanish(*command), "name", "check", "for", *NAMES, code=1)


# Downloads


def test_download(spanish: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    sizes = {"layers": 2, "embedding": 512, "feed_forward": 1024, "heads": 8, "kv_heads": 4}
    with running_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        for kind in ("Q8_0", "F16"):
            path = write_chat_model(tmp_path / f"{kind}.gguf", kind, **sizes)
            hub.add(REPOSITORY, f"small-{kind}.gguf", path.read_bytes())
        check(spanish("pull", REPOSITORY, "--list", "--ctx", "256"))
        check(spanish("pull", REPOSITORY, "--ctx", "256"), code=1)
        check(spanish("pull", f"{REPOSITORY}:Q9", "--list"), code=1)
        check(spanish("pull", "nobody/nothing", "--list"), "nobody", "nothing", code=1)
        check(spanish("pull", f"{REPOSITORY}:q8_0", "--yes", "--ctx", "256"))
        offer = spanish("pull", REPOSITORY, "--list", "--json", "--ctx", "256")
        check_sentences(offer.json)
    check(spanish("pull", "somebody/something", "--list"), "somebody", "something", code=1)
