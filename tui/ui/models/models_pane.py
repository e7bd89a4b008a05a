"""The models: the list, the detail of the highlighted one, and the verdicts behind both."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from tui.engine.options import LoadSettings
from tui.fit.board import Measurements, settings_for
from tui.fit.pools import pools as pools_of
from tui.fit.sizing import Sizer
from tui.fit.speed import Elsewhere
from tui.fit.verdict import Fit, Pool
from tui.hardware.machine import Machine
from tui.hardware.reading import ProcessReading
from tui.hardware.what_if import same_processor
from tui.i18n import _
from tui.models.model import Model
from tui.models.model_folders import models_folder
from tui.services.verdict_board import VerdictBoard
from tui.settings.settings import MachineSettings
from tui.ui.kit.notices import Notice
from tui.ui.models.model_actions import ModelActions
from tui.ui.models.model_detail import ModelDetail
from tui.ui.models.model_keys import PANE_KEYS
from tui.ui.models.model_list import ModelList
from tui.ui.models.model_rows import ModelRows
from tui.ui.models.what_if import WhatIfLine, no_load


class ModelsPane(ModelActions):
    """Models, sized and judged for the settings chosen here and the memory as it is now."""

    BINDING_GROUP_TITLE = _("Models")
    BINDINGS: ClassVar[list[BindingType]] = [*PANE_KEYS]
    DEFAULT_CSS = """
    ModelsPane {
        & ModelList { height: 1fr; }
        & ModelDetail { height: 12; }
    }
    """

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
        super().__init__(sizer, VerdictBoard(sizer, settings, self._fits_changed), machines, id)
        self._pools_here: Sequence[Pool] = ()
        self._known_here: Measurements | None = None
        self._loaded: tuple[Model, LoadSettings] | None = None
        self._measured_bytes: int | None = None
        self._measured_parts: tuple[int, int] | None = None

    def compose(self) -> ComposeResult:
        """List and detail; above them, which machine they are for when it is another one."""
        yield WhatIfLine()
        yield ModelList(id="models")
        yield ModelDetail(id="detail")

    def on_mount(self) -> None:
        """Size models for as long as the pane lives."""
        self.detail.models_folder = models_folder()
        self.show_settings()
        self.run_worker(self._board.run(), group="sizing")

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
    def fits(self) -> Mapping[str, Fit]:
        """The verdict on each model, by its key."""
        return self._board.fits

    @property
    def settings(self) -> LoadSettings:
        """What models are sized for and loaded with; a model trained for a shorter context gets that."""
        return self._board.settings

    @property
    def here(self) -> tuple[Sequence[Pool], Measurements | None]:
        """This machine's memories as they are now, and what was measured of its speed."""
        return self._pools_here, self._known_here

    @property
    def settled(self) -> bool:
        """True once every model has the verdict it will have."""
        return self._board.settled

    def use(self, settings: LoadSettings) -> None:
        """Judge everything for another context and KV type."""
        changed = msgspec.structs.replace(
            self._board.settings, context=settings.context, kv_type=settings.kv_type
        )
        self._board.set_settings(changed)
        self.show_settings()

    @property
    def load_settings(self) -> LoadSettings:
        """How the highlighted model, or any other, would be loaded now."""
        model, settings = self._highlighted, self._board.settings
        return settings if model is None else settings_for(model, settings)

    @property
    def pools_here(self) -> Sequence[Pool]:
        """This machine's memories as they are now; empty before the first reading."""
        return self._pools_here

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
        self.list_models(models)

    def show_pools(self, pools: Sequence[Pool]) -> None:
        """Take this machine's memories as they are now."""
        self._pools_here = pools
        if self.what_if is None:
            self._board.set_pools(pools)

    def show_measurements(self, known: Measurements) -> None:
        """Take what was measured on this machine."""
        self._known_here = known
        if self._known_on(self.what_if) is known:
            self._board.set_measurements(known)

    def show_loaded(self, model: Model | None, settings: LoadSettings | None) -> None:
        """Take the model that is in the engine, and how it was loaded; None for none."""
        self._loaded = (model, settings) if model is not None and settings is not None else None
        self.listing.loaded_key = model.key if model else None
        self._show_highlighted()

    def show_measured(self, engine: ProcessReading | None) -> None:
        """Take what the engine's process holds; None while there is none."""
        self._measured_bytes = engine.peak_bytes.value if engine else None
        own, mapped = (engine.anonymous_bytes.value, engine.file_bytes.value) if engine else (None, None)
        self._measured_parts = (own, mapped) if own is not None and mapped is not None else None
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
        self.show_settings()

    def on_model_list_kv_type_changed(self, event: ModelList.KvTypeChanged) -> None:
        """Size everything for the next KV type."""
        event.stop()
        self._board.next_kv_type()
        self.show_settings()

    def on_model_list_rescan(self, event: ModelList.Rescan) -> None:
        """Pass it on."""
        event.stop()
        self.post_message(self.Rescan())

    def on_what_if_line_pressed(self, event: WhatIfLine.Pressed) -> None:
        """The mouse does what the key does."""
        event.stop()
        self.action_machine()

    def watch_what_if(self, machine: Machine | None) -> None:
        """Judge everything anew, and put it in order anew."""
        self.query_one(WhatIfLine).machine = machine
        self._board.set_measurements(self._known_on(machine))
        self._board.set_pools(self._pools_here if machine is None else pools_of(machine, None))
        # Nothing of the other machine's verdicts may hold the new ones back, nor the order they are in.
        self._board.fits = {}
        self.listing.set_fits({})
        # Two machines may have the same pools, which alone would change nothing.
        self._board.set_settings(self._board.settings)
        self._show_highlighted()

    def _known_on(self, machine: Machine | None) -> Measurements | None:
        """What is known of a machine's speed: one like this with other memory is as fast as this one."""
        if machine is None or (self.machine is not None and same_processor(machine, self.machine)):
            return self._known_here
        return Elsewhere(machine)

    def _fits_changed(self, fits: Mapping[str, Fit]) -> None:
        # A plan may come back while the panes are being taken down.
        if self.query(ModelRows):
            self.listing.set_fits(fits)
            self._show_highlighted()

    def _show_highlighted(self) -> None:
        model, detail = self._highlighted, self.detail
        detail.model = model
        fit = self._board.fits.get(model.key) if model else None
        detail.fit = fit
        detail.hint = self.change_hint(model, fit) if model and fit else ()
        detail.loaded = model is not None and self._holds(model)
        self._show_measured()
        self.post_message(self.Changed())

    def _show_measured(self) -> None:
        """The measured size stands beside a prediction for the very settings it was loaded with."""
        here = self._highlighted if self.what_if is None else None
        shown = here is not None and self._loaded_as_shown(here)
        self.detail.measured_bytes = self._measured_bytes if shown else None
        self.detail.measured_parts = self._measured_parts if shown else None

    def _holds(self, model: Model) -> bool:
        return self._loaded is not None and self._loaded[0].key == model.key

    def _loaded_as_shown(self, model: Model) -> bool:
        if self._loaded is None or not self._holds(model):
            return False
        loaded, shown = self._loaded[1], settings_for(model, self._board.settings)
        return (loaded.context, loaded.kv_type) == (shown.context, shown.kv_type)
