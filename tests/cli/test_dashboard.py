"""The way to the dashboard: what it needs of a terminal, and what it takes from the command line."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.command_results import Result
from tests.terminal import Terminal
from tui.cli import dashboard
from tui.cli.dashboard import run_dashboard
from tui.cli.options import Arguments
from tui.cli.output import UserError
from tui.sentences import Reason, reason
from tui.services.finding import SearchPaths
from tui.services.restart import Restart, take_restart
from tui.settings.app_folders import settings_file
from tui.settings.choices import ChoiceStore
from tui.settings.settings import Settings

Run = Callable[..., Result]

ALL_STREAMS = ("stdin", "stdout", "stderr")
RECORDING = Path(__file__).parents[1] / "recordings" / "pc-12gb"


class RecordedApp:
    """Stands in for the app: records its arguments, and ends at once."""

    lost_because = ""
    return_code = 0
    restart: Restart | None = None

    def __init__(
        self,
        settings: Settings,
        paths: SearchPaths,
        build: str | None,
        problems: tuple[Reason, ...],
        **options: object,
    ) -> None:
        self.settings, self.paths, self.problems, self.options = settings, paths, problems, options
        self.dashboard = SimpleNamespace(lost_because=self.lost_because)

    def run(self) -> None:
        started_apps.append(self)


started_apps: list[RecordedApp] = []


def streams(*terminals: str, encoding: str = "utf-8") -> SimpleNamespace:
    """Standard streams, of which the named ones lead to a terminal."""
    return SimpleNamespace(
        **{
            name: SimpleNamespace(isatty=lambda name=name: name in terminals, encoding=encoding)
            for name in ALL_STREAMS
        }
    )


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Callable[..., RecordedApp]:
    """The app that `run_dashboard` starts in a terminal."""
    monkeypatch.setattr(dashboard, "sys", streams(*ALL_STREAMS))
    monkeypatch.setattr(dashboard, "LlmtuiApp", RecordedApp)

    def start(settings: Settings, *problems: Reason, **arguments: object) -> RecordedApp:
        assert run_dashboard(Arguments(**arguments), settings, problems) == 0
        return started_apps.pop()

    return start


def test_unexpected_end_is_a_failure(
    started: Callable[..., RecordedApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RecordedApp, "return_code", 1)
    with pytest.raises(UserError, match="Something went wrong"):
        started(Settings())
    started_apps.clear()


# What it takes along


def test_settings_apply_without_a_command_line_option(started: Callable[..., RecordedApp]):
    settings, problem = Settings(context=512, kv_type="q8_0"), reason("settings.not_toml")
    app = started(settings, problem)
    assert (app.settings, app.problems) == (settings, (problem,))
    assert app.options["replay"] is None
    assert app.options["measure_once"] is True


def test_command_line_overrides_the_settings(started: Callable[..., RecordedApp], tmp_path: Path):
    file = tmp_path / "own.gguf"
    file.touch()
    app = started(Settings(context=512, theme="nord"), ctx=1024, kv="q4_0", paths=[tmp_path, file])
    assert (app.settings.context, app.settings.kv_type, app.settings.theme) == (1024, "q4_0", "nord")
    assert app.paths == SearchPaths(folders=(tmp_path,), files=(file,))


def test_last_choice_applies_after_the_command_line_and_the_settings(
    started: Callable[..., RecordedApp],
):
    ChoiceStore().keep(theme="nord", sort="speed", context=4096, kv_type="q8_0")
    app = started(Settings())
    assert (app.settings.theme, app.settings.context, app.settings.kv_type) == ("nord", 4096, "q8_0")
    assert app.options["sort"] == "speed"
    # WHEN the file names one THEN it wins, also with the value that is the usual one
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text('theme = "llmtui-dark"\n')
    app = started(Settings(), ctx=512)
    assert (app.settings.theme, app.settings.context, app.settings.kv_type) == ("llmtui-dark", 512, "q8_0")
    # AND what the command line said is not kept
    assert ChoiceStore().read().context == 4096


@pytest.mark.parametrize(
    ("settings", "arguments"), [(Settings(measure_speed=False), {}), (Settings(), {"replay": RECORDING})]
)
def test_speed_is_not_measured_if_turned_off_or_during_a_replay(
    started: Callable[..., RecordedApp], settings: Settings, arguments: dict[str, object]
):
    app = started(settings, **arguments)
    assert app.options["measure_once"] is False
    assert (app.options["replay"] is None) is not bool(arguments)


def test_folder_without_a_recording_is_a_failure(started: Callable[..., RecordedApp], tmp_path: Path):
    with pytest.raises(UserError, match="llmtui doctor --record made"):
        started(Settings(), replay=tmp_path)
    assert started_apps == []


def test_unsaved_conversation_is_a_note_at_the_end(
    started: Callable[..., RecordedApp], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    started(Settings())
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(RecordedApp, "lost_because", "the disk is full")
    started(Settings())
    assert capsys.readouterr() == ("", "The last conversation was not kept: the disk is full.\n")


def test_a_restart_leaves_its_state_and_starts_the_program_again(
    started: Callable[..., RecordedApp], monkeypatch: pytest.MonkeyPatch
):
    states: list[Restart | None] = []
    # GIVEN an app that leaves to be started again
    monkeypatch.setattr(dashboard, "start_again", lambda: states.append(take_restart()) or 0)
    monkeypatch.setattr(RecordedApp, "restart", Restart(draft="unsent", conversation_id=3))
    started(Settings())
    # THEN the next start takes up its state, once
    assert states == [Restart(draft="unsent", conversation_id=3)]
    assert take_restart() is None

    # AND a program that cannot be started says so
    def refuse() -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(dashboard, "start_again", refuse)
    with pytest.raises(UserError, match=r"cannot be started again: .* Start it by hand\."):
        started(Settings())
    started_apps.clear()


# What it needs


def test_failure_without_a_terminal_names_the_commands_for_scripts(llmtui: Run):
    assert llmtui().failure == (
        'The dashboard needs a terminal. For scripts there are "llmtui fit" and "llmtui run".'
    )


def test_terminal_without_utf_8_gets_instructions(environment: dict[str, str]):
    with Terminal(
        [sys.executable, "-m", "tui"], env=environment | {"PYTHONIOENCODING": "latin-1"}
    ) as terminal:
        assert terminal.wait(60) == 1
        screen = " ".join(terminal.text().split())
    assert "draws with signs that iso8859-1 does not have. Start it in a UTF-8 locale" in screen


@pytest.mark.parametrize(
    ("standard", "message"),
    [
        (streams("stdout", "stderr"), "The dashboard needs a terminal. For scripts there are "),
        (streams("stdin", "stderr"), "The dashboard needs a terminal. For scripts there are "),
        (
            streams("stdin", "stdout"),
            "The dashboard draws on standard error, which does not lead to a terminal here.",
        ),
        (streams(*ALL_STREAMS, encoding="ascii"), "The dashboard draws with signs that ascii does not have."),
    ],
    ids=["input from a file", "output into a file", "errors into a file", "ASCII"],
)
def test_dashboard_starts_only_with_a_terminal_for_input_and_output(
    started: Callable[..., RecordedApp],
    monkeypatch: pytest.MonkeyPatch,
    standard: SimpleNamespace,
    message: str,
):
    monkeypatch.setattr(dashboard, "sys", standard)
    with pytest.raises(UserError) as failure:
        started(Settings())
    assert str(failure.value).startswith(message)
    assert started_apps == []


@pytest.mark.parametrize(
    ("word", "hint"),
    [("benhc", 'Did you mean "llmtui bench"?'), ("x", '"llmtui --help" lists the commands.')],
)
def test_argument_that_is_no_command_and_no_file_is_a_failure(
    started: Callable[..., RecordedApp], word: str, hint: str
):
    with pytest.raises(UserError) as failure:
        started(Settings(), paths=[Path(word)])
    assert str(failure.value) == f"There is no file or folder called {word}. {hint}"
    assert started_apps == []
