"""Exclusion of the objects made at the start from Python's garbage collection.

A full collection visits all objects of the program. While a reply streams, that would halt keys and screen
for a tenth of a second every ten seconds. The command line disables garbage collection before it imports the
dashboard; the first call of `freeze_garbage` enables it.
"""

import gc


def freeze_garbage() -> None:
    """Exclude all present objects from garbage collection, and enable it for later objects.

    Reference cycles among the present objects are never freed.
    """
    gc.freeze()
    gc.enable()
