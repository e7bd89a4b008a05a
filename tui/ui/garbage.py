"""Where Python looks for garbage: not in what is there to stay.

A full search goes through everything the program holds: after the start it takes a tenth of a second, every ten
seconds while a reply streams, and meanwhile no key is answered and nothing drawn. Until the first call here the
command line has it look for none at all.
"""

import gc


def set_aside() -> None:
    """What there is now is never searched again, only what comes after; cycles in it that end later stay."""
    gc.freeze()
    gc.enable()
