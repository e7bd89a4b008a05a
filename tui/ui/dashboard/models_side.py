"""Left side of the dashboard: the models of a scan, the check of each load, and comparisons."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import itertools
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed
from tui.fit.verdict import Fit
from tui.models.model import Model
from tui.models.model_folders import models_folder
from tui.services.disk_watch import DiskWatch
from tui.services.finding import SearchPaths, remembered_models
from tui.services.loading import LoadGate, engine_refusal
from tui.services.picks.model_tasks import ModelTask
from tui.services.restart import Restart
from tui.services.sizing import generation_threads
from tui.services.workbench import Workbench
from tui.ui.dashboard.discovery import DiskChanged, ModelsFound, ModelsListed, find_and_remember
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.gc_freeze import freeze_start
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.notices import Notice, refusal_notice
from tui.ui.models.list import ModelList
from tui.ui.models.notices import looking_for_models, no_model_on_disk
from tui.ui.models.pane import ModelsPane

if TYPE_CHECKING:
    from tui.ui.compare.flow import CompareFlow

log = logging.getLogger(__name__)


class LoadTarget(Protocol):
    """The chat, as far as the models need it: it loads them."""

    @property
    def draft(self) -> str:
        """Text in the prompt."""
        ...

    def start_load(self, model: Model, fit: Fit | None, settings: LoadSettings) -> None:
        """Show the chat, and load a model."""
        ...

    def keep_task(self, task: ModelTask) -> None:
        """Keep the task that a model is taken for until it is loaded."""
        ...

    def show_notice(self, notice: Notice) -> bool:
        """Show a notice; return False if the chat is hidden."""
        ...

    def show_engine(self) -> None:
        """Show the loaded model, or that none is loaded."""
        ...


class ModelsSide(Vertical):
    """Side with the models pane, which scans for models, checks loads, and starts comparisons."""

    # Its children cover it, so drawing it would take time and show nothing.
    BLANK = True

    def __init__(
        self, workbench: Workbench, paths: SearchPaths, row: GaugeRow, pane: ModelsPane, chat: LoadTarget
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._paths = paths
        self._row = row
        self._pane = pane
        self._chat = chat
        self._disk_watch = DiskWatch(self._disk_changed)
        self._told_problems: set[str] = set()
        """Problems of scans that the user was told of."""
        self._scan_numbers = itertools.count()
        self._newest_scan = 0
        """Number of the scan that the list shows."""
        self._has_scanned = False
        """True once a scan has ended."""
        self._compare_flow: CompareFlow | None = None
        """Screens of the comparisons; None until the first one."""
        self._restart: Restart | None = None
        """State of the start before whose model is still to be loaded."""
        self._preferred_key = str(paths.files[0].absolute()) if paths.files else None
        """Key of the model to highlight after the first scan; None for none."""
        replay = workbench.replay
        self._gate = LoadGate(
            has_engine=workbench.build is not None,
            replayed=replay.title if replay is not None else None,
            deaths=workbench.host.deaths,
        )

    def compose(self) -> ComposeResult:
        """Lay out the models pane."""
        yield self._pane

    def load_again(self, restart: Restart) -> None:
        """Load the model of the start before, as it was loaded, once it is listed."""
        self._restart = restart if restart.model_key and restart.settings is not None else None

    def _load_listed_again(self) -> None:
        restart = self._restart
        model = next(
            (model for model in self._pane.listing.models if restart and model.key == restart.model_key), None
        )
        if restart is None or restart.settings is None or model is None:
            return
        self._restart = None
        self._pane.listing.highlight(model.key)
        self._pane.use(restart.settings)
        if (refusal := self._gate.refusal(model, None)) is not None:
            self._refuse(refusal)
        else:
            self._chat.start_load(model, None, restart.settings)

    def start(self) -> None:
        """Start the first scan once all panes are mounted, without waiting for it."""
        if self._workbench.build is None:
            # Only then is it known whether the window has room for the chat, where it would stand.
            self.call_after_refresh(self._refuse, engine_refusal())
        remembered = remembered_models(self._paths, quickly=True)
        if remembered:
            # A load looks at the file anyway, which may have gone.
            self._list_early(remembered)
            # After the first screen, which would wait for it otherwise.
            self.call_after_refresh(self.scan, remembered)
        else:
            self.scan(None)

    def _refuse(self, refusal: Failed) -> None:
        self._show(refusal_notice(refusal))

    def _show(self, notice: Notice) -> None:
        if not self._chat.show_notice(notice):
            # Over the list, which a long text would cover: the first step is the one that helps most.
            self.notify(" ".join((notice.title, *notice.steps[:1])), severity="warning", markup=False)

    # The list

    @work(thread=True, exclusive=True, group="scan")
    def scan(self, listed: Sequence[Model] | None) -> None:
        """Look for models on the disk and read the catalogue; `listed` ones are in the list already."""
        find_and_remember(self.post_message, self._paths, listed, next(self._scan_numbers))

    def _disk_changed(self) -> None:
        """Report a change, on the thread of the watch."""
        self.post_message(DiskChanged())

    @on(DiskChanged)
    def scan_changed_disk(self) -> None:
        """Look for models again after a change; nobody asked for that, so the highlight stays."""
        self._pane.listing.keep_highlight()
        self._scan_again()

    def on_unmount(self) -> None:
        """End the watch over the disk."""
        self._disk_watch.close()

    @on(ModelList.RescanRequested)
    def _rescan_requested(self) -> None:
        self._told_problems.clear()
        self._scan_again()

    def _scan_again(self) -> None:
        self.scan(self._pane.listing.models)

    @on(ModelsListed)
    def _models_listed(self, event: ModelsListed) -> None:
        self._list_early(event.models)
        self.call_after_refresh(event.drawn.set)

    def _list_early(self, models: Sequence[Model]) -> None:
        """Show models until the scan ends."""
        self._pane.show_models(models, looking_for_models())
        if self._preferred_key is not None and self._pane.listing.highlight(self._preferred_key):
            # Once: the user may move before the scan ends.
            self._preferred_key = None
        self._load_listed_again()

    @on(ModelsFound)
    def _models_found(self, event: ModelsFound) -> None:
        """Show the models of a scan, and its problems, unless a later scan has ended before it."""
        if event.number < self._newest_scan:
            return
        self._newest_scan = event.number
        empty = no_model_on_disk(models_folder())
        if not event.is_as_listed:
            self._pane.show_models(event.scan.models, empty)
            if self._preferred_key is not None:
                self._pane.listing.highlight(self._preferred_key)
        self._preferred_key = None
        self._load_listed_again()
        self._disk_watch.watch(event.scan.watched)
        for problem in map(sentence_with_keys, event.scan.problems):
            if problem in self._told_problems:
                continue
            self._told_problems.add(problem)
            log.warning("%s", problem)
            self.notify(problem, severity="warning", markup=False, timeout=10)
        if self._workbench.build is not None and not any(model.on_disk for model in event.scan.models):
            self._show(empty)
        if not self._has_scanned:
            self._has_scanned = True
            # Once the list is drawn, which would wait for it otherwise.
            self.call_after_refresh(freeze_start)

    # Loading

    def on_models_pane_task_chosen(self, event: ModelsPane.TaskChosen) -> None:
        """Keep the task that a model is taken for; here, so that it is kept before its load is asked for."""
        self._chat.keep_task(event.task)

    def on_models_pane_load_requested(self, event: ModelsPane.LoadRequested) -> None:
        """Load the model, unless the gate refuses it."""
        refusal = self._gate.refusal(event.model, event.fit)
        if refusal is not None:
            # The list keeps the focus, for Enter again or for another model.
            self._refuse(refusal)
            return
        threads = generation_threads(self._workbench.settings, self._pane.machine)
        settings = msgspec.structs.replace(event.settings, threads=threads)
        self._chat.start_load(event.model, event.fit, settings)

    # Comparisons

    @property
    def comparing(self) -> bool:
        """True while models are compared."""
        return self._compare_flow is not None and self._compare_flow.is_under_way

    @on(ModelsPane.CompareRequested)
    def _compare_requested(self, event: ModelsPane.CompareRequested) -> None:
        refusal = self._gate.closed
        if refusal is not None:
            self._refuse(refusal)
        else:
            self.compare(event.models)

    @work(group="compare", exclusive=True)
    async def compare(self, models: Sequence[Model]) -> None:
        """Ask the models the same prompts in turn; for no model, show earlier comparisons."""
        # Imported here, because it is rarely needed and would delay the first screen.
        from tui.ui.compare.flow import CompareFlow

        if self._compare_flow is None:
            self._compare_flow = CompareFlow(self._workbench, self._pane, self._row, self._comparison_ended)
        if sentence := self._compare_flow.refusal(models):
            self.notify(sentence, severity="warning", markup=False)
            return
        await self._compare_flow.open(self.app, models, self._chat.draft)

    def _comparison_ended(self) -> None:
        # The program may be ending.
        if self._pane.is_attached:
            self._chat.show_engine()
