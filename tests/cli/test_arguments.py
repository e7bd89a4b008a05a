import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tui
from tests.cli.asking import Result, own_environment
from tests.cli.conftest import ROOT
from tests.gguf_files import write_llama
from tests.terminal import Terminal
from tui.cli import fit
from tui.cli.arguments import COMMANDS, parse
from tui.models.library import scan_library
from tui.services.finding import search_paths

Run = Callable[..., Result]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(inside: Run, command: str):
    result = inside(command, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"usage: llmtui {command} ")
    assert "--json" in result.out
    assert "None" not in result.out


def test_the_help_lists_every_command(inside: Run):
    result = inside("--help")
    assert result.code == 0
    for command in COMMANDS:
        assert f"llmtui {command}" in result.out


def test_the_version_is_told(inside: Run):
    assert inside("--version").out == f"llmtui {tui.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "--ctx", "10"], "10 is not 256 or more"),
        (["fit", "--ctx", "long"], "invalid whole number value: 'long'"),
        (["fit", "--ctx", "99999999999"], "99999999999 is more than 16777216"),
        (["fit", "--kv", "q3"], "invalid choice: 'q3'"),
        (["fit", "--machine", "cray"], "There is no machine called cray. Known: m1-8gb, "),
        (["fit", "--machine", "m1-8bg"], "no machine called m1-8bg; did you mean m1-8gb? Known: "),
        (["fit", "--machine", ""], "A machine needs a name. Known: "),
        (["fit", "nonsense", "--machine", "5000gb"], "5000gb of memory is not from 1 to 4096 GB."),
        (["run"], "required: MODEL"),
        (["run", "model", "prompt", "more"], "unrecognized arguments: more"),
        (["run", "model", "--max-tokens", "0"], "0 is not 1 or more"),
        (["run", "model", "--temperature", "nan"], "nan is not from 0 to 5"),
        (["run", "model", "--temperature", "warm"], "invalid number value: 'warm'"),
        (["run", "model", "--seed", "-1"], "-1 is not 0 or more"),
        (["bench", "model", "more"], "unrecognized arguments: more"),
        (["doctor", "please"], "unrecognized arguments: please"),
        (["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_wrong_usage_says_what_is_right(inside: Run, arguments: list[str], message: str):
    result = inside(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("usage: llmtui")
    assert message in result.err.splitlines()[-1]


@pytest.mark.parametrize("arguments", [("fit", "gemma-3-270m-it"), ("doctor",), (), ("run", "x", "y")])
def test_a_stdout_that_the_caller_closed_is_said(arguments: tuple[str, ...], tmp_path: Path):
    command = shlex.join([sys.executable, "-m", "tui", *arguments])
    environment = {**os.environ, **own_environment(tmp_path)}
    ended = subprocess.run(
        ["sh", "-c", f"{command} <&- >&-"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert ended.stderr == "llmtui: The output cannot be written: it is closed.\n"


def test_a_model_without_a_name_is_said(inside: Run):
    for arguments in (("fit", ""), ("run", " ", "Hello"), ("bench", " ")):
        assert inside(*arguments).failure == "A model needs a name or a path; this one is empty."


def test_a_prompt_may_begin_with_a_dash():
    assert parse(["run", "model", "-5 + 3 is?"]).prompt == "-5 + 3 is?"
    assert parse(["run", "model", "--", "--why"]).prompt == "--why"


def test_without_a_terminal_the_dashboard_says_what_to_use(llmtui: Run):
    assert llmtui().failure == (
        'The dashboard needs a terminal. For scripts there are "llmtui fit" and "llmtui run".'
    )


def test_a_terminal_without_utf_8_is_told_how_to_have_it(environment: dict[str, str]):
    with Terminal(
        [sys.executable, "-m", "tui"], env=environment | {"PYTHONIOENCODING": "latin-1"}
    ) as terminal:
        assert terminal.wait(60) == 1
        screen = " ".join(terminal.text().split())
    assert "draws with signs that iso8859-1 does not have. Start it in a UTF-8 locale" in screen


def test_a_dashboard_that_would_draw_into_a_file_says_so(environment: dict[str, str], tmp_path: Path):
    argv = ["sh", "-c", f"{sys.executable} -m tui 2> {tmp_path / 'told'}"]
    with Terminal(argv, env=environment) as terminal:
        assert terminal.wait(60) == 1
    assert "draws on standard error, which does not lead to a terminal" in (tmp_path / "told").read_text()


@pytest.mark.parametrize(("word", "hint"), [("benhc", 'Did you mean "llmtui bench"?'), ("x", "--help")])
def test_a_word_that_is_no_command_and_no_file_is_said(
    environment: dict[str, str], word: str, hint: str, tmp_path: Path
):
    with Terminal([sys.executable, "-m", "tui", word], env=environment) as terminal:
        assert terminal.wait() == 1
        screen = " ".join(terminal.text().split())
    assert f"There is no file or folder called {word}." in screen
    assert hint in screen


def test_what_should_not_happen_goes_to_the_log(inside: Run, home: Path, monkeypatch: pytest.MonkeyPatch):
    def break_down(*_: object) -> int:
        raise RuntimeError("odd \udcff")

    monkeypatch.setattr(fit, "run", break_down)
    log = home / "state" / "llmtui" / "log" / "llmtui.log"
    failure = inside("fit").failure
    assert failure == f"Something went wrong that should not. {log} has it all."
    assert "Traceback" in log.read_text()
    assert "RuntimeError: odd" in log.read_text()


def test_a_log_that_cannot_be_written_stops_nothing(inside: Run, home: Path):
    home.mkdir()
    (home / "state").write_text("a file where the folder should be")
    assert inside("fit", "gemma-3-270m-it").code == 0


def test_ctrl_c_ends_a_command_without_a_word(inside: Run, monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(fit, "run", interrupt)
    assert inside("fit") == Result(130, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="another process cannot be interrupted there")
def test_ctrl_c_while_the_program_starts_leaves_without_a_word():
    # GIVEN a command line whose own modules are interrupted while they are read
    code = (
        "import os, signal, sys, types, tui.__main__ as entry\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.startswith('tui.cli'): os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.exit(entry.start())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_has_left_is_no_error_to_tell(environment: dict[str, str], options: list[str]):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "fit", "gemma-3-270m-it", *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=300,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_full_disk_is_said_in_one_line(environment: dict[str, str], options: list[str]):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "fit", *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=300,
        )
    assert done.returncode == 1
    assert done.stderr == b"llmtui: The output cannot be written: No space left on device.\n"


def test_a_terminal_that_lacks_a_character_shows_a_question_mark(llmtui: Run, tmp_path: Path):
    (tmp_path / "modèle.gguf").write_text("not a model")
    result = llmtui("fit", tmp_path / "modèle.gguf", PYTHONIOENCODING="ascii")
    assert result.failure.startswith("mod?le: This is not a GGUF file")


def test_a_folder_of_the_settings_that_is_not_there_is_no_model(tmp_path: Path):
    (tmp_path / "one.gguf").touch()
    (tmp_path / "notes.txt").touch()
    given = [str(tmp_path / name) for name in ("", "one.gguf", "notes.txt", "unplugged", "gone.gguf")]
    paths = search_paths((), [*given, "~nobody-here/models"])
    assert paths.folders == (tmp_path, tmp_path / "unplugged", Path("~nobody-here/models"))
    assert paths.files == tuple(tmp_path / name for name in ("one.gguf", "notes.txt", "gone.gguf"))
    # AND the scan says what is not there
    found = scan_library(paths.folders, paths.files, packages=(), cache=tmp_path / "cache")
    assert [problem.code for problem in found.problems] == ["models.no_such_folder"] * 2
    assert {file.path.name for file in found.files} == {"one.gguf", "notes.txt", "gone.gguf"}


def test_a_model_whose_name_is_not_utf_8_costs_the_list_nothing(inside: Run, tmp_path: Path):
    good = write_llama(tmp_path / "good.gguf")
    try:
        good.rename(tmp_path / os.fsdecode(b"caf\xe9.gguf"))
    except OSError:
        pytest.skip("no such names on this file system")
    write_llama(tmp_path / "good.gguf")
    result = inside("fit", str(tmp_path), "--json")
    rows = {row["name"]: row for row in result.json["models"]}
    assert rows["good"]["verdict"] == "fits"
    assert (rows["caf"]["verdict"], "Rename it" in rows["caf"]["reason"]) == ("unknown", True)
