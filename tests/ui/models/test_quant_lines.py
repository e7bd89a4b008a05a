"""Table of quantizations in lines and words."""

import itertools

import pytest
from rich.cells import cell_len

from tests.fit.machines import NOT_SIZED
from tests.ui.model_samples import POOL, model_file
from tui.fit.quants import QuantTable, quant_rows
from tui.fit.verdict import Fit, Speed, Verdict
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.ui.kit.pieces import plain
from tui.ui.models.quant_lines import can_take, row_text, table_lines
from tui.ui.models.verdicts import VERDICTS

ENTRIES = {entry.name: entry for entry in load_catalogue().entries}


LLAMA = ENTRIES["Llama-3.2-3B-Instruct"]


def judged(model: Model) -> Fit:
    """Too big over 6 GiB, tight over 3, with a speed for what fits."""
    size = model.weights_bytes / (1 << 30)
    verdict = Verdict.TOO_BIG if size > 6 else Verdict.TIGHT if size > 3 else Verdict.FITS
    speed = Speed(40 / size, "estimated") if verdict is Verdict.FITS else None
    return Fit(verdict, NOT_SIZED, None, POOL, None, 2048, "f16", speed=speed)


def table(model: Model | None = None, other_models: tuple[Model, ...] = ()) -> QuantTable:
    return quant_rows(model or catalogue_model(LLAMA), judged, other_models)


def row(quant: str, of: QuantTable | None = None):
    return next(candidate for candidate in (of or table()).rows if candidate.quant == quant)


@pytest.mark.parametrize("width", [48, 54, 66, 74, 98, 140])
def test_every_line_stays_within_its_width_and_says_the_verdict_in_words(width: int):
    header, lines = table_lines(table().rows, width)
    for line in (header, *lines):
        assert cell_len(plain(line)) <= width
    for row, line in zip(table().rows, lines, strict=True):
        look = VERDICTS[row.fit.verdict]
        assert f"{look.glyph} {look.word}" in plain(line)
        assert f" {row.quant} " in plain(line)


def test_least_important_columns_are_dropped_first():
    titles = [set(plain(table_lines(table().rows, width)[0]).split()) for width in range(140, 40, -1)]
    for wider, narrower in itertools.pairwise(titles):
        assert narrower <= wider
    assert {"verdict", "quant", "needs", "lost"} <= titles[-1]
    assert "KL" in titles[0]
    dropped = [
        next(i for i, seen in enumerate(titles) if name not in seen) for name in ("KL", "weights", "bits")
    ]
    assert dropped == sorted(dropped)


def test_figures_stand_right_aligned_in_columns():
    _header, lines = table_lines(table().rows, 140)
    ends = {plain(line).index(" GiB") for line in lines}
    assert len(ends) == 1


def test_estimated_speed_is_marked_and_a_missing_one_is_unknown():
    _header, lines = table_lines(table().rows, 140)
    by_quant = {row.quant: plain(line) for row, line in zip(table().rows, lines, strict=True)}
    assert "~21.4" in by_quant["Q4_K_M"]
    assert "n/a" in by_quant["F32"]


def test_row_text_has_bits_size_loss_and_location():
    of = table(catalogue_model(LLAMA, "Q8_0"))
    description = row_text(row("Q4_K_M", of), of.rows)
    assert description.startswith("Each number takes 5.0 bits instead of 16. 1.31 GiB smaller than Q8_0. ")
    assert (
        "Quality lost: a little (KL divergence 0.031 for Llama 3 8B, 0.028 with an importance" in description
    )
    assert "smaller models lose more" in description
    assert "larger than Q8_0" in row_text(row("F16", of), of.rows)
    # The one it was opened on is told beside full precision.
    assert "smaller than F16" in row_text(row("Q8_0", of), of.rows)


def test_loss_without_a_figure_has_a_reason():
    of = table(catalogue_model(ENTRIES["gpt-oss-20b"]))
    assert "Quality lost: n/a (no figure was published" in row_text(row("MXFP4", of), of.rows)


def test_only_available_quantizations_can_be_chosen():
    local_model = Model("Llama-3.2-3B-Instruct", "Q2_K", 1, None, model_file("x", "Q2_K"), LLAMA)
    of = table(other_models=(local_model,))
    assert can_take(row("Q2_K", of))
    assert can_take(row("Q8_0", of))
    assert not can_take(row("Q3_K_S", of))
    assert "no file of it is known" in row_text(row("Q3_K_S", of), of.rows)
