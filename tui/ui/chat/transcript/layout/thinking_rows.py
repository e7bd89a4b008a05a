"""Rows of the thinking before an answer: one folded line, or the whole text when it is unfolded.

It is shown as it is, never read as Markdown: it may be longer than the answer and is seldom looked at.
"""

import time
from collections.abc import Callable, Sequence

from textual.content import Content

from tui.i18n import _, ngettext
from tui.text import clean
from tui.ui.chat.transcript.layout.markdown_rows import Row, plain_rows
from tui.ui.chat.transcript.layout.text_search import Highlights, TextMatch
from tui.units import format_duration, format_number

LAST_LIMIT = 400
"""Characters of the last line that are kept at hand while it is written."""
_BAR = Content.styled("┆ ", "$dim")


class ThinkingRows:
    """The thinking of one reply, which grows while the model thinks; `rows` draws it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.tokens: int | None = None
        """Tokens of it; None where they are not known."""
        self.is_unfolded = False
        self._pieces: list[str] = []
        self._last_line = ""
        self._clock = clock
        self._began: float | None = None
        self._seconds: float | None = None
        self._is_growing = False
        self._rows: list[Row] | None = None
        self._highlights = Highlights()

    def __bool__(self) -> bool:
        """Return False where the model did not think."""
        return bool(self._pieces)

    @property
    def text(self) -> str:
        """All of it, as the model wrote it."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def add(self, text: str, tokens: int | None = None) -> None:
        """Take more of it; `tokens` is the number of its tokens so far."""
        if self._began is None:
            self._began = self._clock()
        self._is_growing = True
        self._pieces.append(text)
        if tokens is not None:
            self.tokens = tokens
        lines = (self._last_line + text[-LAST_LIMIT:]).rstrip("\n").rsplit("\n", 1)
        self._last_line = lines[-1][-LAST_LIMIT:] + ("\n" if text.endswith("\n") else "")

    def end(self) -> bool:
        """Note that the answer begins, or that there will be none; False when it had ended already."""
        if not self._is_growing:
            return False
        self._is_growing = False
        self._seconds = self._clock() - self._began if self._began is not None else None
        return True

    def finish(self, text: str, tokens: int | None) -> None:
        """Take the whole thinking of a reply that ended, and its tokens where they are known."""
        self.end()
        self._pieces, self._rows = [text] if text else [], None
        self.tokens = tokens or self.tokens

    def texts(self) -> list[tuple[str, ...]]:
        """Return its searchable rows, once it has ended; may run on another thread."""
        return [] if self._is_growing or not self else [(row.content.plain,) for row in self._text_rows()]

    def highlight(self, matches: Sequence[TextMatch], current: TextMatch | None) -> bool:
        """Set off the matches of a search, and unfold it where the search stands here.

        Returns False when nothing of it is drawn differently.
        """
        was_unfolded, had_matches = self.is_unfolded, bool(self._highlights.matches)
        last_current = self._highlights.current
        if not self._highlights.replace(matches, current):
            return False
        if current is not None and current != last_current:
            self.is_unfolded = True
        return self.is_unfolded and (bool(matches) or had_matches or not was_unfolded)

    def rows(self) -> list[Row]:
        """Return its title; below it the last line while it grows, or all of it when unfolded."""
        if not self:
            return []
        rows = [Row(Content.assemble((f"{'▾' if self.is_unfolded else '▸'} {self._title()}", "$dim")))]
        if self.is_unfolded:
            for index, row in enumerate(self._text_rows()):
                rows.append(self._highlights.applied(Row(row.content.stylize("$dim"), _BAR, _BAR), index))
        elif self._is_growing:
            last_line = " ".join(clean(self._last_line).split())
            rows.append(Row(Content.styled(last_line, "dim italic"), kind="last"))
        return rows

    def _text_rows(self) -> list[Row]:
        if self._rows is None or self._is_growing:
            self._rows = plain_rows(clean(self.text).strip())
        return self._rows

    def _title(self) -> str:
        if self._is_growing:
            title = _("Thinking…")
        elif self._seconds is not None:
            title = _("Thought for {time}").format(time=format_duration(self._seconds))
        else:
            title = _("Thought")
        if not self.tokens:
            return title
        count = ngettext("{count} token", "{count} tokens", self.tokens).format(
            count=format_number(self.tokens, ",")
        )
        return f"{title} {count}" if self._is_growing else f"{title} · {count}"
