"""Columns of models: their words, the orders by them, and the ones that are printed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.model_samples import ALL, ALL_FITS, BROKEN, FITS, TIGHT, UNSIZED, fit, model
from tui.services.model_columns import (
    COLUMNS,
    PRINTED,
    SORTS,
    context_word,
    longest_context_word,
    next_sort,
    size_word,
    sort_models,
    sort_title,
)


def names(models):
    return [model.name for model in models]


def test_order_by_verdict_has_the_best_first_then_files_on_disk():
    assert names(sort_models(ALL, ALL_FITS, "verdict")) == [
        "tiny",
        "small",
        "medium",
        "huge",
        "broken",
        "new",
    ]


def test_order_by_size_is_ascending_with_unknown_sizes_last():
    assert names(sort_models(ALL, ALL_FITS, "size")) == ["tiny", "small", "medium", "huge", "broken", "new"]


def test_order_by_disk_has_files_first_by_verdict():
    assert names(sort_models(ALL, ALL_FITS, "disk"))[:2] == ["tiny", "broken"]


def test_order_by_name_ignores_case():
    assert names(sort_models([model("b"), model("C"), model("A")], {}, "name")) == ["A", "b", "C"]


@given(st.permutations(ALL), st.sampled_from(SORTS))
def test_the_order_does_not_depend_on_the_order_before(shuffled, sort):
    assert sort_models(shuffled, ALL_FITS, sort) == sort_models(ALL, ALL_FITS, sort)


def test_the_sort_key_goes_through_all_orders_and_around():
    seen = [SORTS[0]]
    for _step in SORTS:
        seen.append(next_sort(seen[-1]))
    assert tuple(seen) == (*SORTS, SORTS[0])


def test_each_order_has_a_title():
    assert [sort_title(sort) for sort in SORTS] == ["verdict", "speed", "size", "name", "on disk"]


def test_estimated_and_unknown_values_are_marked():
    assert size_word(FITS, fit(total=2, source="formula")) == "~2.00"
    assert size_word(FITS, fit(total=2)) == "2.00"
    assert size_word(BROKEN, None) == "n/a"
    assert size_word(UNSIZED, None) == "…"


@pytest.mark.parametrize("source", ["engine", "formula"])
def test_a_size_that_was_measured_here_is_marked(source):
    measured = msgspec.structs.replace(fit(total=2, source=source), measured_bytes=3 << 30)
    assert size_word(FITS, measured) == "✓2.00"


@pytest.mark.parametrize(
    ("tokens", "word"),
    [(8192, "8k"), (131072, "128k"), (1 << 20, "1M"), (1000, "1000"), (0, "n/a"), (None, "n/a")],
)
def test_context_is_written_in_thousands(tokens, word):
    assert context_word(tokens) == word


def test_the_printed_row_of_a_model():
    row = {column.title: column.print_text(TIGHT, ALL_FITS[TIGHT.key]) for column in PRINTED}
    assert row == {
        "verdict": "tight",
        "model": "medium",
        "quant": "Q4_K_M",
        "needs": "5.20 GiB",
        "tok/s": "n/a",
        "parameters": "3.2B",
        "trained for": "128k",
        "longest context": "24576",
        "licence": "llama3.2",
        "on disk": "no",
    }


def test_a_superseded_model_has_a_mark_behind_its_name_in_the_list_alone():
    (column,) = [column for column in PRINTED if column.name == "name"]
    new = model("Model-2")
    old = msgspec.structs.replace(new, entry=msgspec.structs.replace(new.entry, superseded_by="Model-3"))

    listed = column.forms[0]
    assert [listed.text(shown, None) for shown in (new, old)] == ["Model-2", "Model-2 †"]
    assert column.print_text(old, None) == "Model-2"


@pytest.mark.parametrize(
    ("tokens", "word"),
    [(None, "-"), (256, "256"), (8192, "8k"), (27904, "27k"), (131072, "128k"), (1 << 20, "1M")],
)
def test_a_longest_context_is_rounded_down(tokens, word):
    assert longest_context_word(tokens) == word


@pytest.mark.usefixtures("in_spanish")
@pytest.mark.parametrize(
    ("uses", "word"),
    [
        (("tools", "chat"), "herram."),
        (("tools", "code", "draft"), "herram.+2"),
        (("reasoning", "code", "tools"), "razonar+2"),
        (("code", "tools", "draft"), "código +2"),
        (("translate", "draft"), "traducir"),
    ],
)
def test_the_narrow_column_of_uses_keeps_their_number_where_it_fits(uses, word):
    (column,) = [column for column in COLUMNS if column.name == "uses"]
    plain = model("Model-2")
    useful = msgspec.structs.replace(plain, entry=msgspec.structs.replace(plain.entry, uses=uses))
    assert column.forms[0].text(useful, None) == word
