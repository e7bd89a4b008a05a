"""The prompts that a model read: of each, what it has in common with an earlier one is not kept again.

A conversation's prompts begin alike, since each repeats all that was said before it.
"""

from collections.abc import Iterable, Mapping

import msgspec


class PromptDelta(msgspec.Struct, frozen=True):
    """A prompt as it is kept."""

    base_reply: int | None
    """The reply whose prompt it begins like; None where it is whole."""
    shared: int
    """Characters that it has in common with that one."""
    ending: str
    """What follows them."""


class ReplyPrompts:
    """The prompt of each reply, by the reply's id."""

    def __init__(self) -> None:
        self._kept: dict[int, PromptDelta] = {}
        self._newest: tuple[int, str] | None = None
        """The one that was put last, whole."""

    @classmethod
    def from_deltas(cls, kept: Mapping[int, PromptDelta], ids: Mapping[int, int]) -> "ReplyPrompts":
        """Those that were kept, oldest first, under other ids; one of which nothing is known is left out."""
        prompts = cls()
        for id, prompt in kept.items():
            if id in ids:
                base = None if prompt.base_reply is None else ids.get(prompt.base_reply, -1)
                prompts._kept[ids[id]] = msgspec.structs.replace(prompt, base_reply=base)
        return prompts

    def __contains__(self, id: int) -> bool:
        return id in self._kept

    def __getitem__(self, id: int) -> str:
        text = self.get(id)
        if text is None:
            raise KeyError(id)
        return text

    def get(self, id: int) -> str | None:
        """The whole prompt; None where it is not there, or another one that it needs is not."""
        pieces: list[str] = []
        at: int | None = id
        wanted: int | None = None
        for _step in range(len(self._kept)):
            kept = self._kept.get(at) if at is not None else None
            if kept is None:
                return None
            if wanted is None or wanted > kept.shared:
                piece = kept.ending if wanted is None else kept.ending[: wanted - kept.shared]
                if wanted is not None and kept.shared + len(piece) < wanted:
                    return None
                pieces.append(piece)
                wanted = kept.shared
            if wanted == 0:
                return "".join(reversed(pieces))
            at = kept.base_reply
        return None

    def put(self, id: int, text: str) -> dict[int, PromptDelta | None]:
        """Keep a prompt, in place of one that was there; returns all that are kept in another form now."""
        changed = self.remove((id,))
        base, earlier = self._last()
        shared = _shared_length(earlier, text)
        self._kept[id] = PromptDelta(base if shared else None, shared, text[shared:])
        self._newest = (id, text)
        return {**changed, id: self._kept[id]}

    def remove(self, ids: Iterable[int]) -> dict[int, PromptDelta | None]:
        """Let go of prompts; returns all that are kept in another form now, None for those that are gone."""
        gone = {id: self._kept.pop(id) for id in set(ids) & self._kept.keys()}
        if self._newest is not None and self._newest[0] in gone:
            self._newest = None
        changed: dict[int, PromptDelta] = {}
        for id, kept in self._kept.items():
            # At most so often, since what is damaged may lead back to itself.
            for _step in gone:
                if kept.base_reply not in gone:
                    break
                kept = changed[id] = _without(kept, gone[kept.base_reply])
        self._kept |= changed
        return {**dict.fromkeys(gone), **changed}

    def _last(self) -> tuple[int | None, str]:
        if self._newest is None and self._kept:
            id = next(reversed(self._kept))
            self._newest = (id, self.get(id) or "")
        return self._newest or (None, "")


def _without(kept: PromptDelta, base: PromptDelta) -> PromptDelta:
    """The prompt by what its base begins like."""
    shared = min(kept.shared, base.shared)
    rest = base.ending[: kept.shared - shared] + kept.ending
    return PromptDelta(base.base_reply if shared else None, shared, rest)


def _shared_length(one: str, other: str) -> int:
    """Characters that both begin with; comparing slices is much faster than going through them."""
    same, differs = 0, min(len(one), len(other)) + 1
    while differs - same > 1:
        middle = (same + differs) // 2
        if one[same:middle] == other[same:middle]:
            same = middle
        else:
            differs = middle
    return same
