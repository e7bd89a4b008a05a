"""Notice in a window that is too small for the dashboard, with its size and the size needed."""

from textual.geometry import Size
from textual.widget import Widget

from tui.i18n import _
from tui.ui.kit.cells import wrap
from tui.ui.kit.keyboard.names import with_keys

MIN_WIDTH = 60
"""Lowest width in cells at which the panes can be read."""
MIN_HEIGHT = 18
"""Lowest height in rows at which the panes can be read."""
TOO_SMALL_CLASS = "-too-small"
"""Class of a screen that shows the notice instead of its panes."""


def is_too_small(size: Size) -> bool:
    """Return True if a window of this size, in cells, cannot hold the dashboard."""
    return size.width < MIN_WIDTH or size.height < MIN_HEIGHT


def too_small_text(size: Size) -> str:
    """Return the notice with the current and the needed size, in lines that fit the window."""
    sentences = (
        _("The window is too small."),
        _("Now {width} × {height}, needed {min_width} × {min_height}.").format(
            width=size.width, height=size.height, min_width=MIN_WIDTH, min_height=MIN_HEIGHT
        ),
        with_keys(_("Make it larger, or {app.quit} to quit."), _("Make it larger.")),
    )
    return "\n".join(line for text in sentences for line in wrap(text, max(1, size.width), 9))


class TooSmall(Widget):
    """Cover of a screen with the class `-too-small`; the panes below it keep running."""

    # The rule that shows it selects the screen, which a scoped rule cannot do.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    TooSmall {
        display: none;
        overlay: screen;
        position: absolute;
        offset: 0 0;
        width: 100vw;
        height: 100vh;
        background: $background;
        color: $foreground;
        content-align: center middle;
        text-align: center;
    }
    Screen.-too-small TooSmall { display: block; }
    """
    ALLOW_SELECT = False

    def render(self) -> str:
        """Return the notice for the current size."""
        return too_small_text(self.screen.size)
