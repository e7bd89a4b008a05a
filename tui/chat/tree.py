"""Tree of a branching conversation: the message that each one follows, and the branch that is shown.

Messages are ids here. Those that follow the same message are alternatives, in the order of their ids.
"""

from collections.abc import Iterable


class Tree:
    """Ids with their children. One branch is shown: at each place the alternative that was shown last."""

    def __init__(self, places: Iterable[tuple[int, int | None, int]] = ()) -> None:
        """Build the tree from growing ids, each with its parent and a number: the later shown, the larger."""
        self._parents: dict[int, int | None] = {}
        self._children: dict[int | None, list[int]] = {}
        self._shown_child: dict[int | None, int] = {}
        """Alternative that is shown after a message; after None, of the first ones."""
        self._end_before: int | None = None
        """Message before which the shown branch ends, until another is added in its place."""
        latest: dict[int | None, int] = {}
        for id, parent, seen in places:
            self._parents[id] = parent
            self._children.setdefault(parent, []).append(id)
            if seen >= latest.get(parent, seen):
                latest[parent], self._shown_child[parent] = seen, id

    def __contains__(self, id: int) -> bool:
        return id in self._parents

    @property
    def shown(self) -> tuple[int, ...]:
        """Messages of the shown branch, from the first to the last."""
        branch: list[int] = []
        id = self._shown_child.get(None)
        while id is not None and id != self._end_before:
            branch.append(id)
            id = self._shown_child.get(id)
        return tuple(branch)

    @property
    def end(self) -> int | None:
        """Last message of the shown branch; None when it is empty."""
        branch = self.shown
        return branch[-1] if branch else None

    def parent(self, id: int) -> int | None:
        """Return the message that it follows; None for a first one."""
        return self._parents[id]

    def children(self, id: int | None) -> tuple[int, ...]:
        """Return the messages that follow it, oldest first; for None the first ones."""
        return tuple(self._children.get(id, ()))

    def below(self, ids: Iterable[int]) -> tuple[int, ...]:
        """Return all messages that follow one of these, directly or not."""
        descendants: list[int] = []
        parents = list(ids)
        while parents:
            children = self._children.get(parents.pop(), ())
            descendants += children
            parents += children
        return tuple(descendants)

    def chosen(self, id: int | None) -> int | None:
        """Return the shown one of the messages that follow it."""
        return self._shown_child.get(id)

    def add(self, id: int, parent: int | None) -> None:
        """Add a message after its parent and show it; its id is larger than all before."""
        self._parents[id] = parent
        self._children.setdefault(parent, []).append(id)
        self.show(id)

    def show(self, id: int) -> None:
        """Show the branch that goes through a message, and the one last shown below it."""
        self._end_before = None
        ancestor: int | None = id
        while ancestor is not None:
            parent = self._parents[ancestor]
            self._shown_child[parent] = ancestor
            ancestor = parent

    def end_before(self, id: int) -> None:
        """Show the branch up to a message, without it; the next `add` or `show` ends that."""
        self.show(id)
        self._end_before = id

    def remove(self, ids: Iterable[int]) -> tuple[int | None, int | None]:
        """Remove messages, each of which but the first follows another of them.

        Messages that followed them follow the parent of the first. Returns that parent and its shown child:
        the message that was shown after those removed, else the nearest alternative.
        """
        first, *descendants = removed = list(ids)
        parent = self._parents[first]
        siblings = self._children[parent]
        index, was_shown = siblings.index(first), self._shown_child[parent] == first
        nearest = [*siblings[index + 1 :], *reversed(siblings[:index])]
        shown_after = self._shown_after(first, set(removed))
        moved = [child for id in removed for child in self._children.get(id, ()) if child not in descendants]
        for id in removed:
            del self._parents[id]
            self._children.pop(id, None)
            self._shown_child.pop(id, None)
        for id in moved:
            self._parents[id] = parent
        self._children[parent] = sorted([*(id for id in siblings if id != first), *moved])
        self._end_before = None
        if was_shown:
            candidates = [shown_after] if shown_after is not None else [*reversed(moved), *nearest]
            if candidates:
                self._shown_child[parent] = candidates[0]
            else:
                del self._shown_child[parent]
        return parent, self._shown_child.get(parent)

    def _shown_after(self, id: int, removed: set[int]) -> int | None:
        """Return the message shown after those removed, going down from the first of them."""
        child = self._shown_child.get(id)
        while child in removed:
            child = self._shown_child.get(child)
        return child
