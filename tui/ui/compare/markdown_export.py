"""Markdown of what a screen shows: written into a file or copied, and told in a notice."""

from collections.abc import Callable
from pathlib import Path

from textual.app import App

from tui.i18n import _
from tui.services.sentences import sentence
from tui.system_errors import system_error
from tui.text import short_path
from tui.ui.kit.clipboard import copy_text


def write_markdown(app: App[None], write: Callable[[], Path]) -> None:
    """Write the Markdown, and say where it is or why it could not be written.

    Args:
        app: shows the notice.
        write: writes the file and returns its path; may raise OSError.
    """
    try:
        path = write()
    except OSError as error:
        text = _("It could not be written: {why}.").format(why=sentence(system_error(error)))
        app.notify(text, severity="error", markup=False)
        return
    app.notify(_("Written to {path}").format(path=short_path(path)), markup=False)


async def copy_markdown(app: App[None], markdown: str) -> None:
    """Copy the Markdown, and say whether a program has it or the terminal was asked."""
    copied = await copy_text(markdown, app.copy_to_clipboard)
    text = _("Copied as Markdown.") if copied.confirmed else _("Sent to the terminal's clipboard.")
    app.notify(text, markup=False)
