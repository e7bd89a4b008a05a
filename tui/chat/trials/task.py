"""The user's own tasks: what a model is asked, and the checks of its answers."""

import hashlib
from typing import Any, Literal

import msgspec

from tui.engine.options import SamplingSettings, ToolCall
from tui.models.model import Use

MAX_TOKENS = 512
"""Longest answer, in tokens, unless the task sets another."""
VARIED_TEMPERATURE = 0.7
"""Temperature of a task with several seeds, unless it sets another: at 0 all of them would be the same."""


class TextCheck(msgspec.Struct, frozen=True, tag_field="check", tag="contains"):
    """Any of the texts is in the answer, or none of them is."""

    texts: tuple[str, ...]
    exact: bool = False
    """True where capitals, accents and blanks count."""
    absent: bool = False


class EqualsCheck(msgspec.Struct, frozen=True, tag_field="check", tag="equals"):
    """The whole answer is one of the texts."""

    texts: tuple[str, ...]
    exact: bool = False


class NumberCheck(msgspec.Struct, frozen=True, tag_field="check", tag="number"):
    """The last number of the answer."""

    value: float
    tolerance: float = 0.0
    """Largest difference."""
    anywhere: bool = False
    """True where any number of the answer will do."""


class JsonCheck(msgspec.Struct, frozen=True, tag_field="check", tag="json"):
    """Fields of the JSON in the answer."""

    value: Any
    exact: bool = False
    """True where no other field may be there."""


class LanguageCheck(msgspec.Struct, frozen=True, tag_field="check", tag="language"):
    """Language of the answer."""

    language: Literal["en", "es"]


class LengthCheck(msgspec.Struct, frozen=True, tag_field="check", tag="length"):
    """Length of the answer; a bound of None is none."""

    unit: Literal["words", "characters"]
    least: int | None = None
    largest: int | None = None


class PatternCheck(msgspec.Struct, frozen=True, tag_field="check", tag="matches"):
    """A regular expression of Python's `re` that is somewhere in the answer, or is not."""

    pattern: str
    absent: bool = False


class WantedCall(msgspec.Struct, frozen=True):
    """Call that a right answer has."""

    name: str
    arguments: dict[str, Any] = {}


class CallCheck(msgspec.Struct, frozen=True, tag_field="check", tag="call"):
    """Calls of tools, these and no other ones, in any order; none for an answer in words."""

    calls: tuple[WantedCall, ...] = ()


TrialCheck = (
    TextCheck | EqualsCheck | NumberCheck | JsonCheck | LanguageCheck | LengthCheck | PatternCheck | CallCheck
)


class TaskTurn(msgspec.Struct, frozen=True):
    """One turn of a task. After a prompt and after the results of calls, the model answers.

    It does not where an answer or calls follow that the task itself has.
    """

    kind: Literal["prompt", "answer", "calls", "result"]
    """`answer` and `calls` stand for an earlier answer of the model; `result` is what a tool gave."""
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    tool: str = ""
    """Name of the tool that gave the result."""
    checks: tuple[TrialCheck, ...] = ()
    """Checks of the answer that follows."""


class TrialTask(msgspec.Struct, frozen=True):
    """Task of the user's own."""

    name: str
    turns: tuple[TaskTurn, ...]
    use: Use | None = None
    """Use that it measures; None where the task does not say."""
    system: str = ""
    schema: str = ""
    """JSON schema that every answer is held to; empty for free answers."""
    tools: str = ""
    """See `AnswerRequest`."""
    max_tokens: int = MAX_TOKENS
    temperature: float | None = None
    """None for 0, and for `VARIED_TEMPERATURE` with several seeds."""
    think: bool | None = None
    seeds: tuple[int, ...] = (1,)

    def sampling(self, seed: int) -> SamplingSettings:
        """Return the sampling of an answer."""
        varied = VARIED_TEMPERATURE if len(self.seeds) > 1 else 0.0
        temperature = varied if self.temperature is None else self.temperature
        return SamplingSettings(temperature=temperature, seed=seed, max_tokens=self.max_tokens)

    @property
    def answers(self) -> int:
        """Number of answers that the model gives with one seed."""
        return sum(self.is_answered(number) for number in range(len(self.turns)))

    def is_answered(self, number: int) -> bool:
        """Return True if the model answers after a turn."""
        turn = self.turns[number]
        following = self.turns[number + 1] if number + 1 < len(self.turns) else None
        if turn.kind not in ("prompt", "result"):
            return False
        # Results of several calls come together.
        is_last_result = turn.kind != "result" or following is None or following.kind != "result"
        return is_last_result and (following is None or following.kind not in ("answer", "calls"))


class TaskSet(msgspec.Struct, frozen=True):
    """Tasks of one file."""

    name: str
    """Title in the file, else the name of the file."""
    tasks: tuple[TrialTask, ...]
    is_built_in: bool = False

    @property
    def digest(self) -> str:
        """Hash of all that a model is asked and that is checked; the seeds and the title do not count."""
        unseeded = [msgspec.structs.replace(task, seeds=()) for task in self.tasks]
        temperatures = [task.sampling(0).temperature for task in self.tasks]
        data = msgspec.json.encode((unseeded, temperatures), order="deterministic")
        return hashlib.sha256(data).hexdigest()[:16]

    @property
    def trials(self) -> tuple[tuple[TrialTask, int], ...]:
        """Every task with each of its seeds, in order."""
        return tuple((task, seed) for task in self.tasks for seed in task.seeds)
