"""`llmtui pull`: the offer, the question, the bar, the pause, and the model at the end."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command_results import own_environment, unexplained
from tests.cli.conftest import ROOT
from tests.docs.test_json_keys import check
from tests.models.hub.loopback_hub import Behaviour, LoopbackHub, running_hub
from tests.models.hub.samples import REPOSITORY, write_chat_model
from tests.terminal import ENTER, Terminal, ctrl
from tests.waiting import wait_for
from tui.units import KIB, MIB

SIZES = {"layers": 2, "embedding": 512, "feed_forward": 1024, "heads": 8, "kv_heads": 4}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LoopbackHub]:
    """A hub with a small model at two quantizations and a projector."""
    with running_hub() as hub:
        for type in ("Q8_0", "F16"):
            path = write_chat_model(tmp_path / f"{type}.gguf", type, **SIZES)
            hub.add(REPOSITORY, f"small-{type}.gguf", path.read_bytes())
        hub.add(REPOSITORY, "mmproj-F16.gguf", bytes(1000))
        yield hub


@pytest.fixture
def user(tmp_path: Path, hub: LoopbackHub) -> dict[str, str]:
    environment = os.environ | own_environment(tmp_path / "home")
    for name in ("HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        environment.pop(name, None)
    return environment | {"HF_ENDPOINT": hub.url, "NO_PROXY": "127.0.0.1,localhost"}


def pull(user: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", "pull", *arguments],
        cwd=ROOT,
        env=user,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def model_path(user: dict[str, str], name: str) -> Path:
    return Path(user["XDG_DATA_HOME"]) / "llmtui" / "models" / REPOSITORY / name


def test_model_is_downloaded_and_its_path_is_the_result(hub: LoopbackHub, user: dict[str, str]) -> None:
    done = pull(user, f"{REPOSITORY}:q8_0", "--yes", "--ctx", "256")

    path = model_path(user, "small-Q8_0.gguf")
    assert done.stdout == f"{path}\n", done.stderr
    assert done.returncode == 0
    data = hub.files[REPOSITORY]["small-Q8_0.gguf"].data
    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(data).digest()
    assert "Q8_0 fits (" in done.stderr
    assert "Verified" in done.stderr
    # The projector and the other quantization were not fetched.
    assert {part.path for part in hub.parts} == {f"{REPOSITORY}/small-Q8_0.gguf"}

    # AND the list has it by itself
    listed = subprocess.run(
        [sys.executable, "-m", "tui", "fit", "small", "--json"],
        cwd=ROOT,
        env=user,
        capture_output=True,
        text=True,
        check=True,
    )
    (model,) = json.loads(listed.stdout)["models"]
    assert model["path"] == str(path)

    # AND it is not downloaded twice
    served = hub.served_bytes()
    again = pull(user, f"{REPOSITORY}:q8_0", "--yes", "--ctx", "256")
    assert again.stdout == f"{path}\n"
    assert hub.served_bytes() == served


def test_events_are_lines_of_json(hub: LoopbackHub, user: dict[str, str]) -> None:
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=MIB)
    done = pull(user, REPOSITORY, "--yes", "--json", "--ctx", "256")
    assert done.returncode == 0, done.stderr
    offer, *progress, end = events(done.stdout)
    check("pull_offer", offer)
    check("pull_progress", *progress)
    check("pull_done", end)
    assert [unexplained(event) for event in (offer, *progress, end)] == [[]] * (len(progress) + 2)
    assert [item["quant"] for item in offer["quants"]] == ["Q8_0", "F16"]
    assert offer["chosen"] == "Q8_0"
    assert (end["verified"], end["usable"]) == (True, True)
    assert Path(end["path"]).is_file()


def test_list_has_every_quantization_and_downloads_nothing(hub: LoopbackHub, user: dict[str, str]) -> None:
    done = pull(user, REPOSITORY, "--list", "--ctx", "256")
    assert done.returncode == 0, done.stderr
    head, *rows = [line.split() for line in done.stdout.splitlines()]
    assert head[:3] == ["verdict", "quant", "size"]
    assert [row[:3] for row in rows] == [["*", "fits", "Q8_0"], ["fits", "F16", rows[1][2]]]
    # The one whose header was not read is sized by its length.
    assert "~" in " ".join(rows[1])
    assert "~" not in " ".join(rows[0])
    assert not model_path(user, "small-Q8_0.gguf").exists()
    (offer,) = events(pull(user, REPOSITORY, "--list", "--json", "--ctx", "256").stdout)
    assert offer["event"] == "offer"


def test_nobody_can_be_asked_without_a_terminal(user: dict[str, str]) -> None:
    done = pull(user, REPOSITORY, "--ctx", "256")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "--yes" in done.stderr
    assert not model_path(user, "small-Q8_0.gguf").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("maker/nothing", "no repository maker/nothing"),
        (f"{REPOSITORY}:Q2_K", "It has: Q8_0, F16."),
        ("xyzzy", "no model called xyzzy"),
        ("http://127.0.0.1:1/m.gguf", "cannot be reached"),
        ("https://[x", "no web address"),
    ],
)
def test_failures_are_one_line(user: dict[str, str], name: str, text: str) -> None:
    done = pull(user, name, "--yes")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("llmtui: ")
    assert text in line


def test_failed_download_says_why_in_json_and_on_stderr(hub: LoopbackHub, user: dict[str, str]) -> None:
    hub.files[REPOSITORY]["small-Q8_0.gguf"].sha256 = "0" * 64
    done = pull(user, REPOSITORY, "--yes", "--json", "--ctx", "256")
    assert done.returncode == 1
    end = events(done.stdout)[-1]
    check("pull_ended", end)
    assert (end["event"], end["reason_code"]) == ("failed", "hub.wrong_hash")
    assert "SHA-256 differs" in done.stderr


def test_offline_mode_sends_nothing(hub: LoopbackHub, user: dict[str, str]) -> None:
    done = pull(user | {"HF_HUB_OFFLINE": "1"}, REPOSITORY, "--yes")
    assert done.returncode == 1
    assert "HF_HUB_OFFLINE" in done.stderr
    assert hub.requests == []


def test_only_what_was_asked_for_is_requested(hub: LoopbackHub, user: dict[str, str]) -> None:
    pull(user, REPOSITORY, "--yes", "--ctx", "256")
    paths = {path for _method, _host, path in hub.requests if not path.startswith("/signed/")}
    assert paths == {f"/api/models/{REPOSITORY}", f"/{REPOSITORY}/resolve/{'a' * 40}/small-Q8_0.gguf"}


def test_limit_of_the_month_is_honoured(hub: LoopbackHub, user: dict[str, str]) -> None:
    settings = Path(user["XDG_CONFIG_HOME"]) / "llmtui" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("download_limit_gb = 0.001\n")
    done = pull(user, f"{REPOSITORY}:F16", "--yes", "--ctx", "256")
    assert done.returncode == 1
    assert "download_limit_gb" in done.stderr
    assert not model_path(user, "small-F16.gguf").exists()


def test_interrupted_download_is_paused_and_goes_on(hub: LoopbackHub, user: dict[str, str]) -> None:
    size = len(hub.files[REPOSITORY]["small-F16.gguf"].data)
    # The header is the first request.
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=256 * KIB) if len(hub.parts) > 1 else None
    arguments = [sys.executable, "-m", "tui", "pull", f"{REPOSITORY}:F16", "--yes", "--json", "--ctx", "256"]
    process = subprocess.Popen(arguments, cwd=ROOT, env=user, stdout=subprocess.PIPE, text=True)
    wait_for(lambda: sum(part.sent for part in hub.parts[1:]) > 512 * KIB)
    process.send_signal(signal.SIGINT)
    output, _none = process.communicate(timeout=30)
    assert process.returncode == 130
    end = events(output)[-1]
    check("pull_ended", end)
    assert end["event"] == "paused"
    assert 0 < end["done_bytes"] < size

    hub.on_bytes = lambda _part: None
    part_count = len(hub.parts)
    (*_progress, end) = events(pull(user, f"{REPOSITORY}:F16", "--yes", "--json", "--ctx", "256").stdout)
    assert end["event"] == "done"
    assert sum(part.sent for part in hub.parts[part_count:]) == size - end["resumed_bytes"]


def test_terminal_is_asked_and_sees_a_bar(hub: LoopbackHub, user: dict[str, str]) -> None:
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=512 * KIB) if len(hub.parts) > 2 else None
    arguments = [sys.executable, "-m", "tui", "pull", REPOSITORY, "--ctx", "256"]
    with Terminal(arguments, cols=100, rows=30, env=user | {"PYTHONPATH": str(ROOT)}) as terminal:
        screen = "\n".join(terminal.wait_for("Download "))
        assert any(line.split()[:3] == ["*", "fits", "Q8_0"] for line in screen.splitlines())
        assert "Q8_0 fits (" in screen
        assert "F16 would fit, too." in screen
        terminal.send("F16" + ENTER)
        terminal.wait_for("of F16")
        terminal.send("Q5_K_M" + ENTER)
        terminal.wait_for("has no Q5_K_M")
        terminal.wait_for(lambda lines: "\n".join(lines).count("of F16") == 2)
        terminal.send("y" + ENTER)
        terminal.wait_for("MiB/s")
        assert " left" in terminal.text()
        terminal.wait_for("Verified")
        assert terminal.wait() == 0
        assert "█" not in terminal.text()
    assert model_path(user, "small-F16.gguf").is_file()


def test_no_is_an_answer(hub: LoopbackHub, user: dict[str, str]) -> None:
    arguments = [sys.executable, "-m", "tui", "pull", REPOSITORY, "--ctx", "256"]
    with Terminal(arguments, cols=100, rows=30, env=user | {"PYTHONPATH": str(ROOT)}) as terminal:
        terminal.wait_for("Download ")
        terminal.send("n" + ENTER)
        terminal.wait_for("Nothing was downloaded.")
        assert terminal.wait() == 0
    assert len(hub.parts) == 1


def test_ctrl_c_ends_the_question_at_once(user: dict[str, str]) -> None:
    arguments = [sys.executable, "-m", "tui", "pull", REPOSITORY, "--ctx", "256"]
    with Terminal(arguments, cols=100, rows=30, env=user | {"PYTHONPATH": str(ROOT)}) as terminal:
        terminal.wait_for("Download ")
        terminal.send(ctrl("c"))
        assert terminal.wait() == 130


def test_ctrl_c_does_not_wait_for_a_silent_server(hub: LoopbackHub, user: dict[str, str]) -> None:
    hub.on_bytes = lambda _part: Behaviour(stall_after=1000)
    arguments = [sys.executable, "-m", "tui", "pull", REPOSITORY, "--yes", "--ctx", "256"]
    process = subprocess.Popen(arguments, cwd=ROOT, env=user, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: hub.parts)
    process.send_signal(signal.SIGINT)
    # The hub would be silent for 20 seconds.
    _none, errors = process.communicate(timeout=15)
    assert process.returncode == 130
    assert errors == ""


def test_reader_that_goes_away_ends_the_download(hub: LoopbackHub, user: dict[str, str]) -> None:
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=256 * KIB) if len(hub.parts) > 1 else None
    arguments = [sys.executable, "-m", "tui", "pull", f"{REPOSITORY}:F16", "--yes", "--json", "--ctx", "256"]
    process = subprocess.Popen(arguments, cwd=ROOT, env=user, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 1
    assert b"went wrong" not in process.stderr.read()
    process.stderr.close()
