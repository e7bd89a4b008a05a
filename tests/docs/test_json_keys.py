"""The manual's keys of the JSON outputs are those that the commands print."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.chat.scripted_comparison import ScriptedHost, died, model, ready
from tests.docs.json_keys import NONE_KEYS, described, keys_of, unexplained_nulls, wrong_type
from tests.docs.pages import ROOT
from tests.docs.pick_table import recommendation
from tests.reasons import reason_with_text
from tests.services.trials.scripted_trials import TrialHost, open_store, perfect
from tui.chat.comparing.comparison import own_case, task_case
from tui.chat.comparing.tasks import tasks_named
from tui.chat.trials.task_file import built_in_set, with_repeat
from tui.cli.compare_output import as_json
from tui.cli.fit_output import fit_json
from tui.cli.pick_output import picks_json
from tui.cli.recording import open_replay
from tui.cli.trials_output import trials_json
from tui.engine.protocol import Failed
from tui.fit.verdict import Fit, Verdict
from tui.hardware.detect import detect_machine
from tui.hardware.recording.recorder import HEAD_FILE
from tui.hardware.report import machine_report
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.sentences import reason
from tui.services.comparing.comparison_run import ComparisonRun
from tui.services.sizing import JudgedModel
from tui.services.trials.run import TrialRun

PC_24GB = ROOT / "tests" / "recordings" / "pc-24gb"
MODEL = "SmolLM2-135M-Instruct"
CHANGES = "models[].changes[]"
SHORT = ("--ctx", "256")

RECORDINGS = sorted(folder.parent.name for folder in PC_24GB.parent.glob(f"*/{HEAD_FILE}"))

Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """The JSON of a command, as a user of his own runs it."""

    def run(*arguments: str | Path) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tui", *map(str, arguments), "--json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def check(document: str, *outputs: Any, rare: str = "\0", within: tuple[str, ...] = ()) -> None:
    """Every key of the outputs is described with its type, and every described key was seen.

    Keys that begin with `rare` need not be seen. What is below `within` and not described is so elsewhere.
    """
    assert {key for output in outputs for key in unexplained_nulls(output)} == set()
    descriptions = described()[document]
    seen: dict[str, list[Any]] = {}
    for output in outputs:
        for key, values in keys_of(output).items():
            seen.setdefault(key, []).extend(values)
    seen = {key: values for key, values in seen.items() if key in descriptions or not key.startswith(within)}
    assert set(seen) - set(descriptions) == set()
    assert {key for key in set(descriptions) - set(seen) if not key.startswith(rare)} == set()
    assert {
        key: wrong for key, values in seen.items() if (wrong := wrong_type(descriptions[key][0], values))
    } == {}


EXPLAINED: set[str] = set()


@pytest.mark.parametrize(
    ("output", "unexplained"),
    [
        ({"a": None, "a_reason": "no sensor", "a_reason_code": "hardware.no_sensor"}, EXPLAINED),
        ({"a": 1, "a_reason": None, "a_reason_code": None}, EXPLAINED),
        ({"a": None, "a_reason": "no sensor"}, {"a"}),
        ({"a": None, "a_reason": None, "a_reason_code": None}, {"a"}),
        ({"a": [{"b": None}, {"b": 2}], "c": {"d": None}}, {"a[].b", "c.d"}),
        # A key of its own that ends like a reason, and the code of a sentence that is not there
        ({"finish_reason": None}, {"finish_reason"}),
        ({"failure": "", "failure_code": None}, EXPLAINED),
        ({"gpu_reason": None, "gpu_reason_code": None}, EXPLAINED),
    ],
)
def test_a_null_needs_a_reason_and_its_code(output: Any, unexplained: set[str]):
    assert unexplained_nulls(output) == unexplained


def test_keys_that_need_no_reason_are_described_as_keys_that_may_be_null():
    kinds = {key: kind for keys in described().values() for key, (kind, _meaning) in keys.items()}
    assert [kinds[key][-1] for key in NONE_KEYS] == ["?"] * len(NONE_KEYS)


@pytest.mark.parametrize("recording", RECORDINGS)
def test_each_null_of_a_recorded_machine_has_its_reason(recording: str):
    replay = open_replay(ROOT / "tests" / "recordings" / recording, clock=lambda: 0.0)
    machine = detect_machine(interfaces=replay)
    reading = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, replay)).take()
    for report in (machine_report(machine, reading), machine_report(machine)):
        assert unexplained_nulls(report) == set()


async def test_each_null_of_a_comparison_that_went_wrong_has_its_reason():
    broken = Failed(
        0, "unreadable", reason_with_text("It cannot be read."), reason_with_text("Choose another.")
    )
    host = ScriptedHost({"Hello?": died()}, {"Three": broken})
    run = ComparisonRun(
        [model("One"), model("Two", path=None), model("Three")],
        [own_case("Hello?"), *map(task_case, tasks_named(["arithmetic-en"]))],
        host,
        ready,
    )
    assert unexplained_nulls(as_json(run.comparison)) == set()
    assert unexplained_nulls(as_json(await run.run())) == set()


@pytest.mark.parametrize("verdict", Verdict)
def test_each_null_of_a_verdict_has_its_reason(verdict: Verdict):
    fit = Fit(verdict, reason("fit.parts_unknown"), None, None, None, 4096, "f16")
    for example in (model("One"), msgspec.structs.replace(model("One"), file=None)):
        assert unexplained_nulls(fit_json(JudgedModel(example, fit))) == set()


def test_the_machine_and_doctor(ask: Ask, tmp_path: Path, own_home: Path):
    # A folder that cannot be searched is a problem of its store.
    settings = own_home / "config" / "llmtui" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f'folders = ["{tmp_path / "gone"}"]\n', encoding="utf-8")
    document, replayed = ask("doctor"), ask("doctor", "--replay", PC_24GB)
    check("machine", document["machine"], replayed["machine"])
    check("doctor", document, replayed, within=("machine.",))
    check("doctor_record", ask("doctor", "--record", tmp_path / "new", "--seconds", "1"))


def test_fit(ask: Ask, smollm2: Path, own_home: Path):
    # The same content is in a package, too.
    copy = own_home / "data" / "llmtui" / "models" / smollm2.name
    copy.parent.mkdir(parents=True)
    shutil.copyfile(smollm2, copy)
    named = ask("fit", MODEL, "Llama-3.3-70B-Instruct", "--machine", "pc-24gb")
    document = ask("fit", MODEL)
    descriptions = described()
    for output in (named, document):
        machine = output.pop("machine")
        assert unexplained_nulls(machine) == set()
        is_other = machine.pop("what_if")
        assert isinstance(is_other, bool)
        assert (machine.pop("system_bytes") is not None) is is_other
        del machine["system_bytes_reason"], machine["system_bytes_reason_code"]
        assert set(keys_of(machine)) <= set(descriptions["machine"])
        for judged in output["models"]:
            for key in ("changes", "changes_reason", "changes_reason_code"):
                judged.pop(key)
    check("model", *(judged for output in (named, document) for judged in output["models"]))


def test_changes_of_fit(ask: Ask):
    output = ask("fit", "Qwen3-8B", "--machine", "m1-8gb", "--ctx", "32768")
    keys = tuple(f"models[].{key}" for key in described()["model"])
    check("fit", output, rare=f"{CHANGES}.programs[]", within=("machine.", *keys))
    assert output["models"][0]["changes"]


def test_fit_for_several_machines(ask: Ask):
    output = ask("fit", "Llama-3.3-70B-Instruct", MODEL, "--machine", "m1-8gb", "--machine", "here")
    descriptions = described()
    assert set(output.pop("machine")) >= {"what_if", "system_bytes"}
    speeds = tuple(f"models[].machines[].{key}" for key in descriptions["model"] if "." in key)
    models = tuple(f"models[].{key}" for key in (*descriptions["model"], "changes"))
    machines = tuple(f"machines[].{key}" for key in (*descriptions["machine"], "what_if", "system_bytes"))
    check("machines", output, within=(*speeds, *models, *machines))
    assert [machine["what_if"] for machine in output["machines"]] == [True, False]


def test_picks_of_fit():
    output = picks_json(recommendation("m1-8gb", "code", "en"))
    figures = ("picks[].compared_with.figure.", "picks[].compared_with.other_figure.", "picks[].model.")
    check("picks", {"machine": {}} | output, within=figures)


def test_quants_of_fit(ask: Ask):
    output = ask("fit", "Qwen3-8B", "--quants", "--machine", "pc-24gb")
    other_keys = tuple(f"quants[].{key}" for key in described()["model"])
    check("quants", output, within=("machine.", "model.", *other_keys))


def test_run(ask: Ask):
    check("run", ask("run", MODEL, "Hello", "--max-tokens", "4", *SHORT))


def test_bench(ask: Ask):
    check(
        "bench_machine",
        ask("bench", "--anyway"),
        within=("weights_bytes_per_second.", "prompt_weights_per_second."),
    )
    check("bench", ask("bench", MODEL, *SHORT))


def test_compare(ask: Ask, smollm2: Path, tmp_path: Path):
    copy = shutil.copyfile(smollm2, tmp_path / "Copy-Q4_1.gguf")
    output = ask("compare", MODEL, copy, "--prompt", "Hello", "--task", "arithmetic-es", "--max-tokens", "4")
    check("compare", output)


async def test_compare_of_a_set_of_tasks(tmp_path: Path):
    tasks = with_repeat(built_in_set(), 1)
    run = TrialRun([model("One")], tasks, TrialHost(perfect), ready, open_store(tmp_path))
    arguments = "models[].results[].answers[].calls[].arguments."
    check("compare_tasks", trials_json(await run.run()), within=(arguments,))
