"""Columns of the table of quantizations, which the dialog and `fit --quants` share."""

import msgspec

from tests.ui.model_samples import fit, model
from tui.fit.quants import QuantRow
from tui.fit.verdict import Speed
from tui.models.quality_loss import Quality, quality
from tui.services.quantization_columns import COLUMNS
from tui.units import UNKNOWN


def cells(row: QuantRow) -> dict[str, str]:
    return {column.name: column.text(row) for column in COLUMNS}


def test_a_row_has_a_text_in_every_column():
    judged = msgspec.structs.replace(fit(), speed=Speed(12.3, "estimated"))
    row = QuantRow(model("Here-3B", is_local=True), judged, 4.86, quality("Q4_K_M"), current=True)
    texts = cells(row)
    assert (texts["current"], texts["verdict"], texts["quant"], texts["bits"]) == (
        "*",
        "fits",
        "Q4_K_M",
        "4.9",
    )
    assert (texts["speed"], texts["lost"], texts["file"]) == ("~12.3", "a little", "on disk")


def test_what_is_unknown_is_said_to_be_and_every_heading_has_words():
    row = QuantRow(model("Away-3B"), fit(), None, Quality(None, None, None), published=True)
    texts = cells(row)
    assert (texts["current"], texts["bits"], texts["divergence"]) == ("", UNKNOWN, UNKNOWN)
    assert (texts["lost"], texts["file"]) == (UNKNOWN, "published")
    headings = [(column.heading, column.short_heading) for column in COLUMNS[1:]]
    assert all(short and len(short) <= len(long) for long, short in headings)
