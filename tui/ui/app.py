"""The app: themes, keys that work everywhere, and the way out."""

# Textual leaves its screen's own type parameter open.
# pyright: reportUnknownMemberType=false

import asyncio
import contextlib
import signal
from collections.abc import Iterable
from typing import ClassVar

from rich.console import RenderableType
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen

from tui.hardware.replay import Replay
from tui.i18n import _
from tui.settings import Settings
from tui.ui.discovery import Places
from tui.ui.keys import whole_keymap
from tui.ui.palette import palette_commands
from tui.ui.screens.dashboard import Dashboard
from tui.ui.theme import DARK, THEMES, theme_variable_defaults


class LlmtuiApp(App[None]):
    """Shows the dashboard; what it does is in the dashboard's rooms."""

    TITLE = "llmtui"
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
        places: Places,
        build: str | None,
        problems: tuple[str, ...] = (),
        *,
        measure_once: bool = False,
        replay: Replay | None = None,
    ) -> None:
        """`problems` are sentences to show once, about the settings for instance.

        `measure_once` measures the machine's speed, if that was never done. `replay` stands in for it.
        """
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self._problems = problems
        if settings.theme in self.available_themes:
            self.theme = settings.theme
        else:
            self.theme = DARK.name
            self._problems = (*problems, _("There is no theme {name}.").format(name=settings.theme))
        self.set_keymap(whole_keymap(settings.keys))
        self.dashboard = Dashboard(settings, places, build, measure_once=measure_once, replay=replay)

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, but on POSIX terminals one that takes an Esc sooner."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from tui.ui.driver import TerminalDriver

        return TerminalDriver

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, for whatever theme is chosen."""
        return theme_variable_defaults(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is the first screen, so nothing else is drawn before it."""
        return self.dashboard

    def on_mount(self) -> None:
        """Leave in order when the terminal or the system asks for it."""
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                self._leave_on(number)
        for problem in self._problems:
            self.notify(problem, severity="warning", markup=False, timeout=10)

    def _leave_on(self, number: int) -> None:
        # Windows has no such handlers; there the console's own end does.
        with contextlib.suppress(NotImplementedError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(number, self.exit)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave; what is under way is let go of before the panes it draws on are."""
        self.workers.cancel_all()
        super().exit(result, return_code, message)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what the keys do, by name, and what only the palette does."""
        yield from super().get_system_commands(screen)
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
