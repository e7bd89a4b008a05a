"""Garbage collection after the start."""

import gc
import weakref

from tui.ui.kit.gc_freeze import freeze_start


class Node:
    """An object that refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_dead_objects_are_freed_at_every_time_and_present_ones_not_searched() -> None:
    gc.disable()
    present = Node()
    dead = weakref.ref(Node())
    freeze_start()
    assert dead() is None
    assert gc.isenabled()
    assert not any(candidate is present for candidate in gc.get_objects())
    later = weakref.ref(Node())
    gc.collect()
    assert later() is None
