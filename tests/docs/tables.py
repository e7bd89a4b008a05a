"""Every generated block by its name."""

from tests.docs import (
    command_options,
    filter_words,
    json_keys,
    key_bindings,
    model_table,
    pick_table,
    setting_fields,
)
from tests.docs.blocks import code
from tui.settings.theme_names import THEME_NAMES


def table(name: str) -> str:
    """Return the Markdown of the block that a mark names, such as `options: fit`.

    Raises:
        KeyError: no block has this name.
    """
    kind, _colon, detail = name.partition(": ")
    return {
        "keys": key_bindings.table,
        "commands": command_options.commands,
        "options": command_options.options,
        "settings": setting_fields.table,
        "json": json_keys.table,
        "models": model_table.table,
        "filter words": filter_words.table,
        "picks": pick_table.picks,
        "not picked": pick_table.why_not,
        "evidence": pick_table.evidence,
        "themes": _themes,
    }[kind](detail)


def _themes(_detail: str) -> str:
    return ", ".join(map(code, THEME_NAMES)) + "."
