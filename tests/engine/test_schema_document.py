"""Places in a schema that references lead to."""

from typing import Any

import pytest

from tui.engine.schema_document import referenced_place

ROOT = {
    "$id": "https://example.org/s",
    "prefixItems": [{"type": "integer"}],
    "allOf": [{"anyOf": [{}, {"type": "null"}]}],
    "$defs": {"a/b": {"type": "string"}, "c~d": {"type": "number"}, "50%": {"type": "boolean"}, "0": {}},
}


@pytest.mark.parametrize(
    ("reference", "place", "target"),
    [
        ("#/prefixItems/0", "prefixItems[0]", {"type": "integer"}),
        ("#/allOf/0/anyOf/1", "allOf[0].anyOf[1]", {"type": "null"}),
        ("#/$defs/a~1b", "$defs.a/b", {"type": "string"}),
        ("#/$defs/c~0d", "$defs.c~d", {"type": "number"}),
        ("#/$defs/50%25", "$defs.50%", {"type": "boolean"}),
        ("#/%24defs/0", "$defs.0", {}),
        ("https://example.org/s#/prefixItems/0", "prefixItems[0]", {"type": "integer"}),
        ("#", "", ROOT),
    ],
)
def test_a_reference_leads_into_objects_and_lists(reference: str, place: str, target: Any) -> None:
    assert referenced_place(ROOT, reference) == (place, target)


@pytest.mark.parametrize(
    "reference",
    [
        "#/prefixItems/1",
        "#/prefixItems/00",
        "#/prefixItems/-1",
        "#/x",
        "#name",
        "other.json",
        "#/$defs/0/x/y",
        "##",
    ],
)
def test_reference_to_a_missing_place_is_an_error(reference: str) -> None:
    with pytest.raises(KeyError):
        referenced_place(ROOT, reference)
