"""Machines and presets of the user's own."""

from pathlib import Path

import pytest

from tui.services.sentences import sentence
from tui.settings.settings import MachineSettings, PresetSettings, Settings
from tui.settings.toml_reader import load_settings

NUMBER = "a number of GB from 1 to 4096"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def problems_of(file: Path, text: str) -> tuple[str, ...]:
    """The problems of a file, each without the place it names."""
    file.write_text(text)
    return tuple(sentence(problem).removeprefix(f"{file}, ") for problem in load_settings(file)[1])


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ('ram_gb = "x"', f'line 3: machines.bad.ram_gb is "x"; expected {NUMBER}'),
        ("ram_gb = 0", f"line 3: machines.bad.ram_gb is 0; expected {NUMBER}"),
        ("ram_gb = inf", f"line 3: machines.bad.ram_gb is inf; expected {NUMBER}"),
        ("ram_gb = 8\nvram_gb = true", f"line 4: machines.bad.vram_gb is true; expected {NUMBER}"),
        ("ram_gb = 8\nshared_gb = -1", f"line 4: machines.bad.shared_gb is -1; expected {NUMBER}"),
        ("ram_gb = 8\ngpu = 7", 'line 4: machines.bad.gpu is 7; expected a name in quotes: "RTX 3060"'),
        ("ram_gb = 8\nunified = 1", "line 4: machines.bad.unified is 1; expected true or false"),
        (
            "ram_gb = 8\ncores = 2.5",
            "line 4: machines.bad.cores is 2.5; expected a whole number from 1 to 1024",
        ),
        (
            "ram_gb = 8\nbandwidth_gbs = 0",
            "line 4: machines.bad.bandwidth_gbs is 0; expected a number of GB a second from 1 to 100000",
        ),
        (
            "ram_gb = 8\nvram_gb = 4\ngpu_bandwidth_gbs = []",
            "line 5: machines.bad.gpu_bandwidth_gbs is []; expected a number of GB a second from 1 to 100000",
        ),
        ("ram_gb = 8\nvram = 4", "line 4: there is no setting machines.bad.vram; did you mean vram_gb?"),
        (
            "ram_gb = 8\ncolour = 4",
            "line 4: there is no setting machines.bad.colour; the machine is left out",
        ),
        ("cores = 4", f"line 2: machines.bad has no ram_gb; expected {NUMBER}"),
        (
            "ram_gb = 8\nvram_gb = 4\nshared_gb = 2",
            "line 2: machines.bad has vram_gb beside shared_gb or unified; "
            "a GPU has its own memory or shares the RAM",
        ),
        (
            'ram_gb = 8\ngpu = "RTX 3060"',
            "line 2: machines.bad has a GPU without memory; add vram_gb, shared_gb or unified = true",
        ),
        (
            "ram_gb = 8\nshared_gb = 16",
            "line 2: machines.bad has more shared_gb than ram_gb; the GPU's part is in the RAM",
        ),
    ],
)
def test_invalid_machine_is_reported_and_skipped(file: Path, lines: str, problem: str):
    text = f"context = 4096\n[machines.bad]\n{lines}\n[machines.good]\nram_gb = 4\n"
    assert problems_of(file, text) == (problem,)
    assert load_settings(file)[0] == Settings(context=4096, machines={"good": MachineSettings(4)})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("machines = 3", "line 1: machines is 3; expected a table for each machine: [machines.mine]"),
        ("[machines]\na = 8", "line 2: machines.a is 8; expected a table with ram_gb = 16"),
        ("[machines]\na = { ram_gb = 0 }", f"line 2: machines.a.ram_gb is 0; expected {NUMBER}"),
        ("machines.a.ram_gb = 0", f"line 1: machines.a.ram_gb is 0; expected {NUMBER}"),
        (
            "[machines.a]\nram_gb = 9\n[machines.'a b']\nram_gb = 0",
            f"line 4: machines.a b.ram_gb is 0; expected {NUMBER}",
        ),
        ('[machines.""]\nram_gb = 8', "line 1: machines. needs a name: [machines.mine]"),
    ],
)
def test_line_of_a_machine_is_found_in_any_toml_spelling(file: Path, text: str, problem: str):
    assert problems_of(file, text) == (problem,)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            "temperature = 1",
            'line 2: presets.bad has no system; expected a text in quotes: "Answer in one sentence."',
        ),
        (
            "system = 3",
            'line 3: presets.bad.system is 3; expected a text in quotes: "Answer in one sentence."',
        ),
        (
            'system = "x"\ntemperature = 9',
            "line 4: presets.bad.temperature is 9; expected a number from 0 to 5",
        ),
        ('system = "x"\ntopk = 9', "line 4: there is no setting presets.bad.topk; did you mean top_k?"),
        ('system = "x"\nx = 9', "line 4: there is no setting presets.bad.x; the preset is left out"),
    ],
)
def test_invalid_preset_is_reported_and_skipped(file: Path, lines: str, problem: str):
    text = f'context = 4096\n[presets.bad]\n{lines}\n[presets.good]\nsystem = "y"\n'
    assert problems_of(file, text) == (problem,)
    assert load_settings(file)[0] == Settings(context=4096, presets={"good": PresetSettings("y")})


def test_every_wrong_key_of_a_machine_is_reported(file: Path):
    problems = problems_of(file, "[machines.bad]\nram_gb = 0\ncores = 0\nx = 1")
    assert [problem.partition(":")[0] for problem in problems] == ["line 2", "line 3", "line 4"]
