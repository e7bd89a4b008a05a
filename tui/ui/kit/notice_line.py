"""Line for progress, hints and errors."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.i18n import _
from tui.text import clean, clean_line
from tui.units import format_duration

BAR_WIDTH = 10
"""Cells of the progress bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def progress_bar(fraction: float, width: int) -> str:
    """Return a bar of `width` cells filled to `fraction` (0 to 1), in steps of an eighth of a cell."""
    eighths = round(min(max(fraction, 0.0), 1.0) * width * 8)
    full, last_eighths = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[last_eighths] if last_eighths else "")).ljust(width)


def progress_text(label: str, fraction: float | None, seconds_left: float | None, amount: str = "") -> str:
    """Return progress as text, without unknown parts: `Loading SmolLM2… 43 %, 1.2 s left`.

    `amount` is put before the share, for example `512 of 2,048 tokens`.
    """
    figures = _progress_figures(fraction, seconds_left, amount)
    text = label.rstrip(".… ") + "…"
    return f"{text} {figures}" if figures else text


def brief_progress(label: str, fraction: float | None, seconds_left: float | None) -> str:
    """Return progress with the figures first, for a line that is cut at its end."""
    figures = _progress_figures(fraction, seconds_left, "")
    return " · ".join(part for part in (figures, label.rstrip(".… ") + "…") if part)


def _progress_figures(fraction: float | None, seconds_left: float | None, amount: str) -> str:
    parts = [amount] if amount else []
    if fraction is not None:
        parts.append(f"{min(max(fraction, 0.0), 1.0) * 100:.0f} %")
    if seconds_left is not None:
        parts.append(_("{time} left").format(time=format_duration(seconds_left)))
    return ", ".join(parts)


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

    brief: reactive[Content | None] = reactive[Content | None](None, repaint=False)
    """Progress or error in one line, for the time while this line is hidden with its pane; None for none."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show_progress(
        self,
        label: str,
        fraction: float | None = None,
        seconds_left: float | None = None,
        *,
        amount: str = "",
    ) -> None:
        """Show progress.

        Args:
            label: the activity, as a sentence without its end.
            fraction: share that is done, 0 to 1; None for unknown.
            seconds_left: None for unknown.
            amount: the share in its own unit.
        """
        text = clean(progress_text(label, fraction, seconds_left, amount))
        bar = f"{progress_bar(fraction, BAR_WIDTH)} " if fraction is not None else ""
        self._show(Content.assemble((bar, "$accent"), text))
        self.brief = Content.assemble(
            (bar, "$accent"), clean_line(brief_progress(label, fraction, seconds_left))
        )

    def show_error(self, message: str, hint: str = "") -> None:
        """Show an error and its remedy, a sentence each."""
        hint = f"\n{clean(hint)}" if hint else ""
        self._show(Content.assemble((clean(message), "$text-error"), (hint, "$dim")))
        self.brief = Content.styled(clean_line(message), "$text-error")

    def show_info(self, text: str) -> None:
        """Show a text that needs no action."""
        self._show(Content.assemble((clean(text), "$dim")))

    def clear(self) -> None:
        """Hide the line."""
        self.brief = None
        self.remove_class("-shown")
        self.update("")

    def _show(self, content: Content) -> None:
        self.brief = None
        self.update(content)
        self.add_class("-shown")
