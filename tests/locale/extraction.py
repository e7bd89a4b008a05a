"""The texts for people in the code and in files of data, collected as a template of catalogues."""

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

from tests.locale.data_texts import data_texts

KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
    "Plural": (1, 2),
}
"""Functions that mark a text, and their arguments: its context and its forms; None for the only one."""
COMMENT_TAG = "Translators:"
"""Beginning of a comment above a text that translators have to read."""


def extracted(project: Path) -> Catalog:
    """Return every marked text of the package `tui`, by files and lines, then those in files of data."""
    template = Catalog(project="llmtui", charset="utf-8", fuzzy=False)
    for path in sorted((project / "tui").rglob("*.py")):
        location = path.relative_to(project).as_posix()
        messages = extract_from_file(
            "python", path, keywords=KEYWORDS, comment_tags=(COMMENT_TAG,), strip_comment_tags=True
        )
        for line, text, comments, context in messages:
            template.add(text, locations=[(location, line)], auto_comments=comments, context=context)
    for file, line, text in data_texts(project):
        template.add(text, locations=[(file, line)])
    return template
