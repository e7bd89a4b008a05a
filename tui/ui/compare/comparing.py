"""Comparisons in the dashboard: what to ask, one model after another in its one engine, and the results."""

# Textual leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from textual.app import App

from tui.chat.comparing.comparison import Comparison, ModelSide, PreparedLoad, PromptCase
from tui.chat.comparing.markdown import comparison_to_markdown
from tui.chat.comparing.run import ComparisonRun, prepare_load
from tui.chat.storage.document import write_new
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.loading import plan_load
from tui.i18n import _
from tui.models.model import Model
from tui.services.sentences import sentence
from tui.services.workbench import Workbench
from tui.settings.app_folders import data_folder
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.keys import with_keys
from tui.ui.models.pane import ModelsPane


class Comparing:
    """Keeps every comparison of this run of the dashboard, and carries out new ones."""

    def __init__(
        self,
        workbench: Workbench,
        models: ModelsPane,
        row: GaugeRow,
        on_end: Callable[[], None],
    ) -> None:
        """`models` know how they are loaded here, `row` are the gauges, which stay in sight.

        `on_end` is told when a comparison has ended and no model is loaded.
        """
        self._workbench = workbench
        self._models = models
        self._row = row
        self._settings = workbench.settings
        self._on_end = on_end
        self._prompt = ""
        """The prompt of the user's own that was asked last."""
        self.run: ComparisonRun | None = None
        """The comparison that is under way; None while none is."""
        self.past: list[Comparison] = []
        """Those that have ended, the oldest first."""
        self.changes = 0
        """Goes up with everything new."""

    @property
    def all(self) -> Sequence[Comparison]:
        """Every comparison, the one under way last."""
        return (*self.past, self.run.comparison) if self.run is not None else tuple(self.past)

    def stop(self) -> None:
        """End the one that is under way; what has come is kept."""
        if self.run is not None:
            self.run.stop()

    def refusal(self, models: Sequence[Model]) -> str:
        """Why these cannot be compared and nothing can be shown, with what to do; empty otherwise."""
        if len(models) < 2 and not self.past:
            return with_keys(
                _("Mark two or more models with {models.mark}, then press {models.compare} to compare them."),
                _("Mark two or more models to compare them."),
            )
        if not self._models.pools_here:
            return _("This machine has not been looked at yet; try again in a moment.")
        return ""

    async def open(self, app: App[Any], models: Sequence[Model], draft: str) -> None:
        """Ask what to compare, do it and show it, or show what was compared before. Needs a worker to run in.

        Args:
            app: whose screens it opens.
            models: the marked ones; with less than two there has to be something to show.
            draft: what the user is writing, which may be the prompt.
        """
        if len(models) < 2 or (self.past and _same(self.past[-1], models)):
            if not await self._show(app):
                return
            models = [side.model for side in self.past[-1].sides]
        # Here: it is seldom opened, and the first screen need not wait for it.
        from tui.ui.compare.compare_setup import CompareSetup, Judged

        while True:
            loaded = self._workbench.host.model
            judged = [Judged(model, self._models.fits.get(model.key)) for model in models]
            setup = CompareSetup(
                judged,
                draft or self._prompt,
                loaded.label if loaded else "",
                self._settings.max_tokens or None,
            )
            cases = await app.push_screen_wait(setup)
            if cases is None:
                return
            self._prompt = draft = next((case.prompt for case in cases if case.task is None), "")
            if not await self._carry_out(app, models, cases):
                return

    async def _show(self, app: App[Any]) -> bool:
        """Show the comparisons; True when the user wants to ask something else."""
        from tui.ui.compare.comparison_screen import ComparisonScreen

        screen = ComparisonScreen(self, self._row)
        return bool(await app.push_screen_wait(screen))

    async def _carry_out(self, app: App[Any], models: Sequence[Model], cases: Sequence[PromptCase]) -> bool:
        self._workbench.measurement.stop()
        run = ComparisonRun(
            models,
            cases,
            self._workbench.host,
            self._prepare,
            on_change=self._changed,
            on_measured=self._measured,
        )
        self.run = run
        task = asyncio.create_task(self._to_its_end(run))
        try:
            return await self._show(app)
        finally:
            run.stop()
            await task

    async def _to_its_end(self, run: ComparisonRun) -> None:
        try:
            await run.run()
        finally:
            self.run = None
            self.past.append(run.comparison)
            self._changed()
            self._on_end()

    async def _prepare(self, model: Model) -> PreparedLoad:
        machine, models = self._models.machine, self._models
        threads = self._settings.threads or (machine.cpu.physical_cores if machine else 0)
        settings = msgspec.structs.replace(models.settings, threads=threads)
        measured = models.measurements_here
        plan = await plan_load(self._workbench.sizer, model, settings, lambda: models.pools_here, measured)
        return prepare_load(model, plan)

    def _changed(self) -> None:
        self.changes += 1

    def _measured(self, side: ModelSide, metrics: ReplyMetrics) -> None:
        if side.prepared is not None and side.loaded is not None:
            plan = side.prepared
            self._workbench.measurement.add_reply(
                side.model, plan.settings, side.loaded.threads, plan.predicted_bytes, metrics
            )


def export(comparison: Comparison) -> Path:
    """Write a comparison as Markdown into the data folder; returns where it is.

    Raises:
        OSError: it cannot be written there.
    """
    folder = data_folder() / "comparisons"
    folder.mkdir(parents=True, exist_ok=True)
    stem = time.strftime("comparison-%Y-%m-%d-%H%M")
    return write_new(folder, stem, "md", comparison_to_markdown(comparison, sentence))


def _same(comparison: Comparison, models: Sequence[Model]) -> bool:
    return {side.model.key for side in comparison.sides} == {model.key for model in models}
