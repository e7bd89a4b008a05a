"""The models that the commands know: those on this disk and in the catalogue."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui.cli.output import print_note
from tui.cli.table import output_columns
from tui.i18n import _
from tui.models.model import Model
from tui.models.stores.visit import OnFolder
from tui.services.finding import ModelScan, find_loadable_model, is_whole_name, scan_models, search_paths
from tui.services.sentences import sentence
from tui.settings.settings import Settings
from tui.text import clean_line
from tui.units import format_number

_PATIENCE = 1.0
"""Seconds of a search before its progress is shown."""
_REDRAW_SECONDS = 0.2
_ERASE_TO_END = "\x1b[K"


def scan_with_notes(settings: Settings) -> ModelScan:
    """Look for models where the settings say; problems are printed on stderr."""
    with search_progress() as on_folder:
        scan = scan_models(search_paths((), settings.folders, settings.skip_stores), on_folder=on_folder)
    for problem in scan.problems:
        print_note(sentence(problem))
    return scan


def model_on_disk(name: str, settings: Settings) -> Model:
    """Return the one model of this name that is on this disk and readable.

    Raises:
        FindingError: there is none, or there are several.
    """
    scan = scan_with_notes(settings)
    with search_progress() as on_folder:
        model = find_loadable_model(name, scan, on_folder)
    if not is_whole_name(name, model):
        print_note(_("{name} is {model}.").format(name=name, model=model.label))
    return model


@contextmanager
def search_progress() -> Generator[OnFolder]:
    """Yield what shows the progress of a long search: a line on a terminal, which is removed at the end."""
    if not sys.stderr.isatty():
        yield lambda _folder: None
        return
    line = _ProgressLine()
    try:
        yield line.enter
    finally:
        line.remove()


class _ProgressLine:
    """Line on stderr with the number of folders that were searched, and the folder that is."""

    def __init__(self) -> None:
        self._folders = 0
        self._next_draw = time.monotonic() + _PATIENCE
        self._is_drawn = False

    def enter(self, folder: Path) -> None:
        """Count a folder, and draw the line where it is time."""
        self._folders += 1
        now = time.monotonic()
        if now < self._next_draw:
            return
        self._next_draw = now + _REDRAW_SECONDS
        text = _("Looking for models, Ctrl+C stops: {count} folders, in {folder}").format(
            count=format_number(self._folders, ","), folder=clean_line(str(folder))
        )
        self._draw(text)

    def remove(self) -> None:
        """Take the line away."""
        if self._is_drawn:
            self._draw("")

    def _draw(self, text: str) -> None:
        room = output_columns() - 1
        if not text.isascii():
            # Its letters may take two cells each, and a line that wraps could not be drawn over.
            room //= 2
        self._is_drawn = True
        with suppress(OSError):
            sys.stderr.write(f"\r{text[:room]}{_ERASE_TO_END}")
            sys.stderr.flush()
