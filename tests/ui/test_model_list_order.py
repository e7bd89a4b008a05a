"""Order, filter and columns of the model list, without an app."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.ui.model_samples import fit, model
from tui.fit.verdict import Verdict
from tui.sentences import reason
from tui.ui.models.columns import context_word, plan_columns, row_cells, size_word
from tui.ui.models.order import SORTS, matches, next_sort, sort_models
from tui.units import GIB

FITS = model("small", here=False, weights=GIB)
FITS_HERE = model("tiny", here=True, weights=GIB // 4)
TIGHT = model("medium", weights=4 * GIB)
TOO_BIG = model("huge", weights=40 * GIB)
UNSIZED = model("new")
BROKEN = model("broken", error=reason("models.header_cut_off", byte=9))
ALL = [UNSIZED, BROKEN, TOO_BIG, TIGHT, FITS, FITS_HERE]
ALL_FITS = {
    FITS.key: fit(Verdict.FITS, 1.3),
    FITS_HERE.key: fit(Verdict.FITS, 0.4),
    TIGHT.key: fit(Verdict.TIGHT, 5.2),
    TOO_BIG.key: fit(Verdict.TOO_BIG, 42),
}


def names(models):
    return [each.name for each in models]


def test_by_verdict_the_best_comes_first_and_of_equals_what_is_on_the_disk():
    assert names(sort_models(ALL, ALL_FITS, "verdict")) == [
        "tiny",
        "small",
        "medium",
        "huge",
        "broken",
        "new",
    ]


def test_by_size_goes_from_small_to_large_and_the_unsized_come_last():
    assert names(sort_models(ALL, ALL_FITS, "size")) == ["tiny", "small", "medium", "huge", "broken", "new"]


def test_by_disk_the_files_come_first_in_the_order_of_their_verdicts():
    assert names(sort_models(ALL, ALL_FITS, "disk"))[:2] == ["tiny", "broken"]


def test_by_name_ignores_case():
    assert names(sort_models([model("b"), model("C"), model("A")], {}, "name")) == ["A", "b", "C"]


@given(st.permutations(ALL), st.sampled_from(SORTS))
def test_the_order_does_not_depend_on_the_order_before(shuffled, sort):
    assert sort_models(shuffled, ALL_FITS, sort) == sort_models(ALL, ALL_FITS, sort)


def test_the_sort_key_goes_through_all_orders_and_around():
    seen = [SORTS[0]]
    for _step in SORTS:
        seen.append(next_sort(seen[-1]))
    assert tuple(seen) == (*SORTS, SORTS[0])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["new", "broken", "huge", "medium", "small", "tiny"]),
        ("HUGE", ["huge"]),
        ("q4_k tight", ["medium"]),
        ("too big", ["huge"]),
        ("on disk", ["broken", "tiny"]),
        ("meta unknown", ["broken"]),
        ("nothing like it", []),
    ],
)
def test_every_word_of_the_filter_must_be_found(query, found):
    assert names(each for each in ALL if matches(each, ALL_FITS.get(each.key), query)) == found


@pytest.mark.parametrize("width", [31, 38, 46, 58, 76, 100, 140, 198])
def test_a_row_is_exactly_as_wide_as_the_list(width):
    hostile = model("模型-非常长的名字-" * 4, "Q4_K_M", here=True)
    columns = plan_columns([*ALL, hostile], width)
    for each in (*ALL, hostile):
        row = "".join(text for text, _role in row_cells(each, ALL_FITS.get(each.key), True, columns))
        assert cell_len(row) == width


def test_a_wide_list_has_more_columns_and_loses_none():
    before = set()
    for width in range(40, 160):
        columns = plan_columns(ALL, width)
        now = {name for name in ("disk_word", "parameters", "context", "license") if getattr(columns, name)}
        assert before <= now
        before = now
    assert before == {"disk_word", "parameters", "context", "license"}


def row_text(width, each, its_fit, loaded=False):
    return "".join(text for text, _role in row_cells(each, its_fit, loaded, plan_columns([each], width)))


def test_a_row_says_the_verdict_in_glyph_and_word_and_keeps_the_quantization():
    row = row_text(46, model("Llama-3.2-3B-Instruct", here=True), fit(Verdict.TIGHT, 5.2))
    assert "◐ tight" in row
    assert "Q4_K_M" in row
    assert "5.20G" in row
    assert "■" in row


def test_a_long_name_is_cut_in_its_middle():
    row = row_text(46, model("DeepSeek-R1-Distill-Llama-70B-Uncensored"), fit())
    assert "DeepSe" in row
    assert "…" in row
    assert "censored" in row


def test_a_model_that_is_not_here_is_dim_and_says_so_where_there_is_room():
    each = model("Llama")
    cells = row_cells(each, fit(), False, plan_columns([each], 100))
    assert ("□ not on disk".strip(), "dim") in [(text.strip(), role) for text, role in cells]
    assert {role for text, role in cells if "Llama" in text} == {"dim"}


def test_the_loaded_model_is_marked_and_no_other():
    assert row_text(60, FITS, fit(), loaded=True).startswith("▶")
    assert "▶" not in row_text(60, FITS, fit())


def test_an_estimate_is_marked_and_unknown_is_said():
    assert size_word(FITS, fit(total=2, source="formula")) == "~2.00"
    assert size_word(FITS, fit(total=2)) == "2.00"
    assert size_word(BROKEN, None) == "n/a"
    assert size_word(UNSIZED, None) == "…"


@pytest.mark.parametrize("source", ["engine", "formula"])
def test_what_ran_here_is_marked_in_place_of_another_sign(source):
    ran = msgspec.structs.replace(fit(total=2, source=source), measured_bytes=3 << 30)
    assert size_word(FITS, ran) == "✓2.00"
    plain = row_text(60, FITS, fit(total=2))
    assert row_text(60, FITS, ran) == plain.replace(" 2.00", "✓2.00")


def test_names_from_outside_have_no_control_characters():
    row = row_text(60, model("evil\x1b[31m\nname\x00"), fit())
    assert "evil name" in row


@pytest.mark.parametrize(
    ("tokens", "word"),
    [(8192, "8k"), (131072, "128k"), (1 << 20, "1M"), (1000, "1000"), (0, "n/a"), (None, "n/a")],
)
def test_a_context_is_said_as_people_do(tokens, word):
    assert context_word(tokens) == word
