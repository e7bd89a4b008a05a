"""Garbage collection after the start."""

import gc
import weakref

from tui.ui.kit.gc_freeze import freeze_garbage


class Node:
    """An object that refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_later_garbage_is_collected_and_present_objects_are_not_searched() -> None:
    gc.disable()
    present = Node()
    freeze_garbage()
    assert gc.isenabled()
    assert not any(candidate is present for candidate in gc.get_objects())
    later = weakref.ref(Node())
    gc.collect()
    assert later() is None
