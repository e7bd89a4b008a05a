"""The manual's keys of the JSON outputs are those that the commands print."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.docs.json_keys import described, keys_of, wrong_type
from tests.docs.pages import ROOT

PC_24GB = ROOT / "tests" / "recordings" / "pc-24gb"
MODEL = "SmolLM2-135M-Instruct"
CHANGES = "models[].changes[]"
SHORT = ("--ctx", "256")

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
    told = described()[document]
    seen: dict[str, list[Any]] = {}
    for output in outputs:
        for key, values in keys_of(output).items():
            seen.setdefault(key, []).extend(values)
    seen = {key: values for key, values in seen.items() if key in told or not key.startswith(within)}
    assert set(seen) - set(told) == set()
    assert {key for key in set(told) - set(seen) if not key.startswith(rare)} == set()
    assert {key: wrong for key, values in seen.items() if (wrong := wrong_type(told[key][0], values))} == {}


def test_the_machine_and_doctor(ask: Ask, tmp_path: Path):
    here, other = ask("doctor"), ask("doctor", "--replay", PC_24GB)
    check("machine", here["machine"], other["machine"])
    check("doctor", here, other, within=("machine.",))
    check("doctor_record", ask("doctor", "--record", tmp_path / "new", "--seconds", "1"))


def test_fit(ask: Ask):
    named = ask("fit", MODEL, "Llama-3.3-70B-Instruct", "--machine", "pc-24gb")
    here = ask("fit", MODEL)
    told = described()
    for output in (named, here):
        machine = output.pop("machine")
        assert isinstance(machine.pop("what_if"), bool)
        assert set(keys_of(machine)) <= set(told["machine"])
        for model in output["models"]:
            model.pop("changes")
            model.pop("changes_reason")
    check("model", *(model for output in (named, here) for model in output["models"]))


def test_changes_of_fit(ask: Ask):
    output = ask("fit", "Qwen3-8B", "--machine", "m1-8gb", "--ctx", "32768")
    keys = tuple(f"models[].{key}" for key in described()["model"])
    check("fit", output, rare=f"{CHANGES}.programs[]", within=("machine.", *keys))
    assert output["models"][0]["changes"]


def test_quants_of_fit(ask: Ask):
    output = ask("fit", "Qwen3-8B", "--quants", "--machine", "pc-24gb")
    others = tuple(f"quants[].{key}" for key in described()["model"])
    check("quants", output, within=("machine.", "model.", *others))


def test_run(ask: Ask):
    check("run", ask("run", MODEL, "Hello", "--max-tokens", "4", *SHORT))


def test_bench(ask: Ask):
    check("bench_machine", ask("bench"), within=("weights_bytes_per_second.", "prompt_weights_per_second."))
    check("bench", ask("bench", MODEL, *SHORT))


def test_compare(ask: Ask, smollm2: Path, tmp_path: Path):
    copy = shutil.copyfile(smollm2, tmp_path / "Copy-Q4_1.gguf")
    output = ask("compare", MODEL, copy, "--prompt", "Hello", "--task", "arithmetic-es", "--max-tokens", "4")
    check("compare", output)
