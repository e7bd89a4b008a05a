"""Table of the quantizations that can be downloaded."""

from tests.fit.machines import footprint
from tests.ui.downloads.samples import RAM, request
from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.models.hub.repository import PublishedQuantization
from tui.models.model import Model
from tui.services.downloads.offer import QuantizationOffer
from tui.ui.downloads.offer_lines import offer_table
from tui.ui.kit.pieces import plain, width_of
from tui.units import MIB


def item(label: str, size_mib: int, *, exact: bool = False, done_mib: int = 0) -> QuantizationOffer:
    files = request(f"model-{label}.gguf", size_mib * MIB).files
    model = Model("model", label, size_mib * MIB, None, None, None)
    fit = judge.judge(footprint((size_mib + 100) * MIB), [RAM], LoadSettings(context=8192))
    return QuantizationOffer(PublishedQuantization(label, files), model, fit, exact, done_mib * MIB)


ITEMS = [item("Q4_K_M", 500, exact=True, done_mib=125), item("Q8_0", 1100), item("F16", 3000)]


def test_rows_have_verdict_size_and_need() -> None:
    header, lines = offer_table(ITEMS, "Q4_K_M", 80)
    assert plain(header).split() == ["verdict", "quant", "size", "needs", "at", "8k", "here"]
    assert [plain(line).split() for line in lines] == [
        ["›", "●", "fits", "Q4_K_M", "500", "MiB", "600", "MiB", "25", "%"],
        ["◐", "tight", "Q8_0", "1.07", "GiB", "~1.17", "GiB"],
        ["○", "too", "big", "F16", "2.93", "GiB", "~3.03", "GiB"],
    ]


def test_column_without_anything_to_tell_is_left_out() -> None:
    header, _lines = offer_table(ITEMS[1:], "Q8_0", 80)
    assert "here" not in plain(header)


def test_narrow_table_leaves_out_what_is_here() -> None:
    header, lines = offer_table(ITEMS, "Q4_K_M", 48)
    assert "here" not in plain(header)
    assert all(width_of(line) <= 48 for line in (header, *lines))
