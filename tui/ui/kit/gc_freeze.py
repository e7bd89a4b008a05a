"""Freeze of Python's garbage collector: objects made by the start are never searched again.

A full search goes through all objects of the program. After the start that takes a tenth of a second,
every ten seconds while a reply streams, in which no key is answered and nothing drawn. The command line
disables the search before it imports the dashboard, until `freeze_garbage` is called first.
"""

import gc


def freeze_garbage() -> None:
    """Exclude all present objects from garbage collection, and enable it for later ones.

    Cycles among the present objects that end later are never freed.
    """
    gc.freeze()
    gc.enable()
