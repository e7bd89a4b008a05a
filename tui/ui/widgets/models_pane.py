"""The models: the list, the detail of the highlighted one, and the verdicts behind both."""

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tui.engine.protocol import LoadSettings
from tui.fit.board import settings_for
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool
from tui.models.model import Model
from tui.models.places import models_folder
from tui.ui.verdict_board import VerdictBoard
from tui.ui.widgets.model_detail import ModelDetail
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_rows import ModelRows
from tui.ui.words import Notice


class ModelsPane(Vertical):
    """Models, sized and judged for the settings chosen here and the memory as it is now."""

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

    def __init__(self, sizer: Sizer, settings: LoadSettings, id: str | None = None) -> None:
        """`sizer` stays its owner's to close."""
        super().__init__(id=id)
        self._board = VerdictBoard(sizer, settings, self._fits_changed)
        self._highlighted: Model | None = None
        self._loaded: tuple[Model, LoadSettings] | None = None
        self._measured_bytes: int | None = None

    def compose(self) -> ComposeResult:
        """List and detail."""
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
        """The verdict on the highlighted model; None when it is loaded already, just as it is shown."""
        model = self._highlighted
        return None if model is None or self._loaded_as_shown(model) else self._board.fits.get(model.key)

    # What the owner tells

    def show_models(self, models: Sequence[Model], empty: Notice) -> None:
        """Take the list; `empty` stands in its place when there is none."""
        self.listing.empty_notice = empty
        self._board.set_models(models)
        self.listing.set_models(models)
        self.listing.set_fits(self._board.fits)

    def show_pools(self, pools: Sequence[Pool]) -> None:
        """Take the machine's memories as they are now."""
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
        shown = self._highlighted is not None and self._loaded_as_shown(self._highlighted)
        self.detail.measured_bytes = self._measured_bytes if shown else None

    def _holds(self, model: Model) -> bool:
        return self._loaded is not None and self._loaded[0].key == model.key

    def _loaded_as_shown(self, model: Model) -> bool:
        if self._loaded is None or not self._holds(model):
            return False
        loaded, shown = self._loaded[1], settings_for(model, self._board.settings)
        return (loaded.context, loaded.kv_type) == (shown.context, shown.kv_type)
