"""Every comparison of a front end that stays open: those that have ended, and the one under way."""

from collections.abc import Callable, Sequence

from tui.chat.comparing.comparison import Comparison, PromptCase
from tui.models.model import Model
from tui.services.comparing.comparison_run import ComparisonHost, ComparisonRun, OnReply, Prepare


class Comparisons:
    """Keeps every comparison, and carries out one at a time."""

    def __init__(
        self, host: ComparisonHost, prepare: Prepare, on_reply: OnReply, on_end: Callable[[], None]
    ) -> None:
        """`on_end` is called when a comparison has ended and no model is loaded."""
        self._host = host
        self._prepare = prepare
        self._on_reply = on_reply
        self._on_end = on_end
        self.run: ComparisonRun | None = None
        """The comparison that is under way; None while none is."""
        self.past: list[Comparison] = []
        """Comparisons that have ended, the oldest first."""
        self.changes = 0
        """Grows with everything new."""

    @property
    def all(self) -> Sequence[Comparison]:
        """Every comparison, the one under way last."""
        return (*self.past, self.run.comparison) if self.run is not None else tuple(self.past)

    def begin(self, models: Sequence[Model], cases: Sequence[PromptCase]) -> ComparisonRun:
        """Make a comparison the one under way; `finish` carries it out."""
        self.run = ComparisonRun(
            models, cases, self._host, self._prepare, on_change=self._changed, on_reply=self._on_reply
        )
        return self.run

    async def finish(self, run: ComparisonRun) -> None:
        """Carry the comparison under way out to its end."""
        try:
            await run.run()
        finally:
            self.run = None
            self.past.append(run.comparison)
            self._changed()
            self._on_end()

    def stop(self) -> None:
        """End the comparison under way; the answers so far are kept."""
        if self.run is not None:
            self.run.stop()

    def compares(self, models: Sequence[Model]) -> bool:
        """True when the newest comparison was of these models."""
        if not self.past:
            return False
        return {side.model.key for side in self.past[-1].sides} == {model.key for model in models}

    def _changed(self) -> None:
        self.changes += 1
