"""The tables of the models in the catalogue, from `models.toml`."""

from collections.abc import Callable

from tests.docs.blocks import code, markdown_table
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.catalogue.licenses import COMMERCIAL_USE
from tui.models.model import CatalogueEntry
from tui.models.published_sampling import sampling_of_entry
from tui.services.model_columns import context_word
from tui.units import format_count

_ENTRIES = load_catalogue().entries
_FACTS: dict[str, Callable[[CatalogueEntry], bool]] = {
    "release date": lambda entry: entry.released is not None,
    "uses": lambda entry: bool(entry.uses),
    "languages": lambda entry: bool(entry.languages),
    "thinking": lambda entry: entry.thinking is not None,
    "tools": lambda entry: entry.tools is not None,
    "commercial use": lambda entry: entry.commercial is not None,
    "recommended sampling": lambda entry: bool(sampling_of_entry(entry)),
}
"""Facts that an entry may lack, and whether it has each."""


def table(name: str) -> str:
    """Return a table by its name: `list`, `sampling`, `licences`, or `left out`.

    Raises:
        KeyError: there is no such table.
    """
    return {
        "list": _model_list,
        "sampling": _sampling,
        "licences": _licences,
        "left out": _left_out,
    }[name]()


def _model_list() -> str:
    header = ("model", "by", "released", "parameters", "context", "uses", "thinking", "tools", "licence")
    return markdown_table(header, (_row(entry) for entry in _ENTRIES))


def _row(entry: CatalogueEntry) -> tuple[str, ...]:
    shape = entry.shape
    active = f", {format_count(shape.active_parameters)} active" if shape.active_parameters else ""
    successor = f" (superseded by {entry.superseded_by})" if entry.superseded_by else ""
    tools = {True: "yes", False: "no", None: ""}[entry.tools]
    return (
        entry.name + successor,
        entry.publisher,
        entry.released or "",
        format_count(shape.parameters) + active,
        context_word(shape.context_length),
        ", ".join(entry.uses),
        entry.thinking or "",
        tools,
        entry.license,
    )


def _sampling() -> str:
    models: dict[tuple[str, str], list[str]] = {}
    for entry in _ENTRIES:
        for sampling in sampling_of_entry(entry):
            values = ", ".join(f"{name} {value:g}" for name, value in sampling.values.items())
            mode = {True: "thinking: ", False: "without thinking: ", None: ""}[sampling.thinking]
            models.setdefault((mode + values, sampling.source), []).append(entry.name)
    rows = ((values, ", ".join(names), source) for (values, source), names in models.items())
    return markdown_table(("settings", "models", "source"), rows)


def _licences() -> str:
    used = {entry.license for entry in _ENTRIES}
    return markdown_table(
        ("licence", "commercial use", "models"),
        (
            (code(name), use, str(sum(entry.license == name for entry in _ENTRIES)))
            for name, use in COMMERCIAL_USE.items()
            if name in used
        ),
    )


def _left_out() -> str:
    return markdown_table(
        ("not known", "models"),
        (
            (f"{fact} ({len(names)})", ", ".join(names))
            for fact, names in ((fact, _without(is_known)) for fact, is_known in _FACTS.items())
            if names
        ),
    )


def _without(is_known: Callable[[CatalogueEntry], bool]) -> list[str]:
    return [entry.name for entry in _ENTRIES if not is_known(entry)]
