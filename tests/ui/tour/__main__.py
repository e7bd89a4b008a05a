"""Walk through every screen in another language: `python -m tests.ui.tour pseudo 80x24 120x40`, or `es`.

It prints a line for each text that is cut, or for each English word. Texts are translated while modules are
imported, so the language is chosen before anything else is.
"""

import asyncio
import os
import sys

from tests.locale.pseudo import PseudoTranslations


def main() -> None:
    """Choose the language, walk, and print what is wrong."""
    language, *sizes = sys.argv[1:]
    os.environ["LANGUAGE"] = language
    from tests.locale.freshness import compile_outdated

    compile_outdated()
    from tui import i18n

    if language == "pseudo":
        i18n._translation = PseudoTranslations()  # pyright: ignore[reportPrivateUsage]
    from tests.ui.tour.looks import CutTexts, EnglishWords
    from tests.ui.tour.walk import NAMES, walk

    look = CutTexts() if language == "pseudo" else EnglishWords(NAMES)
    try:
        asyncio.run(walk([(int(size.split("x")[0]), int(size.split("x")[1])) for size in sizes], look))
    finally:
        print("\n".join(look.problems))


main()
