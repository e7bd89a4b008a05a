"""Commercial use of a model, by its licence."""

import pytest

from tests.models.catalogue.entries import SHIPPED
from tui.models.catalogue.licenses import COMMERCIAL_USE, commercial_use


@pytest.mark.parametrize(
    ("license_name", "use"),
    [("apache-2.0", "yes"), ("MIT", "yes"), ("cc-by-nc-4.0", "no"), ("llama3.1", "conditions")],
)
def test_a_licence_says_whether_commercial_use_is_allowed(license_name: str, use: str) -> None:
    assert commercial_use(license_name) == use


def test_nothing_is_said_of_an_unknown_licence() -> None:
    assert commercial_use("my-own-licence") is None


def test_every_licence_of_the_table_is_in_lower_case_and_none_is_left_over() -> None:
    assert all(name == name.lower() for name in COMMERCIAL_USE)
    used = {entry.license for entry in SHIPPED.entries if entry.commercial is not None}
    assert len(used) >= 5
