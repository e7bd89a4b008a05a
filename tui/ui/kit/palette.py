"""Command palette with the actions of all keys on the screen."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Iterable
from functools import partial

from rich.align import Align
from rich.text import Text
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.command import CommandInput, CommandList, CommandPalette
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button
from textual.widgets.option_list import Option

from tui.i18n import _
from tui.ui.kit.keyboard.actions import has_effect, is_forwarded, is_movement
from tui.ui.kit.keyboard.names import key_of


class Palette(CommandPalette):
    """Textual's command palette in the user's language."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the palette once: on a busy machine a second Enter may come before it is gone."""
        self.disable_messages(CommandInput.Submitted, Button.Pressed)
        return super().dismiss(result) if self.is_current else AwaitComplete.nothing()

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """Say after a moment that there is no match; nothing of it while nothing is typed."""
        self._stop_no_matches_countdown()
        self._no_matches_timer = self.set_timer(
            self._NO_MATCHES_COUNTDOWN, partial(self._say_no_match, bool(search_value))
        )

    def _say_no_match(self, is_search: bool) -> None:
        self._list_visible = is_search
        if is_search:
            text = Align.center(Text(_("No matches found"), style="not bold"))
            self.query_one(CommandList).add_option(Option(text, disabled=True, id=self._NO_MATCHES))


def panel_commands(app: App[None], screen: Screen[object]) -> Iterable[SystemCommand]:
    """Yield the commands that Textual has for the panes of any program."""
    yield SystemCommand(_("Theme"), _("Change the current theme"), app.action_change_theme)
    if screen.query("HelpPanel"):
        yield SystemCommand(_("Keys"), _("Hide the keys and widget help panel"), app.action_hide_help_panel)
    else:
        about = _("Show help for the focused widget and a summary of available keys")
        yield SystemCommand(_("Keys"), about, app.action_show_help_panel)
    if screen.maximized is not None:
        about = _("Minimize the widget and restore to normal size")
        yield SystemCommand(_("Minimize"), about, screen.action_minimize)
    elif screen.focused is not None and screen.focused.allow_maximize:
        yield SystemCommand(_("Maximize"), _("Maximize the focused widget"), screen.action_maximize)


def palette_commands(nodes: Iterable[Widget]) -> Iterable[SystemCommand]:
    """Yield a command `Area: verb` for each binding with an id whose action is possible now."""
    for node in nodes:
        for binding in type(node).__dict__.get("BINDINGS", ()):
            if not isinstance(binding, Binding) or not binding.id:
                continue
            if is_movement(binding.action) or is_forwarded(binding.action):
                continue
            name = binding.action.partition("(")[0]
            if node.check_action(name, ()) and has_effect(node, binding.action):
                title = f"{_area(node)}: {binding.description.lower()}"
                yield SystemCommand(
                    command_title(title, binding.id),
                    binding.tooltip,
                    partial(node.run_action, binding.action),
                )


def command_title(title: str, binding_id: str) -> str:
    """Return a title with the key of the action behind it, where it has one: `Models: sort (s)`."""
    key = key_of(binding_id)
    return f"{title} ({key})" if key else title


def _area(node: DOMNode) -> str:
    return str(getattr(node, "BINDING_GROUP_TITLE", None) or _("Dashboard"))
