"""Interface of one step towards a better verdict, whatever it changes."""

from typing import ClassVar, Protocol

import msgspec

from tui.engine.options import LoadSettings
from tui.hardware.programs import Program
from tui.models.model import Model
from tui.sentences import Reason


class Setup(msgspec.Struct, frozen=True):
    """A model, the settings to load it with, and the programs to close first."""

    model: Model
    settings: LoadSettings
    programs_to_close: tuple[Program, ...] = ()


class ChangeStep(Protocol):
    """One thing that can be changed, with its application, its name and its cost.

    A new kind of change is a class with these members, and a line in `search.single_changes`.
    """

    kind: ClassVar[str]
    """Its name in JSON; a change of several steps joins theirs with `+`, in alphabetical order."""
    changes_settings: ClassVar[bool]
    """True when every model of the list is judged anew after it."""
    gain_is_rough: ClassVar[bool]
    """True when what it frees is known only roughly."""

    def apply(self, setup: Setup) -> Setup:
        """Return the setup with this step done."""
        ...

    def describe(self) -> Reason:
        """Name the step, without its gain: `KV cache q8_0`."""
        ...

    def describe_briefly(self) -> Reason:
        """Name the step in as few words as a line of the detail pane has room for: `KV q8_0`."""
        ...

    def cost(self) -> tuple[Reason, ...]:
        """Return the losses that it brings, a sentence each."""
        ...
