"""The flow of a comparison through its screens: what to ask, then the answers, then perhaps again."""

# Textual leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from textual.app import App

from tui.chat.comparing.comparison import PreparedLoad, PromptCase
from tui.chat.trials.task import TaskSet
from tui.fit.load_plan import plan_load
from tui.i18n import _
from tui.models.model import Model
from tui.services.comparing.comparison_run import prepare_load
from tui.services.comparing.comparisons import Comparisons
from tui.services.sentences import sentence
from tui.services.sizing import generation_threads
from tui.services.workbench import Workbench
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.models.pane import ModelsPane

if TYPE_CHECKING:
    # Imported when it is asked for.
    from tui.services.trials.run import TrialRun


class CompareFlow:
    """Leads through the screens, and carries comparisons out with the dashboard's own engine."""

    def __init__(
        self, workbench: Workbench, models: ModelsPane, row: GaugeRow, on_end: Callable[[], None]
    ) -> None:
        """Compare nothing yet.

        Args:
            workbench: the engine and its records.
            models: tells how models are loaded here.
            row: the gauges, which stay in sight.
            on_end: called when a comparison has ended and no model is loaded.
        """
        self._workbench = workbench
        self._models = models
        self._row = row
        self._comparisons = Comparisons(
            workbench.host, self._prepare, workbench.measurement.add_reply, on_end
        )
        self._on_end = on_end
        self._is_in_trials = False
        """True while models are asked the tasks of a file."""
        self._prompt = ""
        """The user's own prompt that was asked last."""

    @property
    def is_under_way(self) -> bool:
        """True while models are asked."""
        return self._comparisons.run is not None or self._is_in_trials

    def refusal(self, models: Sequence[Model]) -> str:
        """Return why nothing can be compared or shown, with what to do; empty where something can."""
        if not models and not self._comparisons.past:
            return with_keys(
                _("Mark two or more models with {models.mark}, then press {models.compare} to compare them."),
                _("Mark two or more models to compare them."),
            )
        if not self._models.pools_here:
            return _("This machine has not been looked at yet; try again in a moment.")
        return ""

    async def open(self, app: App[Any], models: Sequence[Model], draft: str) -> None:
        """Ask what to compare, do it and show it, or show the newest comparison. Runs in a worker.

        Args:
            app: opens the screens.
            models: the marked ones; with none there has to be something to show.
            draft: text that the user is writing, which may be the prompt.
        """
        if not models or self._comparisons.compares(models):
            if not await self._show(app):
                return
            models = [side.model for side in self._comparisons.past[-1].sides]
        # Here: it is seldom opened, and the first screen need not wait for it.
        from tui.ui.compare.setup_screen import CompareSetup, SetupModel

        while True:
            loaded = self._workbench.host.model
            setup = CompareSetup(
                [SetupModel(model, self._models.fits.get(model.key)) for model in models],
                draft or self._prompt,
                loaded.label if loaded else "",
                self._workbench.settings.max_tokens or None,
            )
            cases = await app.push_screen_wait(setup)
            if cases is None:
                return
            if isinstance(cases, TaskSet):
                await self._ask_tasks(app, models, cases)
                return
            self._prompt = draft = next((case.prompt for case in cases if case.task is None), "")
            if not await self._carry_out(app, models, cases):
                return

    async def _show(self, app: App[Any]) -> bool:
        """Show the comparisons; True when the user wants to ask something else."""
        from tui.ui.compare.screen import ComparisonScreen

        return bool(await app.push_screen_wait(ComparisonScreen(self._comparisons, self._row)))

    async def _carry_out(self, app: App[Any], models: Sequence[Model], cases: Sequence[PromptCase]) -> bool:
        self._workbench.measurement.stop()
        run = self._comparisons.begin(models, cases)
        task = asyncio.create_task(self._comparisons.finish(run))
        try:
            return await self._show(app)
        finally:
            run.stop()
            await task

    async def _ask_tasks(self, app: App[Any], models: Sequence[Model], tasks: TaskSet) -> None:
        """Ask the tasks of a file from where the newest run of them ended; a complete one is only shown."""
        from tui.services.trials.run import TrialRun, kept_board
        from tui.services.trials.store import open_trial_store
        from tui.ui.compare.trials_screen import TrialsScreen

        machine = self._models.machine
        if machine is None:
            return
        with contextlib.closing(open_trial_store(machine)) as store:
            kept = kept_board(models, tasks, store)
            is_complete = all(len(side.results) == len(tasks.trials) for side in kept.sides)
            if is_complete and not await app.push_screen_wait(TrialsScreen(self._row, lambda: kept, None)):
                return
            resume = not is_complete
            while True:
                run = TrialRun(
                    models,
                    tasks,
                    self._workbench.host,
                    self._prepare,
                    store,
                    resume=resume,
                    on_reply=self._workbench.measurement.add_reply,
                )
                ask_again = await self._show_run(app, run)
                if store.problem is not None:
                    app.notify(sentence(store.problem), severity="warning", markup=False)
                if not ask_again:
                    return
                resume = False

    async def _show_run(self, app: App[Any], run: "TrialRun") -> bool:
        """Carry a run of tasks out in sight; True when the user wants to ask everything again."""
        from tui.ui.compare.trials_screen import TrialsScreen

        self._workbench.measurement.stop()
        self._is_in_trials = True
        task = asyncio.create_task(self._finish(run))
        try:
            return bool(await app.push_screen_wait(TrialsScreen(self._row, lambda: run.board, run)))
        finally:
            run.stop()
            await task

    async def _finish(self, run: "TrialRun") -> None:
        try:
            await run.run()
        finally:
            self._is_in_trials = False
            self._on_end()

    async def _prepare(self, model: Model) -> PreparedLoad:
        models = self._models
        threads = generation_threads(self._workbench.settings, models.machine)
        settings = msgspec.structs.replace(models.settings, threads=threads)
        measurements = models.measurements_here
        plan = await plan_load(
            self._workbench.sizer, model, settings, lambda: models.pools_here, measurements
        )
        return prepare_load(model, plan, models.machine)
