"""Column of messages one below another: heights, tops, and the message at a height."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from tui.ui.chat.transcript.layout.message_view import MessageView

GAP = 1
"""Empty lines below each message."""


class MessageColumn:
    """The views with their heights at one width; a height stays as it is until `measure`."""

    def __init__(self) -> None:
        self.views: list[MessageView] = []
        """Oldest first."""
        self.width = 0
        """Cells of the text."""
        self._heights: list[int] = []
        self._tops: list[int] | None = None

    @property
    def tops(self) -> list[int]:
        """The first line of each view, and the line after all."""
        if self._tops is None:
            self._tops = list(accumulate(self._heights, initial=0))
        return self._tops

    @property
    def height(self) -> int:
        """Lines of all views."""
        return self.tops[-1]

    def set_views(self, views: Iterable[MessageView], width: int) -> None:
        """Replace all views, at this width."""
        self.views, self.width = list(views), width
        for order, view in enumerate(self.views):
            view.order = order
        self._heights = [view.height(width) + GAP for view in self.views]
        self._tops = None

    def add(self, view: MessageView) -> None:
        """Add a view at the end."""
        view.order = self.views[-1].order + 1 if self.views else 0
        self.views.append(view)
        self._heights.append(view.height(self.width) + GAP)
        self._tops = None

    def has_new_height(self, index: int) -> bool:
        """Return whether the height of a view differs from the measured one."""
        return self.views[index].height(self.width) + GAP != self._heights[index]

    def measure(self, index: int) -> None:
        """Take over the height of one view."""
        if self.has_new_height(index):
            self._heights[index], self._tops = self.views[index].height(self.width) + GAP, None

    def index_at(self, y: int) -> int:
        """Return the index of the view on that line, or nearest to it; the column must not be empty."""
        return min(max(0, bisect_right(self.tops, y) - 1), len(self.views) - 1)

    def index_of(self, message_id: int | None) -> int | None:
        """Return the index of the view of a message; None when it is not in the column."""
        # From the end, where a reply grows.
        indexes = range(len(self.views) - 1, -1, -1)
        return next((index for index in indexes if self.views[index].message_id == message_id), None)
