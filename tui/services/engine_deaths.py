"""Ends of the engine's process by model, so that none is offered a third time that ended it twice."""

from collections import Counter

import msgspec

from tui.engine.protocol import Failed
from tui.models.model import Model
from tui.sentences import Reason, reason

_ENOUGH = 2
_FROM_OUTSIDE = frozenset({"engine.killed", "engine.terminated"})
"""Causes that say nothing of the file."""
_HINT = reason("services.died_twice_hint")


class EngineDeaths:
    """Counts ends of the engine's process, by the model and by the way it ended."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, int, str]] = Counter()
        self._causes: dict[tuple[str, int], Reason] = {}
        """Cause of the end that came too often, by the file."""

    def add(self, model: Model, failed: Failed) -> None:
        """Count an end; nothing happens for a failure that left the process alive."""
        cause = failed.reason.facts.get("cause")
        if failed.kind != "died" or not isinstance(cause, Reason) or cause.code in _FROM_OUTSIDE:
            return
        file = _file_key(model)
        way = (*file, cause.code)
        self._counts[way] += 1
        if self._counts[way] >= _ENOUGH:
            self._causes[file] = cause

    def explained(self, model: Model | None, failed: Failed) -> Failed:
        """Return a failure; the advice to load the model again only where that may help."""
        if model is None or failed.kind != "died" or _file_key(model) not in self._causes:
            return failed
        return msgspec.structs.replace(failed, hint=_HINT)

    def refusal(self, model: Model) -> Failed | None:
        """Return why a model is not loaded again; None when it can be tried, also after its file changed."""
        cause = self._causes.get(_file_key(model))
        if cause is None:
            return None
        return Failed(0, "died", reason("services.died_twice", model=model.label, cause=cause), _HINT)


def _file_key(model: Model) -> tuple[str, int]:
    return model.key, model.file.modified_ns if model.file is not None else 0
