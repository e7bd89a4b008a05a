"""Exclusion of the objects made at the start from Python's garbage collection.

A full collection visits all objects of the program. While a reply streams, that would halt keys and screen
for a tenth of a second every ten seconds. The command line disables garbage collection before it imports the
dashboard, and excludes what the import has made; the first call of `freeze_start` enables it.

Only the start is excluded: reference cycles among excluded objects are never freed, so a call after every
scan would keep what the dashboard had made until then for as long as it runs.
"""

import gc


def freeze_start() -> None:
    """Free dead objects, exclude all others from garbage collection, and enable it for later objects."""
    gc.collect()
    gc.freeze()
    gc.enable()
