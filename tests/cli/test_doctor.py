import getpass
import os
import platform
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.cli.command_results import Result, unexplained
from tests.reasons import reason_with_text
from tui.cli import doctor
from tui.engine.install import WheelOrigin
from tui.engine.protocol import EngineDevice, EngineReady
from tui.hardware.detect import detect_machine
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import known
from tui.sentences import Reason
from tui.units import GIB

Run = Callable[..., Result]


def test_detected_facts_and_folders_are_listed(llmtui: Run, environment: dict[str, str]):
    result = llmtui("doctor")
    assert (result.code, result.err) == (0, "")
    for label in (
        "Processor",
        "Memory",
        "GPU",
        "engine",
        "models folder",
        "settings",
        "state",
        "cache",
        "log",
    ):
        assert re.search(rf"^{label}\b.*\S", result.out, re.MULTILINE), label
    assert environment["XDG_CONFIG_HOME"] in result.out
    assert "llama-cpp-python" in result.out
    assert re.search(r"^ +uses .*\b(AVX|SSE3|NEON)\b", result.out, re.MULTILINE)


def test_json_does_not_name_the_user(llmtui: Run, environment: dict[str, str]):
    result = llmtui("doctor", "--json")
    assert (result.code, result.err) == (0, "")
    assert set(result.json) == {
        "version",
        "python",
        "machine",
        "engine",
        "engine_reason",
        "engine_reason_code",
        "stores",
    }
    assert list(unexplained(result.json)) == []
    printed_words = set(re.findall(r"[\w.-]+", result.out))
    assert getpass.getuser() not in printed_words
    assert platform.node() not in printed_words
    assert environment["HOME"] not in result.out
    serials = Path("/sys/class/dmi/id")
    for name in ("product_serial", "product_uuid", "board_serial"):
        serial = serials / name
        if os.access(serial, os.R_OK) and (text := serial.read_text().strip()):
            assert text not in printed_words
    assert (
        Path("/etc/machine-id").exists() is False
        or Path("/etc/machine-id").read_text().strip() not in printed_words
    )


def test_a_path_in_a_reason_does_not_name_the_user(inside: Run, home: Path, monkeypatch: pytest.MonkeyPatch):
    async def broken() -> tuple[None, tuple[Reason, ...]]:
        return None, (reason_with_text(f"cannot load {home}/lib/libllama.so"),)

    monkeypatch.setattr(doctor, "_ask_engine", broken)
    document = inside("doctor", "--json").json
    assert document["engine_reason"] == "cannot load ~/lib/libllama.so"
    assert document["engine_reason_code"] == "engine.template_message"


def test_missing_engine_is_reported_with_the_install_command(inside: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "installed_build", lambda: None)
    result = inside("doctor", "--json")
    assert result.code == 0
    assert result.json["engine"] is None
    assert "install llama-cpp-python==" in result.json["engine_reason"]
    assert "n/a: llama-cpp-python is not installed" in inside("doctor").out


@pytest.mark.parametrize("is_usable", [True, False])
def test_a_card_that_the_build_cannot_use_is_named(
    inside: Run, monkeypatch: pytest.MonkeyPatch, is_usable: bool
):
    card = PROFILES["pc-12gb"].gpus[0]
    devices = (EngineDevice("CPU", "a processor", "cpu", 1, 1),)
    if is_usable:
        devices = (EngineDevice("CUDA0", card.name, "gpu", 10 * GIB, 12 * GIB), *devices)

    async def ready() -> tuple[EngineReady, tuple[Reason, ...]]:
        return EngineReady(1, "llama-cpp-python 0.3.36", is_usable, devices), ()

    local_machine = msgspec.structs.replace(detect_machine(), gpus=(card,))
    monkeypatch.setattr(doctor, "detect_machine", lambda: local_machine)
    monkeypatch.setattr(doctor, "_ask_engine", ready)
    out = inside("doctor").out
    assert ("-DGGML_CUDA=on" in out) is not is_usable
    assert ("10.0 GiB free of 12.0 GiB" in out) is is_usable
    engine = inside("doctor", "--json").json["engine"]
    assert bool(engine["notes"]) is not is_usable
    assert engine["note_codes"] == ([] if is_usable else ["fit.gpu_unusable"])
    assert engine["device_list"][0]["name"] == ("CUDA0" if is_usable else "CPU")


@pytest.mark.parametrize("origin", ["published", "built", None])
def test_it_says_which_build_it_is_and_what_that_leaves_unused(
    inside: Run, monkeypatch: pytest.MonkeyPatch, origin: WheelOrigin | None
):
    used = ("AVX", "AVX2", "F16C", "FMA", "BMI2")

    async def ready() -> tuple[EngineReady, tuple[Reason, ...]]:
        return EngineReady(1, "llama-cpp-python 0.3.36", False, (), used), ()

    features = ("AVX", "AVX2", "FMA", "F16C", "AVX512F")
    monkeypatch.setattr(doctor, "cpu_details", lambda: (known("a processor", "test"), features))
    monkeypatch.setattr(doctor, "wheel_origin", lambda: origin)
    monkeypatch.setattr(doctor, "_ask_engine", ready)
    out = inside("doctor").out
    assert ("ready-made by its publisher" in out) is (origin == "published")
    assert ("built on a machine like this" in out) is (origin == "built")
    assert "uses AVX AVX2 F16C FMA BMI2, and not this processor's AVX512F" in out
    assert "This engine leaves AVX512F of your processor unused" in out
    engine = inside("doctor", "--json").json["engine"]
    assert (engine["origin"], engine["instructions"]) == (origin, list(used))
    assert (engine["origin_reason"] is None) is (origin is not None)
    assert engine["unused_instructions"] == ["AVX512F"]
    assert engine["note_codes"] == ["fit.wide_instructions_unused"]


def test_unknown_features_of_the_processor_are_not_called_unused(
    inside: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(doctor, "cpu_details", lambda: (known("a processor", "test"), ()))
    engine = inside("doctor", "--json").json["engine"]
    assert engine["unused_instructions"] is None
    assert "does not list" in engine["unused_instructions_reason"]
