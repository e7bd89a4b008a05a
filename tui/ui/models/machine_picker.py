"""Picker of the machine for the verdicts: this machine, a known one, or this one with other RAM."""

# Textual leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Mapping
from typing import ClassVar

import msgspec
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.hardware.machine import Machine
from tui.hardware.system_memory import system_bytes
from tui.hardware.what_if import UnknownMachineError, known_names, machine_named
from tui.i18n import _
from tui.services.sentences import sentence
from tui.services.side_by_side import NamedMachine
from tui.settings.settings import MachineSettings
from tui.ui.kit.cells import middle_cut, pad
from tui.ui.kit.dialog import Dialog, PlainList
from tui.units import format_bytes

MARKED_MACHINE = "✓"
"""Before a machine that is marked to be compared."""
_NAME_COLUMN = 20
"""Greatest width of the column with names."""


class MachineChoice(msgspec.Struct, frozen=True):
    """The machine that the user chose."""

    machine: Machine | None
    """None for this machine."""
    side_by_side: tuple[NamedMachine, ...] = ()
    """Machines to compare, two at least; empty for the one machine."""


class MachinePicker(ModalScreen[MachineChoice | None]):
    """Dialog of machines that returns the user's choice; None for no choice."""

    BINDING_GROUP_TITLE = _("Machines")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", _("Leave"), id="machines.close", tooltip=_("Keep the machine")),
        Binding(
            "space",
            "mark",
            _("Mark"),
            id="machines.mark",
            tooltip=_("Mark the machine, to compare it with others"),
        ),
        Binding("k", "move('up')", _("Up"), show=False, id="machines.up", tooltip=_("The machine above")),
        Binding(
            "j", "move('down')", _("Down"), show=False, id="machines.down", tooltip=_("The machine below")
        ),
    ]
    DEFAULT_CSS = """
    MachinePicker {
        align: center middle;

        & > Dialog { max-width: 72; }
        & PlainList { max-height: 50vh; }
        & #machine-system { height: 1; margin: 1 0 0 0; color: $dim; }
        & #machine-size { height: 1; margin: 1 0 0 0; }
        & #machine-size Static { width: auto; }
        & #machine-size Input { width: 9; margin: 0 1; background: $panel; }
        & #machine-size Input:focus { background: $primary 24%; }
        & #machine-problem { height: auto; color: $text-error; display: none; }
        & #machine-problem.-shown { display: block; }
    }
    """

    def __init__(
        self,
        own_machines: Mapping[str, MachineSettings],
        this_machine: Machine,
        chosen: Machine | None = None,
    ) -> None:
        """List the machines.

        Args:
            own_machines: machines of the user's settings, by name.
            this_machine: the machine that llmtui runs on.
            chosen: the machine that the verdicts are for; None for this machine.
        """
        super().__init__()
        self._own_machines = own_machines
        self._this_machine = this_machine
        self._descriptions = known_names(own_machines)
        self._machines: list[Machine | None] = [
            None,
            *(machine_named(name, own_machines, this_machine) for name in self._descriptions),
        ]
        self._chosen = chosen
        self._names = (_("here"), *self._descriptions)
        self._marked: list[int] = []
        """Places of the marked machines, in the order of marking."""

    def compose(self) -> ComposeResult:
        """Lay out the machines, and the input for a memory size."""
        with Dialog(id="machine-frame") as frame:
            frame.border_title = _("Verdicts for which machine?")
            frame.show_hints(
                _("Enter chooses"), _("{machines.mark} marks several"), _("{machines.close} leaves")
            )
            yield PlainList(*self._lines(), markup=False)
            yield Static(system_words(self._chosen), id="machine-system", markup=False)
            with Horizontal(id="machine-size"):
                yield Static(_("A machine like this with"), markup=False)
                yield Input(compact=True, restrict=r"\d{0,4}(\.\d{0,2})?", placeholder="16")
                yield Static(_("GB of memory"), markup=False)
            yield Static(id="machine-problem", markup=False)

    def on_mount(self) -> None:
        """Highlight the machine that the verdicts are for."""
        options = self.query_one(OptionList)
        if self._chosen in self._machines:
            options.highlighted = self._machines.index(self._chosen)
        options.focus()

    def _lines(self) -> list[Content]:
        return [self._line(index) for index in range(len(self._machines))]

    def _line(self, index: int) -> Content:
        column = min(_NAME_COLUMN, max(cell_len(name) for name in self._descriptions))
        sign = (f"{MARKED_MACHINE} " if index in self._marked else "  ", "$text-accent")
        if not index:
            return Content.assemble(sign, (_("This machine"), "bold"))
        name = self._names[index]
        described = sentence(self._descriptions[name])
        return Content.assemble(sign, (pad(middle_cut(name, column), column), "bold"), "  ", described)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the system of the highlighted machine takes."""
        event.stop()
        self.query_one("#machine-system", Static).update(self._note(event.option_index))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the chosen machine, or the marked ones with it."""
        event.stop()
        index = event.option_index
        places = [*self._marked, *([] if index in self._marked else [index])]
        if self._marked and len(places) > 1:
            self.dismiss(MachineChoice(None, tuple(map(self._named, places))))
        else:
            self.dismiss(MachineChoice(self._machines[index]))

    def _named(self, index: int) -> NamedMachine:
        machine = self._machines[index]
        return NamedMachine(self._names[index], machine or self._this_machine, is_here=machine is None)

    def action_mark(self) -> None:
        """Mark the highlighted machine, or remove its mark."""
        options = self.query_one(OptionList)
        index = options.highlighted
        if index is None:
            return
        if index in self._marked:
            self._marked.remove(index)
        else:
            self._marked.append(index)
        options.replace_option_prompt_at_index(index, self._line(index))
        self.query_one("#machine-system", Static).update(self._note(index))

    def _note(self, index: int) -> str:
        """Return what the system of a machine takes, or what Enter does with the marked ones."""
        if not self._marked:
            return system_words(self._machines[index])
        names = [self._names[place] for place in self._marked]
        return _("Enter compares {machines} with the highlighted one.").format(machines=", ".join(names))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return a machine with this memory size, or show the mistake in it."""
        event.stop()
        if not event.value:
            self._show_problem(_("Type a number of GB."))
            return
        try:
            # With a unit, so that the number is never taken for the name of a machine.
            picked = MachineChoice(machine_named(f"{event.value} GB", {}, self._this_machine))
        except UnknownMachineError as error:
            self._show_problem(sentence(error.reason))
        else:
            self.dismiss(picked)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Hide the problem while the user corrects the value."""
        event.stop()
        self._show_problem("")

    def _show_problem(self, text: str) -> None:
        problem = self.query_one("#machine-problem", Static)
        problem.update(text)
        problem.set_class(bool(text), "-shown")

    def action_leave(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def action_move(self, direction: str) -> None:
        """Highlight the machine above or below."""
        options = self.query_one(OptionList)
        if direction == "up":
            options.action_cursor_up()
        else:
            options.action_cursor_down()


def system_words(machine: Machine | None) -> str:
    """Say how much memory the system of another machine takes for itself."""
    if machine is None:
        return _("Judged by the memory that is free now.")
    size = format_bytes(system_bytes(machine.system, machine.memory_limit_bytes))
    return _("Nothing else runs there, and its system takes {size}.").format(size=size)
