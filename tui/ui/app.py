"""The app: themes, keys that work everywhere, and the way out."""

# Textual leaves its screen's own type parameter open.
# pyright: reportUnknownMemberType=false

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingsMap, BindingType
from textual.driver import Driver
from textual.notifications import Notify
from textual.screen import Screen
from textual.theme import ThemeProvider

from tui.hardware.recording.replay import Replay
from tui.i18n import _, language_code, ngettext
from tui.languages import LANGUAGES
from tui.sentences import Reason, ReasonedError
from tui.services.finding import SearchPaths
from tui.services.restart import Restart
from tui.services.sentences import sentence
from tui.settings.app_folders import settings_file
from tui.settings.choices import ChoiceStore
from tui.settings.saved_language import save_language
from tui.settings.settings import Settings
from tui.system_errors import system_error
from tui.text import short_path
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.kit.keyboard.names import complete_keymap, sentence_with_keys
from tui.ui.kit.palette import Palette, command_title, palette_commands, panel_commands
from tui.ui.kit.screenshot import save_picture
from tui.ui.kit.textual_words import translate_textual, translated_bindings, translated_key
from tui.ui.kit.theme import DARK, TERMINAL, THEMES, readable_variables, theme_variable_defaults
from tui.ui.models.list import ModelList
from tui.ui.models.pane import ModelsPane

log = logging.getLogger(__name__)

_MOST_PROBLEMS = 4
"""Of the settings, that are told on the screen; more would cover it."""
_PROBLEMS_SECONDS = 20.0
"""As long as they can be read."""
_PALETTE_GONE_SECONDS = 0.1


class LlmtuiApp(App[None]):
    """Shows the dashboard; what it does is in the dashboard's rooms."""

    TITLE = "llmtui"
    ALLOW_IN_MAXIMIZED_VIEW = "KeyFooter"
    # In the layer of all else, above the keys: panes and dialogs give a notice its rows; it covers nothing.
    CSS = """
    Toast { width: 100%; max-width: 100%; margin: 0; padding: 0 1; }
    ToastRack {
        layer: default;
        dock: bottom;
        align: left bottom;
        margin: 0 0 1 0;
        max-height: 50%;
        scrollbar-size: 0 0;
    }
    ModalScreen ToastRack { margin: 0; }
    Input > .input--placeholder, Input > .input--suggestion { color: $dim; }
    TextArea .text-area--placeholder { color: $dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+q",
            "quit",
            _("Quit"),
            id="app.quit",
            priority=True,
            tooltip=_("Leave; nothing keeps running"),
        ),
    ]

    def __init__(
        self,
        settings: Settings,
        paths: SearchPaths,
        build: str | None,
        problems: tuple[Reason, ...] = (),
        *,
        measure_once: bool = False,
        replay: Replay | None = None,
        sort: str | None = None,
        choices: ChoiceStore | None = None,
        restart: Restart | None = None,
    ) -> None:
        """Create the dashboard.

        Args:
            settings: the user's settings.
            paths: folders and files in which models are looked for.
            build: identification of the installed engine; None for no engine.
            problems: shown once, those of the settings for instance.
            measure_once: True to measure the machine's speed, if that was never done.
            replay: stands in for the machine; None for this machine.
            sort: column that the list of models is sorted by first; None for the usual one.
            choices: keeps what the user chooses for the next start; None to forget it.
            restart: state to go on with; None for an ordinary start.
        """
        translate_textual()
        super().__init__()
        self._bindings = BindingsMap.from_keys(
            {key: translated_bindings(bindings) for key, bindings in self._bindings.key_to_bindings.items()}
        )
        for theme in THEMES:
            self.register_theme(theme)
        self._problems = tuple(map(sentence_with_keys, problems))
        if settings.theme in self.available_themes:
            self.theme = settings.theme
        else:
            # Chosen in an earlier version: no mistake of the user's, whose settings were checked.
            log.warning("There is no theme %r", settings.theme)
            self.theme = DARK.name
        if self.console.color_system == "standard" and not self.current_theme.ansi:
            self.theme = TERMINAL.name
        self._choices = choices
        self.set_keymap(complete_keymap(settings.keys))
        self.dashboard = Dashboard(
            settings, paths, build, measure_once=measure_once, replay=replay, sort=sort, restart=restart
        )
        self.restart: Restart | None = None
        """State that the program has to be started again with; None to leave for good."""

    def get_key_display(self, binding: Binding) -> str:
        """Return the name of a key for the footer and the key panel."""
        return translated_key(super().get_key_display(binding))

    def action_command_palette(self) -> None:
        """Show the palette."""
        if self.use_command_palette and not isinstance(self.screen, Palette):
            self.push_screen(Palette(placeholder=_("Search for commands…"), id="--command-palette"))

    def search_themes(self) -> None:
        """Show all themes to choose from."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder=_("Search for themes…")))

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's own driver, but on POSIX terminals one that takes an Esc sooner."""
        driver_class = super().get_driver_class()
        if driver_class.__name__ != "LinuxDriver":
            return driver_class
        from tui.ui.kit.terminal_driver import TerminalDriver

        return TerminalDriver

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own colours, for whatever theme is chosen."""
        return theme_variable_defaults(self.current_theme)

    def get_css_variables(self) -> dict[str, str]:
        """Return the variables of the chosen theme, with those replaced that would be hard to see."""
        variables = super().get_css_variables()
        self.theme_variables = {**variables, **readable_variables(variables)}
        return self.theme_variables

    def get_default_screen(self) -> Screen[None]:
        """Return the dashboard as the first screen, so that nothing else is drawn before it."""
        return self.dashboard

    def on_mount(self) -> None:
        """Leave in order when the terminal or the system asks for it."""
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                self._leave_on(number)
        if self._problems:
            self._warn(self._problems)
        self.watch(self, "theme", self._keep_theme, init=False)

    def _warn(self, problems: Sequence[str]) -> None:
        """Say what is wrong with the settings in one notice, so that all of it is seen."""
        for problem in problems:
            log.warning("%s", problem)
        file = settings_file()
        lines = [problem.removeprefix(f"{file}, ") for problem in problems[:_MOST_PROBLEMS]]
        if more := len(problems) - len(lines):
            text = ngettext("{count} more; the log has it", "{count} more; the log has them", more)
            lines.append(text.format(count=more))
        text = "\n".join(f"· {line}" for line in lines) if len(lines) > 1 else "".join(lines)
        self.notify(text, title=short_path(file), severity="warning", markup=False, timeout=_PROBLEMS_SECONDS)

    # Choices for the next start

    def _keep_theme(self, theme: str) -> None:
        if self._choices is not None:
            self._choices.keep(theme=theme)

    def on_model_list_columns_chosen(self, event: ModelList.ColumnsChosen) -> None:
        """Keep the columns for the next start."""
        if self._choices is not None:
            self._choices.keep(columns=event.columns)

    def on_model_list_sort_chosen(self, event: ModelList.SortChosen) -> None:
        """Keep the order of the list for the next start."""
        if self._choices is not None:
            self._choices.keep(sort=event.sort)

    def on_models_pane_settings_chosen(self, event: ModelsPane.SettingsChosen) -> None:
        """Keep context and KV type for the next start."""
        if self._choices is not None:
            self._choices.keep(**event.changes)

    def switch_language(self, code: str) -> None:
        """Save the language, and leave for a start of the program in it."""
        if why_not := self.dashboard.no_restart_reason:
            self.notify(why_not, severity="warning", markup=False)
            return
        try:
            save_language(code)
        except ReasonedError as error:
            self.notify(sentence_with_keys(error.reason), severity="error", markup=False)
            return
        self.restart = self.dashboard.restart_state
        self.exit()

    def _leave_on(self, number: int) -> None:
        # Windows has no such handlers; there the console's own end does.
        with contextlib.suppress(NotImplementedError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(number, self.exit)

    @on(Driver.SignalResume)
    def _come_back(self) -> None:
        """The shell drew on the terminal meanwhile, so all of it is drawn again."""
        self.refresh(layout=True)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave; what is under way is let go of before the panes it draws on are."""
        self.workers.cancel_all()
        super().exit(result, return_code, message)

    def _fatal_error(self) -> None:
        """End after an unexpected error, which only the log has in full.

        Textual's own traceback shows the values of all variables on the terminal, tokens included.
        """
        log.error("unexpected", exc_info=sys.exc_info()[1] or self._exception)
        self._close_messages_no_wait()

    def save_screenshot_later(self) -> None:
        """Save a picture once the palette is no longer on the screen."""
        self.set_timer(_PALETTE_GONE_SECONDS, self.action_screenshot)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Save a picture of the screen, and say where it is, or why there is none."""
        del filename
        folders = None if path is None else (Path(path),)
        try:
            file = save_picture(self.export_screenshot(), folders)
        except OSError as error:
            self.notify(
                _("The picture cannot be saved: {reason}.").format(reason=sentence(system_error(error))),
                severity="error",
                markup=False,
            )
        else:
            self.notify(_("Saved as {file}.").format(file=short_path(file)), markup=False)

    @on(Notify)
    def _leave_out_duplicate(self, event: Notify) -> None:
        """Show a notice in place of the same one that is still there."""
        notice = event.notification
        for old in list(self._notifications):
            if (old.message, old.title, old.severity) == (
                notice.message,
                notice.title,
                notice.severity,
            ):
                self._unnotify(old)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what the keys do, by name, and what only the palette does."""
        yield from panel_commands(self, screen)
        yield SystemCommand(
            command_title(_("Quit"), "app.quit"), _("Leave; nothing keeps running"), self.action_quit
        )
        for code, language in LANGUAGES.items():
            if code != language_code():
                # Translators: the name is that of a language in the language itself.
                title = _("Language: {name}").format(name=language.name)
                about = _("Start the dashboard again in this language; model and conversation stay")
                yield SystemCommand(title, about, partial(self.switch_language, code))
        yield SystemCommand(
            _("Screenshot"), _("Save a picture of the screen as an SVG file"), self.save_screenshot_later
        )
        if isinstance(screen, Dashboard):
            yield from palette_commands(
                (
                    screen,
                    screen.models,
                    screen.models.listing,
                    screen.chat,
                    screen.chat.strip,
                    screen.chat.transcript,
                    screen.chat.prompt_area,
                    screen.timeline,
                )
            )
