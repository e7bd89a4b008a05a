"""Prompts of the replies, each stored as its difference from an earlier one.

The prompts of a conversation begin alike, since each repeats all messages before it.
"""

from collections.abc import Iterable, Mapping

import msgspec


class PromptDelta(msgspec.Struct, frozen=True):
    """Prompt as its difference from an earlier one."""

    base_reply: int | None
    """Reply whose prompt begins alike; None for a whole prompt."""
    shared: int
    """Number of characters in common with that prompt."""
    ending: str
    """Text after those characters."""


class ReplyPrompts:
    """Prompt of each reply, by the reply's id."""

    def __init__(self) -> None:
        self._deltas: dict[int, PromptDelta] = {}
        self._newest: tuple[int, str] | None = None
        """Id and whole text of the prompt that was put last."""

    @classmethod
    def from_deltas(cls, deltas: Mapping[int, PromptDelta], ids: Mapping[int, int]) -> "ReplyPrompts":
        """Return stored prompts, oldest first, under new ids; a reply without a new id is left out."""
        prompts = cls()
        for id, delta in deltas.items():
            if id in ids:
                base = None if delta.base_reply is None else ids.get(delta.base_reply, -1)
                prompts._deltas[ids[id]] = msgspec.structs.replace(delta, base_reply=base)
        return prompts

    def __contains__(self, id: int) -> bool:
        return id in self._deltas

    def __getitem__(self, id: int) -> str:
        text = self.get(id)
        if text is None:
            raise KeyError(id)
        return text

    def get(self, id: int) -> str | None:
        """Return the whole prompt; None where it, or another one that it needs, is missing."""
        pieces: list[str] = []
        base: int | None = id
        wanted: int | None = None
        for _step in range(len(self._deltas)):
            delta = self._deltas.get(base) if base is not None else None
            if delta is None:
                return None
            if wanted is None or wanted > delta.shared:
                piece = delta.ending if wanted is None else delta.ending[: wanted - delta.shared]
                if wanted is not None and delta.shared + len(piece) < wanted:
                    return None
                pieces.append(piece)
                wanted = delta.shared
            if wanted == 0:
                return "".join(reversed(pieces))
            base = delta.base_reply
        return None

    def put(self, id: int, text: str) -> dict[int, PromptDelta | None]:
        """Store the prompt of a reply, and return every delta that changed."""
        changes = self.remove((id,))
        base, earlier = self._newest_prompt()
        shared = _shared_length(earlier, text)
        self._deltas[id] = PromptDelta(base if shared else None, shared, text[shared:])
        self._newest = (id, text)
        return {**changes, id: self._deltas[id]}

    def remove(self, ids: Iterable[int]) -> dict[int, PromptDelta | None]:
        """Remove prompts, and return every delta that changed, None for those removed."""
        removed = {id: self._deltas.pop(id) for id in set(ids) & self._deltas.keys()}
        if self._newest is not None and self._newest[0] in removed:
            self._newest = None
        changes: dict[int, PromptDelta] = {}
        for id, delta in self._deltas.items():
            # At most so many steps: damaged prompts may refer to one another in a circle.
            for _step in removed:
                if delta.base_reply not in removed:
                    break
                delta = changes[id] = _without_base(delta, removed[delta.base_reply])
        self._deltas |= changes
        return {**dict.fromkeys(removed), **changes}

    def _newest_prompt(self) -> tuple[int | None, str]:
        if self._newest is None and self._deltas:
            id = next(reversed(self._deltas))
            self._newest = (id, self.get(id) or "")
        return self._newest or (None, "")


def _without_base(delta: PromptDelta, base: PromptDelta) -> PromptDelta:
    """Return a delta to the base of its base."""
    shared = min(delta.shared, base.shared)
    ending = base.ending[: delta.shared - shared] + delta.ending
    return PromptDelta(base.base_reply if shared else None, shared, ending)


def _shared_length(first: str, second: str) -> int:
    """Return the length of the common beginning; comparing slices is much faster than each character."""
    same, differs = 0, min(len(first), len(second)) + 1
    while differs - same > 1:
        middle = (same + differs) // 2
        if first[same:middle] == second[same:middle]:
            same = middle
        else:
            differs = middle
    return same
