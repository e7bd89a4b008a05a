"""The shape of a conversation that branches: which message follows which, and what is shown of it.

Messages are ids here. Those that follow the same message are alternatives, in the order of their ids.
"""

from collections.abc import Iterable


class Tree:
    """Ids and what follows them. One branch is shown: at each place the alternative that was shown last."""

    def __init__(self, places: Iterable[tuple[int, int | None, int]] = ()) -> None:
        """`places` are ids, growing, with what each follows and a number, larger the later it was shown."""
        self._parents: dict[int, int | None] = {}
        self._children: dict[int | None, list[int]] = {}
        self._shown: dict[int | None, int] = {}
        """The alternative that is shown after a message; after None, of the first ones."""
        self._end_before: int | None = None
        """A message before which the shown branch ends, until another is added in its place."""
        latest: dict[int | None, int] = {}
        for id, parent, seen in places:
            self._parents[id] = parent
            self._children.setdefault(parent, []).append(id)
            if seen >= latest.get(parent, seen):
                latest[parent], self._shown[parent] = seen, id

    def __contains__(self, id: int) -> bool:
        return id in self._parents

    @property
    def shown(self) -> tuple[int, ...]:
        """The branch that is shown, from the first message to the last."""
        found: list[int] = []
        at = self._shown.get(None)
        while at is not None and at != self._end_before:
            found.append(at)
            at = self._shown.get(at)
        return tuple(found)

    @property
    def end(self) -> int | None:
        """The last message that is shown; None when none is."""
        shown = self.shown
        return shown[-1] if shown else None

    def parent(self, id: int) -> int | None:
        """The message that it follows; None for a first one."""
        return self._parents[id]

    def children(self, id: int | None) -> tuple[int, ...]:
        """The messages that follow it, oldest first; for None the first ones."""
        return tuple(self._children.get(id, ()))

    def below(self, ids: Iterable[int]) -> tuple[int, ...]:
        """All that follow one of these messages, at once or later."""
        found: list[int] = []
        waiting = list(ids)
        while waiting:
            children = self._children.get(waiting.pop(), ())
            found += children
            waiting += children
        return tuple(found)

    def chosen(self, id: int | None) -> int | None:
        """Of the messages that follow it, the one that is shown."""
        return self._shown.get(id)

    def add(self, id: int, parent: int | None) -> None:
        """Put a message after that one and show it; its id is larger than all before."""
        self._parents[id] = parent
        self._children.setdefault(parent, []).append(id)
        self.show(id)

    def show(self, id: int) -> None:
        """Show the branch that goes through a message, and below it what was shown last."""
        self._end_before = None
        at: int | None = id
        while at is not None:
            parent = self._parents[at]
            self._shown[parent] = at
            at = parent

    def end_before(self, id: int) -> None:
        """Show the branch up to a message, without it; the next `add` or `show` ends that."""
        self.show(id)
        self._end_before = id

    def remove(self, ids: Iterable[int]) -> tuple[int | None, int | None]:
        """Take messages away of which each but the first follows another of them.

        What followed them follows what came before the first. Returns that, and what is shown after it: what
        was shown of what followed, else the nearest alternative.
        """
        first, *others = gone = list(ids)
        parent = self._parents[first]
        siblings = self._children[parent]
        at, was_shown = siblings.index(first), self._shown[parent] == first
        nearest = [*siblings[at + 1 :], *reversed(siblings[:at])]
        shown_last = self._after(first, set(gone))
        moved = [child for id in gone for child in self._children.get(id, ()) if child not in others]
        for id in gone:
            del self._parents[id]
            self._children.pop(id, None)
            self._shown.pop(id, None)
        for id in moved:
            self._parents[id] = parent
        self._children[parent] = sorted([*(id for id in siblings if id != first), *moved])
        self._end_before = None
        if was_shown:
            following = [shown_last] if shown_last is not None else [*reversed(moved), *nearest]
            if following:
                self._shown[parent] = following[0]
            else:
                del self._shown[parent]
        return parent, self._shown.get(parent)

    def _after(self, id: int, gone: set[int]) -> int | None:
        """What is shown after these messages, going down from the first of them."""
        at = self._shown.get(id)
        while at in gone:
            at = self._shown.get(at)
        return at
