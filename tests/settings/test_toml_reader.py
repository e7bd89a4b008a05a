"""Reading of the settings file, and its mistakes."""

from pathlib import Path

import pytest
import tomli

from tui.services.sentences import sentence
from tui.settings.settings import UNREADABLE_LIMIT_GB, MachineSettings, PresetSettings, Settings
from tui.settings.toml_reader import load_settings, named_settings

EVERYTHING = """\
folders = ["~/models", "/data/one.gguf"]
context = 4096
kv_type = "q8_0"
theme = "nord"
columns = ["size", "speed"]
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
skip_stores = ["jan", "msty"]
refresh_seconds = 0.5
measure_speed = false
download_limit_gb = 20
language = "es"
preset_language = "en"
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


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def problems_of(file: Path, text: str) -> tuple[str, ...]:
    """The problems of a file, each without the place it names."""
    file.write_text(text)
    return tuple(sentence(problem).removeprefix(f"{file}, ") for problem in load_settings(file)[1])


def test_a_missing_file_means_the_defaults(file: Path):
    assert load_settings(file) == (Settings(), ())


def test_a_column_that_there_is_not_costs_only_the_columns(file: Path):
    (problem,) = problems_of(file, 'columns = ["size", "colour"]\ncontext = 4096\n')
    assert problem.startswith('line 1: columns is ["size","colour"]; expected a list of columns, such as')
    assert "languages" in problem
    assert load_settings(file)[0] == Settings(context=4096)


def test_every_setting_can_be_set(file: Path):
    file.write_text(EVERYTHING)
    settings, problems = load_settings(file)
    assert problems == ()
    assert set(tomli.loads(EVERYTHING)) == set(Settings.__struct_fields__)
    assert settings == Settings(
        folders=("~/models", "/data/one.gguf"),
        skip_stores=("jan", "msty"),
        context=4096,
        kv_type="q8_0",
        theme="nord",
        columns=("size", "speed"),
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
        download_limit_gb=20.0,
        keys={"chat.stop": "ctrl+x"},
        language="es",
        preset_language="en",
        machines=MACHINES,
        presets={"mine": PresetSettings("Answer in one sentence.", temperature=0.0, max_tokens=60, stop=())},
    )
    defaults = Settings()
    assert all(getattr(settings, name) != getattr(defaults, name) for name in Settings.__struct_fields__)


@pytest.mark.parametrize(
    "line",
    ['"abc"', "-5", "nan", "inf", "true", "1000001", "[", '20\nfolders = "'],
    ids=lambda line: line[:6],
)
def test_wrong_limit_of_downloads_is_not_taken_for_none(file: Path, line: str):
    file.write_text(f"download_limit_gb = {line}\n")
    settings, problems = load_settings(file)
    assert settings.download_limit_gb == UNREADABLE_LIMIT_GB
    assert len(problems) == 1


def test_file_without_a_limit_of_downloads_has_none(file: Path):
    file.write_text("# download_limit_gb = 5\ncontext = [\n")
    assert load_settings(file)[0].download_limit_gb == 0


def test_byte_order_mark_is_skipped(file: Path):
    file.write_bytes(b"\xef\xbb\xbf" + EVERYTHING.encode())
    assert load_settings(file)[1] == ()


def theme_expected(theme: str) -> str:
    return f'expected a theme such as "{theme}"; docs/settings.md lists them'


TOKENS = 'a whole number of tokens from 256 to 16777216, or a text such as "32k"'


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("folders = 3", 'line 1: folders is 3; expected a list of paths: ["~/models"]'),
        ('folders = "x"', 'line 1: folders is "x"; expected a list of paths: ["~/models"]'),
        ('context = "8kb"', f'line 1: context is "8kb"; expected {TOKENS}'),
        ('context = "64"', f"line 1: context is 64; expected {TOKENS}"),
        ("context = 255", f"line 1: context is 255; expected {TOKENS}"),
        ("context = true", f"line 1: context is true; expected {TOKENS}"),
        ("context = 1.5", f"line 1: context is 1.5; expected {TOKENS}"),
        ('kv_type = "q5"', 'line 1: kv_type is "q5"; expected "f16", "q8_0" or "q4_0"'),
        (
            'when_full = "drop"',
            'line 1: when_full is "drop"; expected "stop", "drop_oldest" or "keep_pinned"',
        ),
        ("theme = 1", 'line 1: theme is 1; expected a name in quotes: "llmtui-dark"'),
        ('theme = "dracular"', f'line 1: theme is "dracular"; {theme_expected("dracula")}'),
        ('theme = "Nord"', f'line 1: theme is "Nord"; {theme_expected("nord")}'),
        (r'theme = "\u001b[1mzz"', rf'line 1: theme is "\u001b[1mzz"; {theme_expected("llmtui-dark")}'),
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
        ('language = "fr"', 'line 1: language is "fr"; expected one of "en", "es"'),
        ("language = 3", 'line 1: language is 3; expected one of "en", "es"'),
        ('preset_language = "fr"', 'line 1: preset_language is "fr"; expected "en" or "es"'),
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
def test_wrong_key_is_reported_with_line_and_expectation(file: Path, line: str, problem: str):
    assert problems_of(file, line) == (problem,)


def test_wrong_key_leaves_the_other_settings(file: Path):
    file.write_text('context = 1\nthreads = 3\nzzz = 1\ntheme = "nord"\n')
    settings, problems = load_settings(file)
    assert settings == Settings(threads=3, theme="nord")
    assert len(problems) == 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('"chat.stpo" = "ctrl+x"', "line 2: there is no action chat.stpo; did you mean chat.stop?"),
        ('chat.stpo = "ctrl+x"', "line 2: there is no action chat.stpo; did you mean chat.stop?"),
        (r'"\u001b[1mzzz" = "f9"', "line 1: there is no action zzz; docs/keys.md lists them"),
        ('"app.quit" = "Ctrl+X"', 'line 2: keys.app.quit is "Ctrl+X"; expected "ctrl+x"'),
        (
            r'"chat.new" = "f9,\u001b[1mqq"',
            r'line 2: keys.chat.new is "f9,\u001b[1mqq"; expected a key such as "ctrl+x", "f5" or "x", '
            'and "qq" is none',
        ),
    ],
)
def test_wrong_action_or_name_of_a_key_is_reported_and_left_out(file: Path, line: str, problem: str):
    assert problems_of(file, f'[keys]\n{line}\n"models.up" = "u, f12"\n') == (problem,)
    assert load_settings(file)[0].keys == {"models.up": "u, f12"}


def test_wrong_shortcut_leaves_the_others(file: Path):
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


def test_invalid_toml_is_reported(file: Path):
    file.write_text("context = \n")
    settings, problems = load_settings(file)
    (problem,) = map(sentence, problems)
    assert settings == Settings()
    assert problem.startswith(f"{file} is not valid TOML: ")
    assert "line 1" in problem
    assert problem.endswith("; the default settings are used")


def test_extremely_nested_file_is_reported(file: Path):
    (problem,) = problems_of(file, "x = " + "[" * 5000 + "]" * 5000)
    assert problem.startswith(f"{file} is not valid TOML: ")


def test_binary_file_is_reported(file: Path):
    file.write_bytes(b"theme = '\xff'")
    settings, (problem,) = load_settings(file)
    assert settings == Settings()
    assert sentence(problem) == f"{file} is not UTF-8 text; the default settings are used"


def test_unreadable_file_is_reported(file: Path):
    file.mkdir()
    settings, problems = load_settings(file)
    (problem,) = map(sentence, problems)
    assert settings == Settings()
    assert problem.startswith(f"{file} cannot be read (")


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (b"theme = 'x'\ncontext = 0\n[keys]\n", {"theme", "context", "keys"}),
        (b"theme = ", set()),
        (b"\xff", set()),
    ],
)
def test_the_keys_that_the_file_names_are_known_whatever_their_values(
    content: bytes, keys: set[str], tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    assert named_settings(file) == set()
    file.write_bytes(content)
    assert named_settings(file) == keys


@pytest.mark.parametrize(
    ("value", "context"), [("8192", 8192), ('"32k"', 32768), ('"1M"', 1 << 20), ('"8,192"', 8192)]
)
def test_context_may_have_units_and_separators(tmp_path: Path, value: str, context: int):
    file = tmp_path / "settings.toml"
    file.write_text(f"context = {value}")
    settings, problems = load_settings(file)
    assert (settings.context, problems) == (context, ())
