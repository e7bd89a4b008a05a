"""The tables of settings, from the structs and the sentences under their fields."""

import ast
import inspect
from typing import Any

import msgspec

from tests.docs.blocks import code, markdown_table
from tui.settings.named_tables import MachineSettings, PresetSettings
from tui.settings.settings import Settings

_STRUCTS: dict[str, type[msgspec.Struct]] = {
    "": Settings,
    "machines": MachineSettings,
    "presets": PresetSettings,
}


def table(detail: str) -> str:
    """Return the keys at the top of the file, or those of a table such as `machines`."""
    struct = _STRUCTS[detail]
    descriptions = sentences(struct)
    rows = [
        (code(field.name), _default(field), descriptions[field.name])
        for field in msgspec.structs.fields(struct)
    ]
    return markdown_table(("key", "when left out", "means"), rows)


def sentences(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return the docstring of each field of a struct."""
    (body,) = ast.parse(inspect.getsource(struct)).body
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "must be there"
    value: Any = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    match value:
        case None:
            return ""
        case bool():
            return code(str(value).lower())
        case str():
            return code(f'"{value}"')
        case tuple() | dict():
            return "none"
        case _:
            return code(str(value))
