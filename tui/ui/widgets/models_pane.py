"""The models: the list, the detail of the highlighted one, and the verdicts behind both."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive

from tui.engine.protocol import LoadSettings
from tui.fit.board import settings_for
from tui.fit.pools import pools as pools_of
from tui.fit.quants import needs_tensors, quant_rows
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool
from tui.hardware.machine import Machine
from tui.i18n import _
from tui.models.file_tensors import file_tensors
from tui.models.header import GgufError
from tui.models.listing import with_quant
from tui.models.model import Model
from tui.models.places import models_folder
from tui.settings import MachineSettings
from tui.ui.screens.machine_picker import MachinePicker, Picked
from tui.ui.screens.quants import QuantsScreen
from tui.ui.verdict_board import VerdictBoard
from tui.ui.what_if import WhatIfLine, no_load
from tui.ui.widgets.model_detail import ModelDetail
from tui.ui.widgets.model_keys import PANE_KEYS
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_rows import ModelRows
from tui.ui.words import Notice


class ModelsPane(Vertical):
    """Models, sized and judged for the settings chosen here and the memory as it is now."""

    BINDING_GROUP_TITLE = _("Models")
    BINDINGS: ClassVar[list[BindingType]] = [*PANE_KEYS]
    DEFAULT_CSS = """
    ModelsPane {
        & ModelList { height: 1fr; }
        & ModelDetail { height: 12; }
    }
    """

    machine: reactive[Machine | None] = reactive(None)
    """This machine; None until it has been looked at."""
    what_if: reactive[Machine | None] = reactive(None, init=False)
    """The machine that everything here is said for; None for this one, as it is now."""

    class Chosen(Message):
        """The user wants this model loaded, with these settings."""

        def __init__(self, model: Model, fit: Fit | None, settings: LoadSettings) -> None:
            super().__init__()
            self.model = model
            self.fit = fit
            self.settings = settings

    class Changed(Message):
        """Another model is highlighted, or what is known of it changed."""

    class Rescan(Message):
        """The user wants the disk to be looked through again."""

    def __init__(
        self,
        sizer: Sizer,
        settings: LoadSettings,
        machines: Mapping[str, MachineSettings] | None = None,
        id: str | None = None,
    ) -> None:
        """`sizer` stays its owner's to close; `machines` are the user's own for "what if"."""
        super().__init__(id=id)
        self._own_machines = machines or {}
        self._pools_here: Sequence[Pool] = ()
        self._board = VerdictBoard(sizer, settings, self._fits_changed)
        self._models: tuple[Model, ...] = ()
        self._taken: dict[str, str] = {}
        """The quantizations that rows of the catalogue were taken to, by name; they outlast a rescan."""
        self._highlighted: Model | None = None
        self._loaded: tuple[Model, LoadSettings] | None = None
        self._measured_bytes: int | None = None

    def compose(self) -> ComposeResult:
        """List and detail; above them, which machine they are for when it is another one."""
        yield WhatIfLine()
        yield ModelList(id="models")
        yield ModelDetail(id="detail")

    def on_mount(self) -> None:
        """Size models for as long as the pane lives."""
        self.detail.models_folder = models_folder()
        self._show_settings()
        self.run_worker(self._board.run(), group="sizing")

    @property
    def listing(self) -> ModelList:
        """The list."""
        return self.query_one(ModelList)

    @property
    def detail(self) -> ModelDetail:
        """What is known of the highlighted model."""
        return self.query_one(ModelDetail)

    @property
    def rows(self) -> ModelRows:
        """What takes the keys."""
        return self.query_one(ModelRows)

    @property
    def highlighted(self) -> Model | None:
        """The model the cursor is on."""
        return self._highlighted

    @property
    def pending_fit(self) -> Fit | None:
        """The verdict on the highlighted model here; None when it is loaded already, just as it is shown."""
        model = self._highlighted
        if model is None or self.what_if is not None or self._loaded_as_shown(model):
            return None
        return self._board.fits.get(model.key)

    # What the owner tells

    def show_models(self, models: Sequence[Model], empty: Notice) -> None:
        """Take the list; `empty` stands in its place when there is none."""
        self.listing.empty_notice = empty
        entries = {model.entry.name: model.entry for model in models if model.entry}
        here = {(model.entry.name, model.quant) for model in models if model.file and model.entry}
        for name, quant in self._taken.items():
            if name in entries and (name, quant) not in here:
                models = with_quant(models, entries[name], quant)
        self._show(models)

    def _show(self, models: Sequence[Model]) -> None:
        self._models = tuple(models)
        self._board.set_models(models)
        self.listing.set_models(models)
        self.listing.set_fits(self._board.fits)

    def show_pools(self, pools: Sequence[Pool]) -> None:
        """Take this machine's memories as they are now."""
        self._pools_here = pools
        if self.what_if is None:
            self._board.set_pools(pools)

    def show_loaded(self, model: Model | None, settings: LoadSettings | None) -> None:
        """Take the model that is in the engine, and how it was loaded; None for none."""
        self._loaded = (model, settings) if model is not None and settings is not None else None
        self.listing.loaded_key = model.key if model else None
        self._show_highlighted()

    def show_measured(self, peak_bytes: int | None) -> None:
        """Take the largest size of the engine's process so far."""
        self._measured_bytes = peak_bytes
        self._show_measured()

    # What the user does

    def on_model_list_highlighted(self, event: ModelList.Highlighted) -> None:
        """Explain the model."""
        event.stop()
        self._highlighted = event.model
        self._board.prefer(event.model.key if event.model else None)
        self._show_highlighted()

    def on_model_list_chosen(self, event: ModelList.Chosen) -> None:
        """Pass it on with what is known of it."""
        event.stop()
        if self.what_if is not None:
            # By these verdicts a model could be loaded that this machine cannot hold.
            self.notify(no_load(self.what_if.name), severity="warning", markup=False)
            return
        model = event.model
        settings = settings_for(model, self._board.settings)
        self.post_message(self.Chosen(model, self._board.fits.get(model.key), settings))

    def on_model_list_context_changed(self, event: ModelList.ContextChanged) -> None:
        """Size everything for another context."""
        event.stop()
        self._board.step_context(event.step)
        self._show_settings()

    def on_model_list_kv_type_changed(self, event: ModelList.KvTypeChanged) -> None:
        """Size everything for the next KV type."""
        event.stop()
        self._board.next_kv_type()
        self._show_settings()

    def on_model_list_rescan(self, event: ModelList.Rescan) -> None:
        """Pass it on."""
        event.stop()
        self.post_message(self.Rescan())

    def on_what_if_line_pressed(self, event: WhatIfLine.Pressed) -> None:
        """The mouse does what the key does."""
        event.stop()
        self.action_machine()

    def action_machine(self) -> None:
        """Choose the machine that everything here is said for."""
        if self.machine is not None:
            picker = MachinePicker(self._own_machines, self.machine, self.what_if)
            self.app.push_screen(picker, self._machine_picked)

    def _machine_picked(self, picked: Picked | None) -> None:
        if picked is not None:
            self.what_if = picked.machine

    def watch_what_if(self, machine: Machine | None) -> None:
        """Judge everything anew, and put it in order anew."""
        self.query_one(WhatIfLine).machine = machine
        # Nothing of the other machine's verdicts may hold the new ones back.
        self._board.fits = {}
        self.listing.set_fits({})
        self._board.set_pools(self._pools_here if machine is None else pools_of(machine, None))
        # Two machines may have the same pools, which alone would change nothing.
        self._board.set_settings(self._board.settings)
        self._show_highlighted()

    def action_quants(self) -> None:
        """Put every quantization of the highlighted model side by side."""
        # Before the first reading there is nothing to judge by.
        if self._highlighted is not None and self._board.pools:
            self.show_quants(self._highlighted)

    @work(group="quants", exclusive=True)
    async def show_quants(self, model: Model) -> None:
        """Read the file's tensors, if they are needed, and show the table."""
        own = None
        if needs_tensors(model) and model.file is not None:
            # A file that went bad meanwhile costs only the other quantizations; the next scan says why.
            with contextlib.suppress(GgufError):
                own = await asyncio.to_thread(file_tensors, model.file)
        table = quant_rows(model, self._board.judge, self._models, own)
        self.app.push_screen(QuantsScreen(table), self._take)

    def _take(self, model: Model | None) -> None:
        """Go to the quantization that was chosen; a row of the catalogue becomes it."""
        if model is None:
            return
        if model.file is None and model.entry is not None:
            self._taken[model.entry.name] = model.quant
            self._show(with_quant(self._models, model.entry, model.quant))
        if not self.listing.highlight(model.key):
            self.listing.action_clear_filter()
            self.listing.highlight(model.key)

    def _fits_changed(self, fits: Mapping[str, Fit]) -> None:
        # A plan may come back while the panes are being taken down.
        if self.query(ModelRows):
            self.listing.set_fits(fits)
            self._show_highlighted()

    def _show_settings(self) -> None:
        self.listing.context = self._board.settings.context
        self.listing.kv_type = self._board.settings.kv_type

    def _show_highlighted(self) -> None:
        model, detail = self._highlighted, self.detail
        detail.model = model
        detail.fit = self._board.fits.get(model.key) if model else None
        detail.loaded = model is not None and self._holds(model)
        self._show_measured()
        self.post_message(self.Changed())

    def _show_measured(self) -> None:
        """The measured size stands beside a prediction for the very settings it was loaded with."""
        here = self._highlighted if self.what_if is None else None
        shown = here is not None and self._loaded_as_shown(here)
        self.detail.measured_bytes = self._measured_bytes if shown else None

    def _holds(self, model: Model) -> bool:
        return self._loaded is not None and self._loaded[0].key == model.key

    def _loaded_as_shown(self, model: Model) -> bool:
        if self._loaded is None or not self._holds(model):
            return False
        loaded, shown = self._loaded[1], settings_for(model, self._board.settings)
        return (loaded.context, loaded.kv_type) == (shown.context, shown.kv_type)
