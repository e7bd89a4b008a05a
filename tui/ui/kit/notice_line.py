"""Line for progress, hints and errors."""

from textual.content import Content
from textual.widgets import Static

from tui.i18n import _
from tui.text import clean
from tui.units import format_duration

BAR_WIDTH = 10
"""Cells of the progress bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def progress_bar(fraction: float, width: int) -> str:
    """Return a bar of `width` cells filled to `fraction` (0 to 1), in steps of an eighth of a cell."""
    eighths = round(min(max(fraction, 0.0), 1.0) * width * 8)
    full, last_eighths = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[last_eighths] if last_eighths else "")).ljust(width)


def progress_text(label: str, fraction: float | None, seconds_left: float | None) -> str:
    """Return progress as text, without unknown parts: `Loading SmolLM2… 43 %, 1.2 s left`."""
    parts: list[str] = []
    if fraction is not None:
        parts.append(f"{min(max(fraction, 0.0), 1.0) * 100:.0f} %")
    if seconds_left is not None:
        parts.append(_("{time} left").format(time=format_duration(seconds_left)))
    text = label.rstrip(".… ") + "…"
    return f"{text} {', '.join(parts)}" if parts else text


class NoticeLine(Static):
    """Line for progress, a hint or an error; hidden while it is empty."""

    DEFAULT_CSS = """
    NoticeLine {
        display: none;
        width: 1fr;
        height: auto;
        max-height: 6;
        padding: 0 1;
        color: $foreground;
        &.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show_progress(
        self, label: str, fraction: float | None = None, seconds_left: float | None = None
    ) -> None:
        """Show progress: `fraction` 0 to 1, time left in seconds, None for unknown."""
        text = clean(progress_text(label, fraction, seconds_left))
        bar = f"{progress_bar(fraction, BAR_WIDTH)} " if fraction is not None else ""
        self._show(Content.assemble((bar, "$accent"), text))

    def show_error(self, message: str, hint: str = "") -> None:
        """Show an error and its remedy, a sentence each."""
        hint = f"\n{clean(hint)}" if hint else ""
        self._show(Content.assemble((clean(message), "$text-error"), (hint, "dim")))

    def show_info(self, text: str) -> None:
        """Show a text that needs no action."""
        self._show(Content.assemble((clean(text), "dim")))

    def clear(self) -> None:
        """Hide the line."""
        self.remove_class("-shown")
        self.update("")

    def _show(self, content: Content) -> None:
        self.update(content)
        self.add_class("-shown")
