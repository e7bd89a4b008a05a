"""Answers of the system to questions, checked: one that cannot be raises, with its reason.

Drivers and containers have their ways to be wrong, and a recording may hold anything.
"""

from typing import Annotated, Any, TypeVar, overload

import msgspec

from tui.hardware.interfaces import Argument, Interfaces
from tui.sentences import ReasonedError, reason

T = TypeVar("T")

MOST_BYTES = 1 << 50
"""More memory than any machine has."""
MOST_CPUS = 1 << 16
_MOST_SECONDS = 1e12

Bytes = Annotated[int, msgspec.Meta(ge=0, le=MOST_BYTES)]
PageBytes = Annotated[int, msgspec.Meta(gt=0, le=1 << 30)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=_MOST_SECONDS)]
CpuNumber = Annotated[int, msgspec.Meta(ge=0, lt=MOST_CPUS)]
CoreTimes = list[dict[str, Seconds]]
"""Seconds by kind of each core."""


class SenselessAnswerError(ReasonedError):
    """An answer that cannot be: of the wrong type, or a figure that no machine has."""


class VirtualMemory(msgspec.Struct, frozen=True):
    """The answer to `virtual_memory`."""

    total: Annotated[int, msgspec.Meta(gt=0, le=MOST_BYTES)]
    available: Bytes
    free: Bytes


class SwapMemory(msgspec.Struct, frozen=True):
    """The answer to `swap_memory`."""

    total: Bytes
    used: Bytes


@overload
def checked_answer(interfaces: Interfaces, question: str, kind: type[T], *arguments: Argument) -> T: ...
@overload
def checked_answer(interfaces: Interfaces, question: str, kind: Any, *arguments: Argument) -> Any: ...
def checked_answer(interfaces: Interfaces, question: str, kind: Any, *arguments: Argument) -> Any:
    """Return the answer to one of `questions.QUESTIONS`, of the type `kind`.

    Raises:
        OSError: this system does not answer it.
        SenselessAnswerError: the answer is not of that type, or out of its bounds.
    """
    answer = interfaces.ask(question, *arguments)
    try:
        return msgspec.convert(answer, kind)
    except (msgspec.ValidationError, OverflowError, RecursionError) as error:
        raise SenselessAnswerError(reason("hardware.senseless_answer")) from error
