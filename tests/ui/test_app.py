"""The app around the dashboard: mistakes in the settings, themes, the palette, and every way out."""

import os
import pty
import select
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest
from textual.app import App
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region
from textual.widgets._toast import Toast

from tests.ui.chat.chat_host import see
from tests.waiting import until
from tui.sentences import reason
from tui.services.finding import SearchPaths
from tui.settings.app_folders import settings_file
from tui.settings.choices import Choices, ChoiceStore, apply_choices
from tui.settings.settings import Settings
from tui.settings.toml_reader import load_settings
from tui.ui.app import LlmtuiApp
from tui.ui.help.screen import HelpScreen
from tui.ui.kit.theme import DARK, THEMES, theme_variable_defaults
from tui.ui.models.list import ModelList

PATIENCE = 60.0


def notices(app: LlmtuiApp) -> list[list[str]]:
    """The lines of each notice."""
    return [note.message.splitlines() for note in app._notifications]


async def test_mistakes_in_the_settings_are_shown_at_the_start_and_everything_still_works() -> None:
    # GIVEN more mistakes than a notice has room for, of values, of a theme and of keys
    file = settings_file()
    file.parent.mkdir(parents=True)
    file.write_text(
        "context = 1\nthreads = -1\nseed = -2\ntop_k = -1\ntop_p = 2\nmin_p = 2\n"
        'theme = "no\x1b[31mne"\n[keys]\n"chat.stop" = ""\n"chat.nope" = "f9"\nchat.new = "ctrl+y"\n'.replace(
            "\x1b", "\\u001b"
        )
    )
    settings, problems = load_settings()
    assert settings == Settings(keys={"chat.new": "ctrl+y"})
    assert len(problems) == 9
    app = LlmtuiApp(settings, SearchPaths(), None, problems)
    assert app.theme == DARK.name
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        # THEN the first of them stand in one notice
        await until(lambda: app._notifications, "the notice")
        (values,) = notices(app)
        assert values[0].startswith("· line 1: context is 1; expected")
        assert values[3].startswith("· line 4: top_k is -1; expected")
        assert values[4:] == ["· 5 more; the log has them"]

        # AND the palette has the actions of every pane, by area, while the dashboard is in front
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Chat: new chat (Ctrl+Y)", "Theme"} <= titles
        assert {title.partition(":")[0] for title in titles} >= {"Chat", "Models", "Dashboard", "Timeline"}

        # AND over the help only those that always work
        await pilot.press("f1")
        await see(pilot, "Keys: Everywhere")
        assert isinstance(app.screen, HelpScreen)
        over_help = {command.title for command in app.get_system_commands(app.screen)}
        assert over_help < titles
        assert not any(title.startswith("Chat:") for title in over_help)

        # AND the system can end it
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: not app.is_running, "the end")
    assert app.return_code == 0


async def test_unexpected_error_is_in_the_log_and_shows_no_values_on_the_terminal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = LlmtuiApp(Settings(), SearchPaths(), None)

    def fail() -> None:
        token = "-".join(("hf", "secret"))
        raise RuntimeError(f"unexpected with {len(token)} characters")

    async def run() -> None:
        async with app.run_test():
            app.call_later(fail)
            await until(lambda: not app.is_running, "the end")

    with pytest.raises(RuntimeError, match="unexpected"):
        await run()
    assert app.return_code == 1
    assert app._exit_renderables == []
    assert "unexpected with 9 characters" in caplog.text
    assert "hf-secret" not in caplog.text


async def test_one_mistake_is_one_line_under_the_name_of_the_file() -> None:
    problem = reason("settings.unknown_key", key="zzz", hint=reason("settings.key_left_out"))
    app = LlmtuiApp(Settings(), SearchPaths(), None, (problem,))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(lambda: app._notifications, "the notice")
        (note,) = app._notifications
        assert note.message == "there is no setting zzz; it is left out"
        assert note.title.endswith("settings.toml")
        assert note.severity == "warning"
        await pilot.press("ctrl+q")
        await until(lambda: not app.is_running, "the end")
    assert app.return_code == 0
    assert all(worker.is_finished for worker in app.workers)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_a_notice_covers_nothing_of_the_panes_and_of_the_help(size: tuple[int, int]) -> None:
    app = LlmtuiApp(Settings(), SearchPaths(), None)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(lambda: app.dashboard.models.listing.shown_models, "the list")
        for number in range(3):
            app.notify(f"Notice {number} is long enough to need two rows. " * 4, timeout=60)

        def toasts() -> list[Region]:
            return [toast.region for toast in app.screen.query(Toast) if toast.region]

        await until(lambda: len(toasts()) == 3, "the notices")
        await pilot.pause()

        def is_covered() -> bool:
            panes = app.dashboard.query("Gauge, ModelList, ModelDetail, Footer")
            regions = [pane.region for pane in panes if pane.region]
            return any(toast.overlaps(region) for toast in toasts() for region in regions)

        # The panes may still be laid out anew meanwhile, with the first verdicts.
        await until(lambda: not is_covered(), "the notices beside the panes")
        # AND the newest is seen whole
        await see(pilot, "Notice 2 is")
        await pilot.press("f1")
        await see(pilot, "Keys: Everywhere")
        await until(lambda: toasts(), "the notices over the help")
        await pilot.pause()
        scroll = app.screen.query_one("#help-scroll").region
        assert not any(toast.overlaps(scroll) for toast in toasts())
        assert scroll.height > 5


async def test_theme_order_context_and_kv_type_are_remembered(tmp_path: Path) -> None:
    store = ChoiceStore(tmp_path / "choices.json")
    app = LlmtuiApp(Settings(), SearchPaths(), None, sort="size", choices=store)
    async with app.run_test(size=(80, 24)) as pilot:
        listing = app.dashboard.models.listing
        await until(lambda: listing.shown_models, "the list")
        assert listing.sort == "size"
        # Nothing was chosen yet, so nothing is kept.
        assert store.read() == Choices()
        # One choice keeps no other: a context of the command line for instance is not the user's habit.
        await pilot.press("v")
        await until(lambda: store.read() == Choices(kv_type="q8_0"), "the KV type")
        await pilot.press("s", "right_square_bracket")
        app.theme = "nord"
        await until(lambda: store.read().theme, "the theme")
        choices = store.read()
        assert choices == Choices("nord", "name", listing.context, "q8_0")
        listing.post_message(ModelList.ColumnsChosen(("speed",)))
        await until(lambda: store.read().columns == ("speed",), "the columns")
        choices = store.read()
        assert choices.context is not None
        assert choices.context > Settings().context
    # An order of another version is the usual one.
    app = LlmtuiApp(apply_choices(Settings(), choices, ()), SearchPaths(), None, sort="colour", choices=store)
    async with app.run_test(size=(80, 24)):
        listing = app.dashboard.models.listing
        await until(lambda: listing.shown_models, "the list")
        assert (app.theme, listing.context, listing.kv_type) == ("nord", choices.context, "q8_0")
        assert listing.chosen_columns == ("speed",)
        assert listing.sort == "verdict"


def test_missing_chosen_theme_is_no_mistake_of_the_settings(tmp_path: Path) -> None:
    store = ChoiceStore(tmp_path / "choices.json")
    store.keep(theme="gone")
    app = LlmtuiApp(Settings(theme="gone"), SearchPaths(), None, choices=store)
    assert app.theme == DARK.name
    assert not app._problems


@pytest.mark.parametrize(
    ("colours", "theme"), [("standard", "llmtui-16"), ("256", "nord"), ("truecolor", "nord")]
)
def test_a_terminal_of_16_colours_gets_its_own_colours(
    monkeypatch: pytest.MonkeyPatch, colours: str, theme: str
) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", colours)
    assert LlmtuiApp(Settings(theme="nord"), SearchPaths(), None).theme == theme


def test_theme_of_the_settings_is_used() -> None:
    app = LlmtuiApp(Settings(theme="nord"), SearchPaths(), None)
    assert app.theme == "nord"
    for theme in THEMES:
        app.theme = theme.name
        assert app.get_theme_variable_defaults() == theme_variable_defaults(theme)


def test_reasons_become_sentences_with_the_names_of_keys() -> None:
    app = LlmtuiApp(Settings(), SearchPaths(), None, (reason("services.choose_model"),))
    assert app._problems == ("Choose one in the list and press Enter.",)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such driver on Windows")
def test_terminal_gets_the_driver_that_recognises_esc_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.drivers.linux_driver import LinuxDriver

    from tui.ui.kit.terminal_driver import TerminalDriver

    app = LlmtuiApp(Settings(), SearchPaths(), None)
    chosen: dict[type[Driver], type[Driver]] = {}
    for driver in (LinuxDriver, HeadlessDriver):
        monkeypatch.setattr(App, "get_driver_class", lambda _app, driver=driver: driver)
        chosen[driver] = app.get_driver_class()
    assert chosen == {LinuxDriver: TerminalDriver, HeadlessDriver: HeadlessDriver}


def read_for(terminal: int, seconds: float) -> bytes:
    """Take what comes from the terminal meanwhile."""
    output = b""
    end = time.monotonic() + seconds
    while (remaining := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], remaining)[0]:
            output += os.read(terminal, 65536)
    return output


@pytest.mark.parametrize("drawn_for", [0.0, 2.0])
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals on Windows")
def test_closed_window_leaves_no_process(drawn_for: float) -> None:
    # GIVEN a dashboard that draws, and is asking the engine for sizes by the second
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.execvp(sys.executable, [sys.executable, "-m", "tui"])
        finally:
            os._exit(127)
    try:
        output = b""
        end = time.monotonic() + PATIENCE
        while b"Models" not in output and time.monotonic() < end:
            output += read_for(terminal, 0.1)
        assert b"Models" in output
        read_for(terminal, drawn_for)
        started = psutil.Process(pid).children(recursive=True)

        # WHEN the window is closed
        os.close(terminal)

        # THEN it ends by itself, and its processes with it
        ended = 0
        while not ended and time.monotonic() < end:
            ended, _status = os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
        assert ended == pid
        _gone, alive = psutil.wait_procs(started, timeout=PATIENCE)
        assert not alive
    finally:
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
