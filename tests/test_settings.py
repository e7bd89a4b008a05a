import ast
import inspect
import re
from pathlib import Path

import msgspec
import pytest
import tomli

from tui.chat.context import FULL_CONTEXT_POLICIES
from tui.engine.options import KV_TYPES
from tui.services.sentences import sentence
from tui.settings.settings import SAMPLING_KEYS, MachineSettings, PresetSettings, Settings
from tui.settings.toml_reader import load_settings

EVERYTHING = """\
folders = ["~/models", "/data/one.gguf"]
context = 4096
kv_type = "q8_0"
theme = "nord"
threads = 4
temperature = 1
top_k = 20
top_p = 0.8
min_p = 0
repeat_penalty = 1.1
presence_penalty = 1.5
frequency_penalty = -0.5
seed = 7
max_tokens = 256
stop = ["###", "\\n\\n"]
when_full = "keep_pinned"
refresh_seconds = 0.5
measure_speed = false
language = "es"
[keys]
"chat.stop" = "ctrl+x"
[machines.box]
ram_gb = 32
gpu = "RTX 3060"
vram_gb = 12
cores = 6
bandwidth_gbs = 51.2
gpu_bandwidth_gbs = 360
[machines."The Mac"]
ram_gb = 16
unified = true
[machines.thin]
ram_gb = 8
shared_gb = 4
[presets.mine]
system = "Answer in one sentence."
temperature = 0
max_tokens = 60
stop = []
"""
MACHINES = {
    "box": MachineSettings(32, "RTX 3060", 12, cores=6, bandwidth_gbs=51.2, gpu_bandwidth_gbs=360),
    "The Mac": MachineSettings(16, unified=True),
    "thin": MachineSettings(8, shared_gb=4),
}
STOPS = ("[" + ",".join(['"x"'] * 17))[:59] + "…"
NUMBER = "a number of GB from 1 to 4096"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def problems_of(file: Path, text: str) -> tuple[str, ...]:
    """The problems of a file, each without the place it names."""
    file.write_text(text)
    return tuple(sentence(problem).removeprefix(f"{file}, ") for problem in load_settings(file)[1])


def test_a_missing_file_means_the_defaults(file: Path):
    assert load_settings(file) == (Settings(), ())


def test_every_setting_can_be_set(file: Path):
    file.write_text(EVERYTHING)
    settings, problems = load_settings(file)
    assert problems == ()
    assert set(tomli.loads(EVERYTHING)) == set(Settings.__struct_fields__)
    assert settings == Settings(
        folders=("~/models", "/data/one.gguf"),
        context=4096,
        kv_type="q8_0",
        theme="nord",
        threads=4,
        temperature=1.0,
        top_k=20,
        top_p=0.8,
        min_p=0.0,
        repeat_penalty=1.1,
        presence_penalty=1.5,
        frequency_penalty=-0.5,
        seed=7,
        max_tokens=256,
        stop=("###", "\n\n"),
        when_full="keep_pinned",
        refresh_seconds=0.5,
        measure_speed=False,
        keys={"chat.stop": "ctrl+x"},
        language="es",
        machines=MACHINES,
        presets={"mine": PresetSettings("Answer in one sentence.", temperature=0.0, max_tokens=60, stop=())},
    )
    defaults = Settings()
    assert all(getattr(settings, name) != getattr(defaults, name) for name in Settings.__struct_fields__)


def test_a_byte_order_mark_is_passed_over(file: Path):
    file.write_bytes(b"\xef\xbb\xbf" + EVERYTHING.encode())
    assert load_settings(file)[1] == ()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("folders = 3", 'line 1: folders is 3; expected a list of paths: ["~/models"]'),
        ('folders = "x"', 'line 1: folders is "x"; expected a list of paths: ["~/models"]'),
        ('context = "8k"', 'line 1: context is "8k"; expected a whole number of tokens from 256 up'),
        ("context = 255", "line 1: context is 255; expected a whole number of tokens from 256 up"),
        ("context = true", "line 1: context is true; expected a whole number of tokens from 256 up"),
        ("context = 1.5", "line 1: context is 1.5; expected a whole number of tokens from 256 up"),
        ('kv_type = "q5"', 'line 1: kv_type is "q5"; expected "f16", "q8_0" or "q4_0"'),
        (
            'when_full = "drop"',
            'line 1: when_full is "drop"; expected "stop", "drop_oldest" or "keep_pinned"',
        ),
        ("theme = 1", 'line 1: theme is 1; expected a name in quotes: "llmtui-dark"'),
        ("threads = -1", "line 1: threads is -1; expected a whole number from 0 to 1024"),
        ("temperature = 9", "line 1: temperature is 9; expected a number from 0 to 5"),
        ("temperature = nan", "line 1: temperature is nan; expected a number from 0 to 5"),
        ("top_k = 1.5", "line 1: top_k is 1.5; expected a whole number from 0 up"),
        ("top_p = 1.5", "line 1: top_p is 1.5; expected a number from 0 to 1"),
        ("min_p = -1", "line 1: min_p is -1; expected a number from 0 to 1"),
        ("repeat_penalty = 0", "line 1: repeat_penalty is 0; expected a number from 0.1 to 10"),
        ("presence_penalty = 3", "line 1: presence_penalty is 3; expected a number from -2 to 2"),
        ("frequency_penalty = nan", "line 1: frequency_penalty is nan; expected a number from -2 to 2"),
        ('stop = "###"', 'line 1: stop is "###"; expected a list of up to 16 texts: ["###"]'),
        ('stop = [""]', 'line 1: stop is [""]; expected a list of up to 16 texts: ["###"]'),
        (f"stop = {['x'] * 17}", f'line 1: stop is {STOPS}; expected a list of up to 16 texts: ["###"]'),
        ("seed = -2", "line 1: seed is -2; expected a whole number from 0 up, or -1"),
        ('language = "fr"', 'line 1: language is "fr"; expected "en" or "es"'),
        ("presets = 1", "line 1: presets is 1; expected a table for each preset: [presets.mine]"),
        ("max_tokens = -5", "line 1: max_tokens is -5; expected a whole number from 0 up"),
        (
            "refresh_seconds = 0.01",
            "line 1: refresh_seconds is 0.01; expected a number of seconds from 0.2 to 60",
        ),
        (
            "keys = 1",
            'line 1: keys is 1; expected a table of action = key: "chat.stop" = "ctrl+x"',
        ),
        ("contxt = 4096", "line 1: there is no setting contxt; did you mean context?"),
        ("zzz = 1", "line 1: there is no setting zzz; it is left out"),
        ("# a line\n\n  zzz = 1", "line 3: there is no setting zzz; it is left out"),
    ],
)
def test_a_bad_key_is_told_with_its_line_and_what_is_right(file: Path, line: str, problem: str):
    assert problems_of(file, line) == (problem,)


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
def test_a_machine_that_is_wrong_is_told_and_costs_only_itself(file: Path, lines: str, problem: str):
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
            "[keys]\nram_gb = 'x'\n[machines.'a b']\nram_gb = 0",
            f"line 4: machines.a b.ram_gb is 0; expected {NUMBER}",
        ),
        ('[machines.""]\nram_gb = 8', "line 1: machines. needs a name: [machines.mine]"),
    ],
)
def test_the_line_of_a_machine_is_found_however_it_is_written(file: Path, text: str, problem: str):
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
def test_a_preset_that_is_wrong_is_told_and_costs_only_itself(file: Path, lines: str, problem: str):
    text = f'context = 4096\n[presets.bad]\n{lines}\n[presets.good]\nsystem = "y"\n'
    assert problems_of(file, text) == (problem,)
    assert load_settings(file)[0] == Settings(context=4096, presets={"good": PresetSettings("y")})


def test_every_wrong_key_of_a_machine_is_told(file: Path):
    problems = problems_of(file, "[machines.bad]\nram_gb = 0\ncores = 0\nx = 1")
    assert [problem.partition(":")[0] for problem in problems] == ["line 2", "line 3", "line 4"]


def test_a_bad_key_costs_only_itself(file: Path):
    file.write_text('context = 1\nthreads = 3\nzzz = 1\ntheme = "nord"\n')
    settings, problems = load_settings(file)
    assert settings == Settings(threads=3, theme="nord")
    assert len(problems) == 2


def test_a_bad_key_of_an_action_costs_only_itself(file: Path):
    problems = problems_of(
        file, '[keys]\n"chat.stop" = ""\nchat.new = "f9"\n"chat.copy" = 3\nx = {y = "a,,b"}\n'
    )
    assert problems == (
        'line 2: keys.chat.stop is ""; expected a key in quotes: "ctrl+x"',
        'line 4: keys.chat.copy is 3; expected a key in quotes: "ctrl+x"',
        'line 5: keys.x.y is "a,,b"; expected a key in quotes: "ctrl+x"',
    )
    # AND one without the quotes around its id is taken
    assert load_settings(file)[0].keys == {"chat.new": "f9"}


def test_a_long_wrong_value_is_cut(file: Path):
    (problem,) = problems_of(file, f"kv_type = '{'x' * 5000}'")
    assert len(problem) < 150


def test_a_file_that_is_not_toml_is_said(file: Path):
    file.write_text("context = \n")
    settings, problems = load_settings(file)
    (problem,) = map(sentence, problems)
    assert settings == Settings()
    assert problem.startswith(f"{file} is not valid TOML: ")
    assert "line 1" in problem
    assert problem.endswith("; the default settings are used")


def test_a_file_that_is_nested_without_end_is_said(file: Path):
    (problem,) = problems_of(file, "x = " + "[" * 5000 + "]" * 5000)
    assert problem.startswith(f"{file} is not valid TOML: ")


def test_a_file_that_is_not_text_is_said(file: Path):
    file.write_bytes(b"theme = '\xff'")
    settings, (problem,) = load_settings(file)
    assert settings == Settings()
    assert sentence(problem) == f"{file} is not UTF-8 text; the default settings are used"


def test_a_file_that_cannot_be_read_is_said(file: Path):
    file.mkdir()
    settings, problems = load_settings(file)
    (problem,) = map(sentence, problems)
    assert settings == Settings()
    assert problem.startswith(f"{file} cannot be read (")


def test_the_kv_types_are_those_of_the_engine():
    # The engine's room is above the settings, so they cannot take the list from there.
    for kv_type in KV_TYPES:
        assert Settings(kv_type=kv_type).kv_type in KV_TYPES
    assert Settings.__annotations__["kv_type"].__args__ == KV_TYPES


@pytest.mark.parametrize("struct", [Settings, MachineSettings, PresetSettings])
def test_each_setting_has_its_sentence(struct: type[msgspec.Struct]):
    (body,) = ast.parse(inspect.getsource(struct)).body
    assert isinstance(body, ast.ClassDef)
    explained = {
        field.target.id
        for field, text in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }
    assert explained == set(struct.__struct_fields__)


def test_the_manual_shows_every_setting_as_it_is_when_left_out(file: Path):
    page = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
    (example,) = [text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "kv_type" in text]
    file.write_text(example, encoding="utf-8")
    settings, problems = load_settings(file)
    assert problems == ()
    assert set(tomli.loads(example)) == set(Settings.__struct_fields__)
    # These are empty when left out, which would show nothing.
    empty = ("folders", "keys", "stop", "machines", "presets", "language", *SAMPLING_KEYS)
    shown = {name: getattr(settings, name) for name in empty if name != "max_tokens"}
    assert settings == msgspec.structs.replace(Settings(), **shown)


def test_the_policies_are_those_of_the_chat():
    assert Settings.__annotations__["when_full"].__args__ == FULL_CONTEXT_POLICIES
