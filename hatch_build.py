"""Compile the translations into the package while it is built: gettext reads only the compiled form."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface):
    """Hook of the wheel, also of one that only points at this folder."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write each catalogue's compiled form beside it."""
        del version, build_data
        for path in Path(self.root, "tui", "locale").glob("*/LC_MESSAGES/*.po"):
            with path.open("rb") as file:
                catalogue = read_po(file, locale=path.parts[-3])
            for message in catalogue:
                # Babel would write forms that are still empty, and the program would show nothing.
                message.string = message.string if all(message.string or "") else ""
            # The same translations have the same bytes.
            catalogue.creation_date = catalogue.revision_date = datetime(2000, 1, 1, tzinfo=timezone.utc)
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalogue)
