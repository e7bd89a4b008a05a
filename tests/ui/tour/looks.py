"""Looks at a screen in another language: texts that are cut, and words that are still English."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from textual.app import App
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tests.locale.leftover_english import leftover_english
from tests.locale.pseudo import cut_texts
from tui.hardware.machine import Machine
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.models.rows import ModelRows

_CODES = re.compile(r"\ben(?:,? [a-z]{2,3}\b)+")
"""Codes of languages, of which some are English words."""


class Look(Protocol):
    """Something that looks at screens."""

    problems: list[str]
    """A line for each thing that is wrong."""

    def __call__(self, app: App[None], place: str) -> None:
        """Look at what is on the screen now; `place` names it."""


def texts_on_screen(app: App[None]) -> Iterator[tuple[Widget, list[str], bool]]:
    """Yield each widget that is drawn itself, with its rows as they are seen; of others, their borders.

    The last value is True where more rows are below.
    """
    compositor = app.screen._compositor
    strips = compositor.render_strips()
    for widget, (region, clip) in compositor.visible_widgets.items():
        seen = region.intersection(clip)
        if not seen or isinstance(widget, Screen):
            continue
        rows = [strips[y].crop(seen.x, seen.right).text for y in range(seen.y, min(seen.bottom, len(strips)))]
        if any(child.display and child.size for child in widget.children):
            # Its children are looked at by themselves.
            rows = [
                row
                for row, has_border in ((rows[0], widget.border_title), (rows[-1], widget.border_subtitle))
                if has_border
            ]
        yield widget, [row.rstrip() for row in rows], seen.bottom < region.bottom


CUT_IN_SMALL = {(80, 24): frozenset({"GpuGauge#gpu", "Static#figures-lines", "PaneTab#tab-schema"})}
"""Widgets whose ends give way in a small terminal: why there is no GPU, a source, the last tab."""


class CutTexts:
    """Finds texts that begin on the screen and do not end on it."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def __call__(self, app: App[None], place: str) -> None:
        """Look at every widget by itself."""
        take_picture(app, place)
        for widget, rows, goes_on in texts_on_screen(app):
            # In the list the column of the uses keeps its width, or it would not come before a wide terminal.
            if isinstance(widget, ModelRows) or (isinstance(widget, Input) and widget.value):
                continue
            for text in cut_texts("\n".join(rows)):
                # The end of a text that one scrolls to is no cut.
                if goes_on and "…" not in text:
                    continue
                name = f"{type(widget).__name__}{'#' + widget.id if widget.id else ''}"
                if name in CUT_IN_SMALL.get(tuple(app.size), ()):
                    continue
                line = f"{name}: {text!r}"
                if all(line not in problem for problem in self.problems):
                    self.problems.append(f"{place}: {line}")


class EnglishWords:
    """Finds words that are not translated."""

    def __init__(self, names: Iterable[str]) -> None:
        """Look for words; `names` are texts that are the same in every language."""
        self.problems: list[str] = []
        self._names = tuple(names)

    def __call__(self, app: App[None], place: str) -> None:
        """Look at every row."""
        take_picture(app, place)
        dashboard = app.screen_stack[0]
        machine = dashboard.machine if isinstance(dashboard, Dashboard) else None
        names = (*self._names, *(names_of(machine) if machine is not None else ()))
        for widget, rows, _goes_on in texts_on_screen(app):
            for row in rows:
                words = leftover_english(_CODES.sub(" ", row), names=names)
                line = f"{type(widget).__name__}: {', '.join(words)} in {row.strip()!r}"
                if words and all(line not in problem for problem in self.problems):
                    self.problems.append(f"{place}: {line}")


def names_of(machine: Machine) -> list[str]:
    """Return the names of a machine's processor and GPUs."""
    return [machine.cpu.name.value or "", *(gpu.name for gpu in machine.gpus)]


def take_picture(app: App[None], place: str) -> None:
    """Keep what is on the screen in the folder that `TOUR_PICTURES` names, if there is one."""
    if folder := os.environ.get("TOUR_PICTURES"):
        name = re.sub(r"\W+", "-", place)
        app.save_screenshot(f"{name}.svg", folder)
