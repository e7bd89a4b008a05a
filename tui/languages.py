"""Languages of the program: one row each."""

from typing import NamedTuple


class Language(NamedTuple):
    """A language that llmtui is written in."""

    name: str
    """Name in the language itself."""


SOURCE_LANGUAGE = "en"
"""Code of the language that the texts in the code are written in."""

LANGUAGES: dict[str, Language] = {
    "en": Language("English"),
    "es": Language("Español"),
}
"""By their codes, as `LANG` begins with; each but that of the code has a catalogue in `tui/locale`."""
