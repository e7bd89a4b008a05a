"""Stores of models as `llmtui doctor` prints them: where they were looked for, and what is there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tui.i18n import _, ngettext
from tui.models.library import StoreReport
from tui.models.stores.stores import store_title
from tui.services.sentences import json_fields, sentence
from tui.text import short_path

_NAMED = ("file", "folder")
"""Codes of the paths of the user, which are no stores."""


def store_lines(stores: Sequence[StoreReport], skipped: Sequence[str], label_cells: int) -> list[str]:
    """Return a line for each store that is there, its problems, and the names of all others.

    The first has a label of so many cells before it.
    """
    lines: list[str] = []
    absent: list[str] = []
    for store in stores:
        title = sentence(store_title(store.store))
        folders = [folder for folder in store.folders if _is_there(folder)]
        if not folders and not store.problems:
            if store.store not in _NAMED:
                absent.append(title)
            continue
        count = ngettext("{n} model in {folders}", "{n} models in {folders}", store.models)
        places = ", ".join(short_path(folder) for folder in folders or store.folders)
        lines.append(f"{title}: {count.format(n=store.models, folders=places)}")
        lines += [f"  {sentence(problem)}" for problem in store.problems]
    if absent:
        lines.append(_("Not on this disk: {programs}").format(programs=", ".join(absent)))
    if skipped:
        titles = ", ".join(sentence(store_title(code)) for code in skipped)
        lines.append(_("Left out by the settings: {programs}").format(programs=titles))
    head = _("models")
    return [f"{head if number == 0 else '':<{label_cells}} {line}" for number, line in enumerate(lines)]


def stores_json(stores: Sequence[StoreReport]) -> list[dict[str, Any]]:
    """Return every store under the keys that scripts rely on."""
    return [
        {
            "store": store.store,
            "name": sentence(store_title(store.store)),
            "folders": [str(folder) for folder in store.folders],
            "models": store.models,
            "problems": [json_fields("reason", problem) for problem in store.problems],
        }
        for store in stores
    ]


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False
