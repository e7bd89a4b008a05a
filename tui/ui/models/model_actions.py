"""What opens over the models: other machines, quantizations, what would make one fit; and what follows."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive

from tui.fit.changes.change import Change
from tui.fit.changes.offer import ChangeStart, judge_by_formula, make_offer
from tui.fit.changes.programs import program_names
from tui.fit.changes.search import cheapest_change, smallest_setup
from tui.fit.quants import needs_tensors, quant_rows
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Verdict
from tui.hardware.machine import Machine
from tui.hardware.programs import Program, ask_to_close, largest_programs
from tui.i18n import _
from tui.models.gguf.header import GgufError
from tui.models.listing import with_quant
from tui.models.model import Model
from tui.models.model_file import file_tensors
from tui.services.sentences import sentence
from tui.services.verdict_board import VerdictBoard
from tui.settings.settings import MachineSettings
from tui.ui.models.change_lines import hint
from tui.ui.models.model_list import ModelList

if TYPE_CHECKING:
    # Imported when they are opened: the first screen need not wait for them.
    from tui.ui.models.machine_picker import Picked

_PROGRAMS = 12
"""Programs that are looked at for what could be closed."""


class ModelActions(Vertical):
    """The models as they are listed and judged, and the screens that change that; a pane derives from it."""

    class Compare(Message):
        """The user wants the marked models compared, or to see what was compared before."""

        def __init__(self, models: Sequence[Model]) -> None:
            super().__init__()
            self.models = models

    machine: reactive[Machine | None] = reactive(None)
    """This machine; None until it has been looked at."""
    what_if: reactive[Machine | None] = reactive(None, init=False)
    """The machine that everything here is said for; None for this one, as it is now."""

    def __init__(
        self,
        sizer: Sizer,
        board: VerdictBoard,
        machines: Mapping[str, MachineSettings] | None,
        id: str | None,
    ) -> None:
        super().__init__(id=id)
        self._sizer = sizer
        self._board = board
        self.replayed = False
        """True while a recording stands in for this machine: no program here takes its memory."""
        self._own_machines = machines or {}
        self._models: tuple[Model, ...] = ()
        self._taken: dict[str, str] = {}
        """The quantizations that rows of the catalogue were taken to, by name; they outlast a rescan."""
        self._marked: tuple[str, ...] = ()
        """Keys of the models to compare, in the order in which they were marked."""
        self._highlighted: Model | None = None
        self._hinted: tuple[object, tuple[str, ...]] | None = None
        """What was asked last of `change_hint`, and the answer."""

    @property
    def listing(self) -> ModelList:
        """The list."""
        return self.query_one(ModelList)

    def list_models(self, models: Sequence[Model]) -> None:
        """List and judge these, each at the quantization that it was taken to."""
        entries = {model.entry.name: model.entry for model in models if model.entry}
        here = {(model.entry.name, model.quant) for model in models if model.on_disk and model.entry}
        for name, quant in self._taken.items():
            if name in entries and (name, quant) not in here:
                models = with_quant(models, entries[name], quant)
        self._models = tuple(models)
        keys = {model.key for model in models}
        self._mark(tuple(key for key in self._marked if key in keys))
        self._board.set_models(models)
        self.listing.set_models(models)
        self.listing.set_fits(self._board.fits)

    def show_settings(self) -> None:
        """Say over the list what it is judged for."""
        self.listing.context = self._board.settings.context
        self.listing.kv_type = self._board.settings.kv_type

    # Comparing

    @property
    def marked(self) -> Sequence[Model]:
        """The marked models, in the order in which they were marked."""
        by_key = {model.key: model for model in self._models}
        return tuple(by_key[key] for key in self._marked)

    def action_mark(self) -> None:
        """Mark the highlighted model, or take its mark away."""
        model = self._highlighted
        if model is None:
            return
        if model.key in self._marked:
            self._mark(tuple(key for key in self._marked if key != model.key))
        elif not model.can_load:
            self.notify(_("Only a model on this disk can be compared."), severity="warning", markup=False)
        else:
            self._mark((*self._marked, model.key))

    def _mark(self, keys: tuple[str, ...]) -> None:
        self._marked = keys
        self.listing.show_marked(frozenset(keys))

    def action_compare(self) -> None:
        """Compare the marked models."""
        self.post_message(self.Compare(self.marked))

    # Another machine

    def action_machine(self) -> None:
        """Choose the machine that everything here is said for."""
        if self.machine is not None:
            from tui.ui.models.machine_picker import MachinePicker

            picker = MachinePicker(self._own_machines, self.machine, self.what_if)
            self.app.push_screen(picker, self._machine_picked)

    def _machine_picked(self, picked: "Picked | None") -> None:
        if picked is not None:
            self.what_if = picked.machine

    # Quantizations

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
        if self._highlighted is not model or not self.has_focus_within:
            return
        from tui.ui.models.quants_screen import QuantsScreen

        self.app.push_screen(QuantsScreen(table), self._take)

    def _take(self, model: Model | None) -> None:
        """Go to the quantization that was chosen; a row of the catalogue becomes it."""
        if model is None:
            return
        if not model.on_disk and model.entry is not None:
            self._taken[model.entry.name] = model.quant
            self.list_models(self._models)
        if not self.listing.highlight(model.key):
            self.listing.action_clear_filter()
            self.listing.highlight(model.key)

    # What would make it fit

    def change_hint(self, model: Model, fit: Fit) -> tuple[str, ...]:
        """The cheapest change that makes the model fit, or that there is none; nothing where it fits."""
        if fit.footprint is None or fit.verdict is Verdict.FITS:
            return ()
        settings = self._board.settings
        # Asked again whenever a row is drawn anew, and a search each time.
        asked = (model.key, fit.verdict, fit.footprint, settings, tuple(self._board.pools), len(self._models))
        if self._hinted is not None and self._hinted[0] == asked:
            return self._hinted[1]
        judge = judge_by_formula(ChangeStart(model, fit, settings), self._sizer, self._board.pools)
        change = cheapest_change(model, fit, settings, judge, self._models)
        floor = None if change else smallest_setup(model, fit, settings, judge, self._models)
        found = hint(change, floor)
        self._hinted = (asked, found)
        return found

    def action_changes(self) -> None:
        """Say what would make the highlighted model fit."""
        model = self._highlighted
        fit = self._board.fits.get(model.key) if model is not None else None
        if model is not None and fit is not None:
            self.show_changes(model, fit)

    @work(group="changes", exclusive=True)
    async def show_changes(self, model: Model, fit: Fit) -> None:
        """Look for what could be closed, ask the engine for every size, and show what there is to choose."""
        programs: tuple[Program, ...] = ()
        if fit.verdict is Verdict.TIGHT and self.what_if is None and not self.replayed:
            programs = await asyncio.to_thread(largest_programs, _PROGRAMS)
        start = ChangeStart(model, fit, self._board.settings)
        offer = await make_offer(start, self._sizer, self._board.pools, self._models, programs)
        if self._highlighted is not model or not self.has_focus_within:
            # The user went on meanwhile: what they type now is not for these.
            return
        from tui.ui.models.changes_screen import ChangesScreen

        self.app.push_screen(ChangesScreen(offer), self._apply)

    def _apply(self, change: Change | None) -> None:
        """Make the change that was chosen; every verdict follows."""
        model = self._highlighted
        if change is None or model is None:
            return
        setup = change.apply(model, self._board.settings)
        if change.changes_settings:
            self._board.set_settings(setup.settings)
            self.show_settings()
        if setup.model is not model:
            self._take(setup.model)
        if setup.programs_to_close:
            self.close_programs(setup.programs_to_close)

    @work(group="close")
    async def close_programs(self, programs: Sequence[Program]) -> None:
        """Ask the programs to close; the readings that follow tell what it gave."""
        problems = await asyncio.to_thread(ask_to_close, programs)
        told = _("Asked {programs} to close; the verdicts follow what that frees.")
        words = " ".join(map(sentence, problems)) or told.format(programs=program_names(programs))
        self.notify(words, severity="warning" if problems else "information", markup=False)
