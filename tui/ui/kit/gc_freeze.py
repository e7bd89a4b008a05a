"""Where Python looks for garbage: not in what is there to stay.

A full search goes through everything the program holds. After the start that takes a tenth of a second,
every ten seconds while a reply streams, in which no key is answered and nothing drawn. Until the first call
here there is no search at all: the command line puts it off before it imports the dashboard.
"""

import gc


def set_aside() -> None:
    """What there is now is never searched again, only what comes after; cycles in it that end later stay."""
    gc.freeze()
    gc.enable()
