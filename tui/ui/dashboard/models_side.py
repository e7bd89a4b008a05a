"""The models' part of the dashboard: which there are, which one is loaded, and which are compared."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed
from tui.fit.loading import settings_to_load
from tui.fit.verdict import Fit
from tui.models.model import Model
from tui.models.model_folders import models_folder
from tui.services.finding import SearchPaths, scan_models
from tui.services.loading import LoadGate, Refusal, engine_refusal
from tui.ui.chat import talk
from tui.ui.dashboard.chat_side import DashboardChat
from tui.ui.dashboard.discovery import ModelsFound
from tui.ui.dashboard.engine_room import EngineRoom
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.gc_freeze import freeze_garbage
from tui.ui.kit.notices import Notice, refusal_notice
from tui.ui.kit.sentences import sentence_with_keys
from tui.ui.models.list import ModelList
from tui.ui.models.notices import no_model_on_disk
from tui.ui.models.pane import ModelsPane

if TYPE_CHECKING:
    from tui.ui.compare.comparing import Comparing

log = logging.getLogger(__name__)


class DashboardModels(Vertical):
    """The models pane, and what looks for models, loads one and compares some."""

    # What it holds covers it, so what is drawn of it is seen by nobody and may cost nothing.
    BLANK = True

    def __init__(
        self,
        room: EngineRoom,
        paths: SearchPaths,
        row: GaugeRow,
        pane: ModelsPane,
        beside: DashboardChat,
        show_chat: Callable[[], None],
    ) -> None:
        """`beside` is where the loaded model talks, and `show_chat` goes there at once."""
        super().__init__()
        self._room = room
        self._paths = paths
        self._row = row
        self._pane = pane
        self._beside = beside
        self._chat = beside.chat
        self._show_chat = show_chat
        self._comparing: Comparing | None = None
        """None until the user wants to compare."""
        self._preferred = str(paths.files[0].absolute()) if paths.files else None
        self._gate = LoadGate(
            has_engine=room.build is not None, replayed=room.replay.title if room.replay is not None else None
        )

    def compose(self) -> ComposeResult:
        """Nothing but the models."""
        yield self._pane

    def start(self) -> None:
        """Look for models, once all panes are there; nothing here waits."""
        if self._room.build is None:
            self._warn(engine_refusal())
        self.scan()

    def _warn(self, refusal: Refusal) -> None:
        self._tell(refusal_notice(refusal))

    def _tell(self, notice: Notice) -> None:
        self._chat.notice.show_error(notice.title, " ".join(notice.steps))
        if not self._beside.display:
            # Folded away, so it is told over the models too.
            self.notify(" ".join((notice.title, *notice.steps)), severity="warning", markup=False)

    # The models

    @work(thread=True, exclusive=True, group="scan")
    def scan(self) -> None:
        """Read the catalogue and look for models on the disk."""
        self.post_message(ModelsFound(scan_models(self._paths)))

    @on(ModelList.RescanRequested)
    def _rescan_requested(self) -> None:
        """Look again."""
        self.scan()

    @on(ModelsFound)
    def _models_found(self, event: ModelsFound) -> None:
        """Show the list, and what could not be read."""
        nothing_here = no_model_on_disk(models_folder())
        self._pane.show_models(event.scan.models, nothing_here)
        if self._preferred is not None:
            self._pane.listing.highlight(self._preferred)
            self._preferred = None
        for problem in map(sentence_with_keys, event.scan.problems):
            log.warning("%s", problem)
            self.notify(problem, severity="warning", markup=False, timeout=10)
        if self._room.build is not None and not any(model.on_disk for model in event.scan.models):
            self._tell(nothing_here)
        freeze_garbage()

    # The engine

    def on_models_pane_load_requested(self, event: ModelsPane.LoadRequested) -> None:
        """Load the model, unless there is a reason not to."""
        refusal = self._gate.refusal(event.model, event.fit)
        if refusal is not None:
            # The list keeps the keys: Enter once more, or another model.
            self._warn(refusal)
            return
        machine = self._pane.machine
        threads = self._room.settings.threads or (machine.cpu.physical_cores if machine else 0)
        self._show_chat()
        self.load(event.model, event.fit, msgspec.structs.replace(event.settings, threads=threads))

    @work(group="load")
    async def load(self, model: Model, fit: Fit | None, settings: LoadSettings) -> None:
        """Load a model where its verdict says that it goes, in place of the one that is loaded."""
        self._room.measuring.stop()
        self._chat.busy = True
        self._chat.model_label = model.label
        self._beside.predict(fit.prompt_speed if fit else None)
        settings = await settings_to_load(self._room.sizer, model, fit, settings)
        await talk.load(self._room.host, self._chat.notice, model, settings)
        self._chat.busy = self._room.host.loading
        self._show_engine()

    @work(group="load")
    async def unload(self) -> None:
        """Give the model's memory back."""
        await self._room.host.unload()
        self._show_engine()

    def engine_ended(self, failed: Failed) -> None:
        """The engine's process ended by itself; the conversation stays."""
        if self.comparing:
            # It is told where the answer would be.
            return
        self._chat.notice.show_error(sentence_with_keys(failed.reason), sentence_with_keys(failed.hint))
        self._show_engine()

    def _show_engine(self) -> None:
        self.refresh_bindings()
        model = self._room.host.model
        if not self._room.host.loading:
            self._chat.model_label = model.label if model else None
        self._pane.show_loaded(model, self._room.host.settings)
        self._beside.recount()

    # Comparisons

    @property
    def comparing(self) -> bool:
        """True while models are compared."""
        return self._comparing is not None and self._comparing.run is not None

    @on(ModelsPane.CompareRequested)
    def _compare_asked(self, event: ModelsPane.CompareRequested) -> None:
        refusal = self._gate.closed
        if refusal is not None:
            self._warn(refusal)
        else:
            self.compare(event.models)

    @work(group="compare", exclusive=True)
    async def compare(self, models: Sequence[Model]) -> None:
        """Ask the models the same, one after another; with less than two, show what was compared before."""
        # Here: it is seldom needed, and the first screen need not wait for it.
        from tui.ui.compare.comparing import Comparing

        if self._comparing is None:
            self._comparing = Comparing(self._room, self._pane, self._row, self._compared)
        if words := self._comparing.refusal(models):
            self.notify(words, severity="warning", markup=False)
            return
        await self._comparing.open(self.app, models, self._chat.prompt.text)

    def _compared(self) -> None:
        """A comparison has ended, perhaps since everything ends."""
        if self._chat.is_attached:
            self._show_engine()
