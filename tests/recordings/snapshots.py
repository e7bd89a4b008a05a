"""Texts of the screen that are kept beside a recording, looked at by a person, and compared in every run."""

import difflib
import os
from pathlib import Path

REWRITE = "LLMTUI_REWRITE_SNAPSHOTS"
"""Set to 1, this variable has the tests write what they see in place of what was kept."""


def compare(place: Path, seen: str) -> None:
    """See that a text is what was kept, or keep it where that is asked for.

    Raises:
        AssertionError: it differs; the message is the difference, and how to keep what is seen now.
    """
    __tracebackhide__ = True
    if os.environ.get(REWRITE):
        place.write_text(seen, encoding="utf-8")
    expected = place.read_text(encoding="utf-8") if place.exists() else ""
    name = f"{place.parent.name}/{place.name}"
    difference = "\n".join(
        difflib.unified_diff(
            expected.splitlines(), seen.splitlines(), f"{name} (kept)", f"{name} (seen)", "", "", 2, ""
        )
    )
    if difference:
        raise AssertionError(
            f"{name} looks different:\n{difference}\n"
            f"If it is right now, run this test with {REWRITE}=1 and look at what changed."
        )
