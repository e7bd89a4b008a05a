"""Models pane: the list, the detail of the highlighted model, and the dialogs that open over them."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.message import Message
from textual.reactive import reactive

from tui.chat.presets import preset_language
from tui.engine.options import LoadSettings
from tui.fit.board import Measurements, fit_model, settings_for
from tui.fit.changes.change import Change
from tui.fit.changes.offer import ChangeStart
from tui.fit.changes.programs import program_names
from tui.fit.pools import pools as pools_of
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool
from tui.hardware.machine import Machine
from tui.hardware.programs import Program, ask_to_close
from tui.hardware.reading import ProcessReading
from tui.i18n import _
from tui.models.listing import with_quant
from tui.models.model import Model
from tui.sentences import reason
from tui.services.deleting import DeletingError, Deletion, delete, deletion_of
from tui.services.last_uses import LastUses, last_use
from tui.services.measuring import class_speeds, measurements_on
from tui.services.offers import offer_for
from tui.services.quantizations import quantization_table
from tui.services.sentences import sentence
from tui.services.side_by_side import HereFacts, NamedMachine, judge_known_sizes
from tui.services.sizing import judge_with
from tui.services.verdict_board import VerdictBoard
from tui.settings.settings import MachineSettings
from tui.text import clean_line
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.notices import Notice
from tui.ui.models.change_hint import ChangeHint
from tui.ui.models.deletion_question import deletion_question
from tui.ui.models.detail import ModelDetail
from tui.ui.models.list import ModelList
from tui.ui.models.notices import no_download_in_replay, no_source, verdicts_for_this_machine
from tui.ui.models.rows import ModelRows
from tui.ui.models.what_if import WhatIfLine, cannot_load_elsewhere
from tui.units import format_bytes

if TYPE_CHECKING:
    # Imported when they are opened, so that the first screen does not wait for them.
    from tui.services.downloads.queue import DownloadRequest
    from tui.services.picks.model_tasks import ModelTask
    from tui.services.picks.recommendation import Recommendation
    from tui.services.picks.wish import Wish
    from tui.ui.models.machine_picker import MachineChoice
    from tui.ui.picks.screen import PickChoice

_FIRST_LANGUAGES = ("en", "es", "fr", "de", "it", "pt")
"""Languages that the picks begin with."""
_POOLS_SECONDS = 0.05
"""Time between two looks whether the machine's memory is known."""


class ModelsPane(Vertical):
    """Pane of models, sized and judged for its settings and for the memory that is free now."""

    BINDING_GROUP_TITLE = _("Models")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "w",
            "picks",
            _("What to run"),
            id="models.picks",
            tooltip=_("Pick a model for a task and a language, with the reasons"),
        ),
        Binding(
            "d",
            "download",
            _("Download"),
            id="models.download",
            tooltip=_("Download the model, or another quantization of it, after a question"),
        ),
        Binding(
            "t",
            "quants",
            _("Quants"),
            id="models.quants",
            tooltip=_("Compare all quantizations of this model"),
        ),
        Binding(
            "c",
            "changes",
            _("To fit"),
            id="models.changes",
            tooltip=_("Show what would make the model fit"),
        ),
        Binding(
            "i",
            "figures",
            _("Figures"),
            show=False,
            id="models.figures",
            tooltip=_("Show the published figures of the model by task, with source and date"),
        ),
        Binding(
            "space",
            "mark",
            _("Mark"),
            show=False,
            id="models.mark",
            tooltip=_("Mark the model for a comparison, or remove the mark"),
        ),
        Binding(
            "C",
            "compare",
            _("Compare"),
            show=False,
            id="models.compare",
            tooltip=_("Ask all marked models the same questions"),
        ),
        Binding(
            "D,delete",
            "delete",
            _("Delete"),
            show=False,
            id="models.delete",
            tooltip=_("Delete the model from this disk, after a question"),
        ),
        Binding(
            "m",
            "machine",
            _("Machine"),
            show=False,
            id="models.machine",
            tooltip=_("Judge the models for another machine"),
        ),
    ]
    DEFAULT_CSS = """
    ModelsPane {
        & ModelList { height: 1fr; }
        & ModelDetail { height: 13; }
    }
    """

    machine: reactive[Machine | None] = reactive(None)
    """This machine; None until it is detected."""
    what_if: reactive[Machine | None] = reactive(None, init=False)
    """The machine that all verdicts are for; None for this machine."""

    class LoadRequested(Message):
        """The user wants to load this model with these settings."""

        def __init__(self, model: Model, fit: Fit | None, settings: LoadSettings) -> None:
            super().__init__()
            self.model = model
            self.fit = fit
            self.settings = settings

    class CompareRequested(Message):
        """The user wants to compare the marked models, or to see earlier comparisons."""

        def __init__(self, models: Sequence[Model]) -> None:
            super().__init__()
            self.models = models

    class DownloadChosen(Message):
        """The user wants to download this."""

        def __init__(self, request: "DownloadRequest") -> None:
            super().__init__()
            self.request = request

    class TaskChosen(Message):
        """The user takes a model, on this disk or not, for a task in a language."""

        def __init__(self, task: "ModelTask") -> None:
            super().__init__()
            self.task = task

    class Recommended(Message):
        """Models were picked for a wish, on this machine."""

        def __init__(self, recommendation: "Recommendation") -> None:
            super().__init__()
            self.recommendation = recommendation

    class SettingsChosen(Message):
        """The user chose another context or KV type; `changes` has what changed, by the name of its field."""

        def __init__(self, changes: Mapping[str, int | str]) -> None:
            super().__init__()
            self.changes = changes

    class HighlightUpdated(Message):
        """Another model is highlighted, or the facts about it have changed."""

    def __init__(
        self,
        sizer: Sizer,
        settings: LoadSettings,
        machines: Mapping[str, MachineSettings] | None = None,
        id: str | None = None,
        *,
        sort: str | None = None,
        columns: Sequence[str] = (),
    ) -> None:
        """Create a pane without models.

        Args:
            sizer: sizes the models; its creator closes it.
            settings: the initial load settings.
            machines: the user's own machines for "what if", by name.
            id: the widget's id.
            sort: column that the list is sorted by first; None for the usual one.
            columns: names of the only columns to show; empty for those that fit.
        """
        super().__init__(id=id)
        self._sort = sort
        self._columns = columns
        self.replayed = False
        """True while a recording replaces this machine: closing programs here would free nothing there."""
        self.language = ""
        """Language of the presets in the settings; empty for that of the program."""
        self._wish: Wish | None = None
        """Choices of the last picks; None before the first."""
        self.download_limit_gb = 0.0
        """Limit of the downloads of a month in GB; 0 for none."""
        self._sizer = sizer
        self._board = VerdictBoard(sizer, settings, self._fits_changed, self._keys_in_sight)
        self._change_hint = ChangeHint(sizer)
        self._own_machines = machines or {}
        self._models: tuple[Model, ...] = ()
        self._scanned_models: tuple[Model, ...] = ()
        """The models as the last scan saw them."""
        self._highlighted: Model | None = None
        self._chosen_quants: dict[str, str] = {}
        """Quantizations chosen for catalogue rows, by name of the entry; a rescan keeps them."""
        self._marked_keys: tuple[str, ...] = ()
        """Keys of the marked models, in the order of marking."""
        self._pools_here: Sequence[Pool] = ()
        self._measurements_here: Measurements | None = None
        self._loaded: tuple[Model, LoadSettings] | None = None
        """The model in the engine, and its load settings."""
        self._last_uses: Mapping[str, float] = {}
        """Times at which models were loaded last."""
        self._engine_peak_bytes: int | None = None
        self._engine_parts: tuple[int, int] | None = None
        """Private bytes of the engine's process, and bytes mapped from files; None if unknown."""
        self._is_listing = False
        """True while other models are judged that are not listed yet."""

    def compose(self) -> ComposeResult:
        """Lay out the banner, which is shown only for another machine, the list and the detail."""
        yield WhatIfLine()
        yield ModelList(id="models", sort=self._sort, columns=self._columns)
        yield ModelDetail(id="detail")

    def on_mount(self) -> None:
        """Show the settings, and start sizing the models."""
        self.listing.language = preset_language(self.language)
        self._show_settings()
        self.run_worker(self._board.run, group="sizing")

    @property
    def listing(self) -> ModelList:
        """The list of models."""
        return self.query_one(ModelList)

    @property
    def detail(self) -> ModelDetail:
        """The detail of the highlighted model."""
        return self.query_one(ModelDetail)

    @property
    def rows(self) -> ModelRows:
        """The rows of the list, which get the focus."""
        return self.query_one(ModelRows)

    @property
    def highlighted(self) -> Model | None:
        """The model under the cursor."""
        return self._highlighted

    @property
    def fits(self) -> Mapping[str, Fit]:
        """The verdict on each model, by its key."""
        return self._board.fits

    @property
    def settings(self) -> LoadSettings:
        """Settings for sizing and loading all models, before any limit of a model's training context."""
        return self._board.settings

    @property
    def load_settings(self) -> LoadSettings:
        """Settings with which the highlighted model would be loaded now."""
        model, settings = self._highlighted, self._board.settings
        return settings if model is None else settings_for(model, settings)

    @property
    def pools_here(self) -> Sequence[Pool]:
        """Memory pools of this machine as they are now; empty before the first reading."""
        return self._pools_here

    @property
    def measurements_here(self) -> Measurements | None:
        """Measurements of this machine's speed; None until they are read."""
        return self._measurements_here

    @property
    def settled(self) -> bool:
        """True once every model has its final verdict."""
        return self._board.settled

    @property
    def pending_fit(self) -> Fit | None:
        """The verdict on the highlighted model on this machine; None if it is loaded with these settings."""
        model = self._highlighted
        if model is None or self.what_if is not None or self._is_loaded_as_shown(model):
            return None
        return self._board.fits.get(model.key)

    @property
    def marked(self) -> Sequence[Model]:
        """The marked models, in the order of marking."""
        by_key = {model.key: model for model in self._models}
        return tuple(by_key[key] for key in self._marked_keys)

    # Facts from the dashboard

    def show_models(self, models: Sequence[Model], empty: Notice) -> None:
        """Show these models; `empty` is the notice for an empty list.

        Where a file has arrived of the highlighted row of the catalogue, its row is highlighted.
        """
        self.listing.empty_notice = empty
        self._last_uses = LastUses().read()
        if tuple(models) == self._scanned_models:
            # Judging them again would change nothing.
            return
        self._scanned_models = tuple(models)
        arrived = arrived_file(self.listing.highlighted_model, models, self._models)
        if arrived is not None and arrived.entry is not None:
            self._chosen_quants.pop(arrived.entry.name, None)
        self._list_models(models)
        if arrived is not None:
            self.listing.highlight(arrived.key)

    def show_pools(self, pools: Sequence[Pool]) -> None:
        """Judge the models by this machine's memory pools as they are now."""
        self._pools_here = pools
        if self.what_if is None:
            self._board.set_pools(pools)

    def show_measurements(self, measurements: Measurements) -> None:
        """Estimate speeds by the measurements of this machine."""
        self._measurements_here = measurements
        if self._measurements_on(self.what_if) is measurements:
            self._board.set_measurements(measurements)

    def show_loaded(self, model: Model | None, settings: LoadSettings | None) -> None:
        """Show the model in the engine; None for none."""
        self._loaded = (model, settings) if model is not None and settings is not None else None
        self.listing.loaded_key = model.key if model else None
        if model is not None:
            self._last_uses = LastUses().read()
        self._show_highlighted()

    def show_measured(self, engine: ProcessReading | None) -> None:
        """Show the memory of the engine's process; None while there is no engine."""
        self._engine_peak_bytes = engine.peak_bytes.value if engine else None
        private_bytes, mapped_bytes = (
            (engine.anonymous_bytes.value, engine.file_bytes.value) if engine else (None, None)
        )
        self._engine_parts = (
            (private_bytes, mapped_bytes) if private_bytes is not None and mapped_bytes is not None else None
        )
        self._show_measured()

    def use(self, settings: LoadSettings) -> None:
        """Judge all models for the context and the KV type of these settings."""
        self._board.set_settings(
            msgspec.structs.replace(self._board.settings, context=settings.context, kv_type=settings.kv_type)
        )
        self._show_settings()

    # Requests of the list

    def on_model_list_model_highlighted(self, event: ModelList.ModelHighlighted) -> None:
        """Show the detail of the model, and size it first."""
        event.stop()
        self._highlighted = event.model
        self._board.prefer(event.model.key if event.model else None)
        self._show_highlighted()

    def on_model_list_model_chosen(self, event: ModelList.ModelChosen) -> None:
        """Request the load, with the verdict on the model; one that is not on this disk is offered first."""
        event.stop()
        if event.model.runs_here and not event.model.on_disk and not self.replayed:
            self.download(event.model)
            return
        if self.what_if is not None:
            # The verdicts are for another machine, so the model may not fit here.
            self.notify(cannot_load_elsewhere(sentence(self.what_if.name)), severity="warning", markup=False)
            return
        model = event.model
        settings = settings_for(model, self._board.settings)
        self.post_message(self.LoadRequested(model, self._board.fits.get(model.key), settings))

    def on_model_list_context_stepped(self, event: ModelList.ContextStepped) -> None:
        """Size all models for another context."""
        event.stop()
        self._board.step_context(event.step)
        self._settings_chosen()

    def on_model_list_kv_type_stepped(self, event: ModelList.KvTypeStepped) -> None:
        """Size all models for the next KV type."""
        event.stop()
        self._board.next_kv_type()
        self._settings_chosen()

    # Downloads

    def action_download(self) -> None:
        """Offer a download of the highlighted model."""
        if self._highlighted is not None:
            self.download(self._highlighted)

    def download(self, model: Model) -> None:
        """Offer a download of a model; of one on this disk, of another quantization."""
        from tui.services.downloads.source import source_name

        name = source_name(model)
        if name is None:
            self.notify(no_source(model.label), severity="warning", markup=False)
        else:
            self.download_from(name, model.name)

    def download_from(self, name: str, title: str) -> None:
        """Offer a download from a repository, a web address or a name of the catalogue."""
        if self.replayed:
            self.notify(no_download_in_replay(), severity="warning", markup=False)
            return
        from tui.services.downloads.allowance import DownloadAllowance
        from tui.services.downloads.offer import OfferContext
        from tui.ui.downloads.dialog import DownloadDialog

        context = OfferContext(self._judge_here, DownloadAllowance(self.download_limit_gb))
        remark = verdicts_for_this_machine(sentence(self.what_if.name)) if self.what_if is not None else ""
        self.app.push_screen(DownloadDialog(name, title, context, remark=remark), self._download_chosen)

    def _download_chosen(self, request: "DownloadRequest | None") -> None:
        if request is not None:
            self.post_message(self.DownloadChosen(request))

    async def _judge_here(self, models: Sequence[Model]) -> Sequence[Fit]:
        """Return the verdict on each model on this machine, once its memory is known."""
        while not self._pools_here:
            await asyncio.sleep(_POOLS_SECONDS)
        return await judge_with(
            self._sizer, models, self._board.settings, self._pools_here, self._measurements_here
        )

    # Picks for a task

    def action_picks(self) -> None:
        """Ask what a model is for, and offer three."""
        if not self._board.pools:
            self._say_detecting()
            return
        from tui.services.picks.wish import languages_of
        from tui.ui.picks.screen import PicksScreen

        wish = self._last_wish()
        known_languages = languages_of(model.entry for model in self._models if model.entry is not None)
        languages = dict.fromkeys((*_FIRST_LANGUAGES, *known_languages))
        self.app.push_screen(PicksScreen(wish, tuple(languages), self._recommend_for), self._pick_chosen)

    def _last_wish(self) -> "Wish":
        """Return the choices of the last picks; before the first, a chat in the user's language."""
        from tui.services.picks.wish import Wish

        return self._wish or Wish("chat", preset_language(self.language), self._board.settings.context)

    @property
    def pick_basis(self) -> tuple[object, ...] | None:
        """Facts that picks for this machine rest on; None until all of them are there."""
        board = self._board
        if not self._models or not board.pools or self.what_if is not None:
            return None
        return self._models, board.settings, board.settled, self._measurements_here, self.machine

    async def recommend(self) -> "Recommendation":
        """Return the picks for the last choices, and have the chat told of them."""
        return await self._recommend_for(self._last_wish())

    def action_figures(self) -> None:
        """Show the published figures of the highlighted model."""
        if self._highlighted is not None:
            self.show_figures(self._highlighted)

    def show_figures(self, model: Model) -> None:
        """Show the published figures of a model."""
        from tui.models.evidence.evidence_files import shipped_evidence
        from tui.ui.picks.figures_screen import FiguresScreen

        name = model.entry.name if model.entry is not None else model.name
        self.app.push_screen(FiguresScreen(name, shipped_evidence().figures_of(name)))

    async def _recommend_for(self, wish: "Wish") -> "Recommendation":
        """Return the picks among the listed models, on the machine that the verdicts are for."""
        from tui.services.picks.picking import pick_by_known_sizes
        from tui.services.trials.measured import measured_results

        self._wish = wish
        models, settings, pools = self._models, self._board.settings, self._board.pools
        measurements, sizer = self._measurements_on(self.what_if), self._sizer
        machine = self.machine if self.what_if is None and not self.replayed else None

        def judge(model: Model, settings: LoadSettings) -> Fit:
            settings = settings_for(model, settings)
            sized = sizer.known_size(model, settings)
            return fit_model(model, sized, pools, settings, measurements=measurements)

        def pick() -> "Recommendation":
            measured = measured_results(machine) if machine is not None else ()
            rough_speeds = class_speeds(machine) if machine is not None else None
            return pick_by_known_sizes(models, wish, settings, judge, measured, rough_speeds)

        # On a thread: the comparisons of a hundred models take longer than a key may wait.
        recommendation = await asyncio.to_thread(pick)
        if self.what_if is None:
            self.post_message(self.Recommended(recommendation))
        return recommendation

    def _pick_chosen(self, choice: "PickChoice | None") -> None:
        """Load the model that was taken, or offer its download."""
        if choice is None:
            return
        model, wish = choice.model, choice.wish
        if wish.context != self._board.settings.context:
            self._board.set_settings(msgspec.structs.replace(self._board.settings, context=wish.context))
            self._settings_chosen()
        self._go_to_quant(model)
        from tui.services.picks.model_tasks import ModelTask

        # Also before a download: it is loaded for the task once it is here.
        name = model.entry.name if model.entry is not None else model.name
        can_choose = model.entry is not None and model.entry.thinking == "both"
        thinks = choice.thinks if can_choose else None
        self.post_message(self.TaskChosen(ModelTask(name, wish.task, wish.language, thinks)))
        if not model.on_disk:
            self.download(model)
        elif self.what_if is not None:
            self.notify(cannot_load_elsewhere(sentence(self.what_if.name)), severity="warning", markup=False)
        else:
            settings = settings_for(model, self._board.settings)
            self.post_message(self.LoadRequested(model, self._board.fits.get(model.key), settings))

    # Marked models and comparisons

    def action_mark(self) -> None:
        """Mark the highlighted model, or remove its mark."""
        model = self._highlighted
        if model is None:
            return
        if model.key in self._marked_keys:
            self._mark(tuple(key for key in self._marked_keys if key != model.key))
        elif not model.can_chat:
            refusal = (
                _("Only a model that chats can be compared.")
                if model.purpose == "other"
                else _("Only a model on this disk can be compared.")
            )
            self.notify(refusal, severity="warning", markup=False)
        else:
            self._mark((*self._marked_keys, model.key))

    def action_compare(self) -> None:
        """Compare the marked models."""
        self.post_message(self.CompareRequested(self.marked))

    def _mark(self, keys: tuple[str, ...]) -> None:
        self._marked_keys = keys
        self.listing.show_marked(frozenset(keys))

    # Deleting

    def action_delete(self) -> None:
        """Delete the highlighted model after a question, or say which program deletes it."""
        model = self._highlighted
        if model is None:
            return
        if self._is_loaded(model):
            refusal = reason("services.delete_unload_first", model=model.label)
            self.notify(sentence_with_keys(refusal), severity="warning", markup=False)
            return
        deletion = deletion_of(model)
        if isinstance(deletion, Deletion):
            self.delete_files(deletion)
        else:
            self.notify(sentence_with_keys(deletion), markup=False, timeout=15)

    @work(group="delete", exclusive=True)
    async def delete_files(self, deletion: Deletion) -> None:
        """Delete the files of a model, once the user said yes, and look for models again."""
        from tui.ui.kit.confirm_screen import ConfirmScreen

        question = ConfirmScreen(
            _("Delete a model"), deletion_question(deletion), _("Keep it"), _("Delete it")
        )
        if not await self.app.push_screen_wait(question):
            return
        try:
            await asyncio.to_thread(delete, deletion)
        except DeletingError as error:
            self.notify(sentence_with_keys(error.reason), severity="error", markup=False, timeout=15)
        else:
            text = _("Deleted {model}: {size} came back.")
            size = format_bytes(deletion.freed_bytes)
            self.notify(text.format(model=clean_line(deletion.model.label), size=size), markup=False)
        self.listing.action_rescan()

    # Another machine

    def action_machine(self) -> None:
        """Let the user choose the machine that all verdicts are for."""
        if self.machine is not None:
            from tui.ui.models.machine_picker import MachinePicker

            picker = MachinePicker(self._own_machines, self.machine, self.what_if)
            self.app.push_screen(picker, self._machine_picked)
        else:
            self._say_detecting()

    def on_what_if_line_banner_clicked(self, event: WhatIfLine.BannerClicked) -> None:
        """Let the user choose the machine."""
        event.stop()
        self.action_machine()

    def _machine_picked(self, choice: "MachineChoice | None") -> None:
        if choice is not None and choice.side_by_side:
            self.show_side_by_side(choice.side_by_side)
        elif choice is not None:
            self.what_if = choice.machine

    @work(group="machines", exclusive=True)
    async def show_side_by_side(self, machines: Sequence[NamedMachine]) -> None:
        """Show the models of the list with their verdicts for several machines."""
        from tui.ui.models.machines_screen import MachinesScreen

        if self.machine is None or not self._pools_here:
            self._say_detecting()
            return
        this_machine = HereFacts(self.machine, self._pools_here, self._measurements_here)
        # On a thread: of ten thousand models that takes seconds.
        rows = await asyncio.to_thread(
            judge_known_sizes,
            self.listing.matching_models,
            machines,
            self._board.settings,
            self._sizer,
            this_machine,
        )
        self.app.push_screen(MachinesScreen(rows, machines, self._board.settings), self._go_to_model)

    def _go_to_model(self, model: Model | None) -> None:
        """Highlight the model that was chosen in a table."""
        if model is not None:
            self.listing.highlight(model.key)

    def watch_what_if(self, machine: Machine | None) -> None:
        """Judge and sort all models for the machine."""
        self.query_one(WhatIfLine).machine = machine
        self._board.set_measurements(self._measurements_on(machine))
        self._board.set_pools(self._pools_here if machine is None else pools_of(machine, None))
        # The old machine's verdicts must influence neither the new ones nor their order.
        self._board.fits = {}
        self.listing.set_fits({})
        # Setting the settings again judges all models even if both machines have the same pools.
        self._board.set_settings(self._board.settings)
        self._show_highlighted()

    def _measurements_on(self, machine: Machine | None) -> Measurements | None:
        """Return the measurements that hold for a machine; None for none."""
        if machine is None:
            return self._measurements_here
        return measurements_on(machine, self.machine, self._measurements_here)

    # Quantizations

    def action_quants(self) -> None:
        """Show all quantizations of the highlighted model in a table."""
        if self._highlighted is None:
            return
        # There is nothing to judge by before the first reading.
        if self._board.pools:
            self.show_quants(self._highlighted)
        else:
            self._say_detecting()

    @work(group="quants", exclusive=True)
    async def show_quants(self, model: Model) -> None:
        """Show the quantizations of a model; this may read the tensors of its file."""
        table = await quantization_table(model, self._board.judge, self._models)
        if not self._is_user_waiting_for(model):
            return
        from tui.ui.models.quants_screen import QuantsScreen

        self.app.push_screen(QuantsScreen(table), self._go_to_quant)

    def _go_to_quant(self, model: Model | None) -> None:
        """Highlight the model with the chosen quantization; a catalogue row changes to that quantization."""
        if model is None:
            return
        if not model.on_disk and model.entry is not None:
            self._chosen_quants[model.entry.name] = model.quant
            self._list_models(self._models)
        if not self.listing.highlight(model.key):
            self.listing.action_clear_filter()
            self.listing.highlight(model.key)

    # Changes that make a model fit

    def action_changes(self) -> None:
        """Show what would make the highlighted model fit."""
        model = self._highlighted
        fit = self._board.fits.get(model.key) if model is not None else None
        if model is not None and fit is not None:
            self.show_changes(model, fit)
        elif model is not None and self._board.pools:
            self.notify(
                _("{model} is still being sized.").format(model=clean_line(model.label)), markup=False
            )
        elif model is not None:
            self._say_detecting()

    def _say_detecting(self) -> None:
        """Say why nothing can be judged before the first reading."""
        self.notify(_("This machine is still being detected."), markup=False)

    @work(group="changes", exclusive=True)
    async def show_changes(self, model: Model, fit: Fit) -> None:
        """Find the changes that would make a model fit, and show them."""
        start = ChangeStart(model, fit, self._board.settings)
        is_here = self.what_if is None and not self.replayed
        offer = await offer_for(start, self._sizer, self._board.pools, self._models, close_programs=is_here)
        if not self._is_user_waiting_for(model):
            return
        from tui.ui.models.changes_screen import ChangesScreen

        self.app.push_screen(ChangesScreen(offer), self._apply)

    def _apply(self, change: Change | None) -> None:
        """Apply the chosen change, and judge all models again."""
        model = self._highlighted
        if change is None or model is None:
            return
        setup = change.apply(model, self._board.settings)
        if change.changes_settings:
            self._board.set_settings(setup.settings)
            self._settings_chosen()
        if setup.model is not model:
            self._go_to_quant(setup.model)
        if setup.programs_to_close:
            self.close_programs(setup.programs_to_close)

    @work(group="close")
    async def close_programs(self, programs: Sequence[Program]) -> None:
        """Ask the programs to close; later readings show the memory that they free."""
        problems = await asyncio.to_thread(ask_to_close, programs)
        success = _("Asked {programs} to close. The verdicts change when memory is freed.")
        sentences = " ".join(map(sentence, problems)) or success.format(programs=program_names(programs))
        self.notify(sentences, severity="warning" if problems else "information", markup=False)

    def _is_user_waiting_for(self, model: Model) -> bool:
        """Return False if the user has moved on: keys typed since then are not for a new screen."""
        return self._highlighted is model and self.has_focus_within

    # The list and the detail

    def _list_models(self, models: Sequence[Model]) -> None:
        """List and judge the models, each with the quantization that was chosen for it."""
        entries = {model.entry.name: model.entry for model in models if model.entry}
        on_disk = {(model.entry.name, model.quant) for model in models if model.on_disk and model.entry}
        for name, quant in self._chosen_quants.items():
            if name in entries and (name, quant) not in on_disk:
                models = with_quant(models, entries[name], quant)
        self._models = tuple(models)
        keys = {model.key for model in models}
        self._mark(tuple(key for key in self._marked_keys if key in keys))
        self._is_listing = True
        self._board.set_models(models)
        self._is_listing = False
        # Models and fits at once, since ten thousand rows take long to sort.
        self.listing.set_models(models, self._board.fits)
        self._show_highlighted()

    def _fits_changed(self, fits: Mapping[str, Fit]) -> None:
        # A plan may arrive while the panes are being removed.
        if self._is_listing or not self.query(ModelRows):
            return
        self.listing.set_fits(fits)
        self._show_highlighted()

    def _keys_in_sight(self) -> Sequence[str]:
        try:
            return self.listing.keys_in_sight
        except NoMatches:
            # The panes are being removed.
            return ()

    def _settings_chosen(self) -> None:
        """Show the settings that the user chose, and say what was chosen."""
        settings, listing = self._board.settings, self.listing
        changes: dict[str, int | str] = {}
        if settings.context != listing.context:
            changes["context"] = settings.context
        if settings.kv_type != listing.kv_type:
            changes["kv_type"] = settings.kv_type
        self._show_settings()
        if changes:
            self.post_message(self.SettingsChosen(changes))

    def _show_settings(self) -> None:
        """Show the settings in the header of the list."""
        self.listing.context = self._board.settings.context
        self.listing.kv_type = self._board.settings.kv_type

    def _show_highlighted(self) -> None:
        model, detail = self._highlighted, self.detail
        fit = self._board.fits.get(model.key) if model else None
        detail.model = model
        detail.fit = fit
        detail.last_used = last_use(model.file, self._last_uses) if model and model.file else None
        detail.hint = self._hint(model, fit) if model and fit else ()
        detail.loaded = model is not None and self._is_loaded(model)
        self._show_measured()
        self.post_message(self.HighlightUpdated())

    def _hint(self, model: Model, fit: Fit) -> tuple[str, ...]:
        start = ChangeStart(model, fit, self._board.settings)
        return self._change_hint.fields(start, self._board.pools, self._models)

    def _show_measured(self) -> None:
        """Show the measured size beside the prediction, if the model is loaded with the same settings."""
        model = self._highlighted if self.what_if is None else None
        is_measured = model is not None and self._is_loaded_as_shown(model)
        self.detail.measured_bytes = self._engine_peak_bytes if is_measured else None
        self.detail.measured_parts = self._engine_parts if is_measured else None

    def _is_loaded(self, model: Model) -> bool:
        return self._loaded is not None and self._loaded[0].key == model.key

    def _is_loaded_as_shown(self, model: Model) -> bool:
        if self._loaded is None or not self._is_loaded(model):
            return False
        loaded, settings = self._loaded[1], settings_for(model, self._board.settings)
        return (loaded.context, loaded.kv_type) == (settings.context, settings.kv_type)


def arrived_file(
    highlighted: Model | None, models: Sequence[Model], old_models: Sequence[Model]
) -> Model | None:
    """Return the new file that comes in place of the highlighted row of the catalogue; None for none."""
    if highlighted is None or highlighted.on_disk or highlighted.entry is None:
        return None
    name = highlighted.entry.name
    files = [
        model
        for model in models
        if model.on_disk and model.file_error is None and model.entry is not None and model.entry.name == name
    ]
    old_keys = frozenset(model.key for model in (old_models if files else ()))
    return next((model for model in files if model.key not in old_keys), None)
