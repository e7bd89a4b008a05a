"""Columns of the list of models."""

import msgspec
import pytest
from rich.cells import cell_len

from tests.ui.model_samples import ALL, ALL_FITS, FITS, FITS_HERE, fit, model
from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.verdict import Speed, Verdict
from tui.services.model_columns import COLUMNS, SORTS
from tui.ui.models.column_layout import (
    MARKED,
    ColumnWidths,
    column_at,
    cut_name,
    plan_columns,
    row_cells,
    title_cells,
)


@pytest.mark.parametrize("width", [31, 38, 46, 58, 76, 100, 140, 198])
def test_a_row_is_exactly_as_wide_as_the_list(width):
    hostile = model("模型-非常长的名字-" * 4, "Q4_K_M", is_local=True)
    columns = plan_columns(ColumnWidths([*ALL, hostile]), width)
    for listed_model in (*ALL, hostile):
        row = "".join(
            text for text, _role in row_cells(listed_model, ALL_FITS.get(listed_model.key), True, columns)
        )
        assert cell_len(row) == width


RICH = msgspec.structs.replace(
    model("Qwen3-30B-A3B-Instruct-2507"),
    entry=msgspec.structs.replace(
        model("Qwen3").entry,
        uses=("chat", "summarise", "translate", "tools"),
        languages=("en", "es", "fr", "de", "it"),
    ),
)


def test_a_wider_list_keeps_all_columns_of_a_narrower_one():
    previous = {}
    for width in range(31, 240):
        plan = plan_columns(ColumnWidths([*ALL, RICH]), width)
        widths = {name: plan.cells_of(name) for name in plan.names if name != "name"}
        assert all(cells <= widths.get(name, 0) for name, cells in previous.items())
        previous = widths
    assert set(previous) == {column.name for column in COLUMNS if column.forms} - {"name"}


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (57, ["name", "quant", "share", "size", "speed", "uses"]),
        (77, ["name", "quant", "share", "size", "speed", "uses", "languages", "released"]),
        (
            97,
            ["verdict", "name", "quant", "share", "size", "speed", "uses", "languages", "released", "disk"],
        ),
    ],
)
def test_the_columns_follow_the_width_by_their_worth(width, names):
    assert plan_columns(ColumnWidths([*ALL, RICH]), width).names == names


def test_chosen_columns_are_the_only_ones_and_the_first_chosen_stay_longest():
    chosen = ("license", "speed", "quant")
    assert plan_columns(ColumnWidths(ALL), 97, chosen=chosen).names == ["name", "quant", "speed", "license"]
    assert plan_columns(ColumnWidths(ALL), 22, chosen=chosen).names == ["name", "license"]
    # The column of the order is there, too.
    assert "size" in plan_columns(ColumnWidths(ALL), 97, sort="size", chosen=chosen).names


def test_titles_stand_over_their_columns_and_a_place_says_which_column_it_is():
    plan = plan_columns(ColumnWidths([*ALL, RICH]), 97)
    title = "".join(text for text, _role in title_cells(plan, "speed"))
    assert cell_len(title) == 97
    assert title.split() == [
        "verdict",
        "model",
        "quant",
        "needs",
        "GiB",
        "tok/s",
        "good",
        "for",
        "speaks",
        "date",
    ]
    row = "".join(text for text, _role in row_cells(RICH, fit(total=2.5), False, plan))
    assert row.index("Qwen3") == title.index("model")
    assert row.index("summarise") == title.index("good for")
    assert row.index("━") == title.index("needs")
    assert column_at(plan, title.index("tok/s")).name == "speed"
    assert column_at(plan, 0) is None
    assert ("strong", " tok/s") in [(role, text) for text, role in title_cells(plan, "speed")]


def test_a_speed_has_the_role_of_its_pace_and_a_slow_one_a_sign():
    plan = plan_columns(ColumnWidths([RICH]), 97)
    shown_roles = {}
    for speed in (20.0, 5.0, 1.7):
        cells = row_cells(RICH, msgspec.structs.replace(fit(), speed=Speed(speed, "estimated")), False, plan)
        shown_roles |= {text.strip(): role for text, role in cells if role.startswith("pace")}
    assert shown_roles == {"~20": "pace-fast", "~5.0": "pace-readable", "▾~1.7": "pace-slow"}


def row_text(width, listed_model, verdict_fit, loaded=False):
    return "".join(
        text
        for text, _role in row_cells(
            listed_model, verdict_fit, loaded, plan_columns(ColumnWidths([listed_model]), width)
        )
    )


def test_a_row_shows_the_verdict_as_glyph_and_word_and_keeps_the_quantization():
    row = row_text(97, model("Llama-3.2-3B-Instruct", is_local=True), fit(Verdict.TIGHT, 5.2))
    assert "◐ tight" in row
    assert "Q4_K_M" in row
    assert "  5.20 " in row
    assert "■" in row
    narrow = row_text(46, model("Llama-3.2-3B-Instruct", is_local=True), fit(Verdict.TIGHT, 5.2))
    assert narrow.startswith("  ◐ Llama")


def test_a_row_of_a_model_at_another_place_says_elsewhere_and_keeps_its_width():
    served = msgspec.structs.replace(model("Llama-3.2-3B-Instruct"), place="localhost:8080")
    fit_elsewhere = judge.elsewhere(served.place, LoadSettings())
    row = row_text(90, served, fit_elsewhere)
    assert "◇ elsewhere Llama" in row
    assert cell_len(row) == 90
    # THEN a list without such a model gives the word no more room than before
    assert plan_columns(ColumnWidths([model("Llama-3.2-3B-Instruct")]), 90).cells_of("verdict") == len(
        "too big"
    )


def test_a_long_name_is_cut_in_its_middle():
    row = row_text(46, model("DeepSeek-R1-Distill-Llama-70B-Uncensored"), fit())
    assert "DeepSe" in row
    assert "…" in row
    assert "censored" in row


@pytest.mark.parametrize(
    ("on_disk", "verdict", "role"),
    [
        (True, Verdict.FITS, "strong"),
        (True, Verdict.TOO_BIG, "strong"),
        (False, Verdict.FITS, "plain"),
        (False, Verdict.TIGHT, "plain"),
        (False, Verdict.TOO_BIG, "dim"),
    ],
)
def test_a_name_stands_out_on_this_disk_and_recedes_where_the_model_is_too_big(on_disk, verdict, role):
    listed_model = model("Llama", is_local=on_disk)
    cells = row_cells(listed_model, fit(verdict), False, plan_columns(ColumnWidths([listed_model]), 100))
    assert {role for text, role in cells if "Llama" in text} == {role}


def test_a_model_that_is_not_on_disk_is_marked():
    listed_model = model("Llama")
    cells = row_cells(listed_model, fit(), False, plan_columns(ColumnWidths([listed_model]), 100))
    assert ("□", "plain") in [(text.strip(), role) for text, role in cells]


@pytest.mark.parametrize(
    ("name", "width", "text"),
    [
        ("SmolLM2-135M-Instruct", 21, "SmolLM2-135M-Instruct"),
        ("SmolLM2-135M-Instruct", 18, "SmolLM2-135M…"),
        ("Ministral-3-8B-Instruct-2512", 20, "Ministral-3-8B…2512"),
        ("Qwen2.5-Coder-32B-Instruct †", 20, "Qwen2.5-Coder-32B… †"),
        ("gemma-3-12b-it", 12, "gemma-3-12b…"),
        ("Llama-iteration-70B-v2", 12, "Llama…70B-v2"),
    ],
)
def test_the_usual_words_of_a_name_are_cut_before_its_size(name, width, text):
    assert cut_name(name, width) == text


def test_the_loaded_model_is_marked_and_no_other():
    assert row_text(60, FITS, fit(), loaded=True).startswith("▶")
    assert "▶" not in row_text(60, FITS, fit())


@pytest.mark.parametrize("source", ["engine", "formula"])
def test_a_model_that_has_run_here_has_a_check_mark(source):
    ran = msgspec.structs.replace(fit(total=2, source=source), measured_bytes=3 << 30)
    plain = row_text(60, FITS, fit(total=2))
    assert row_text(60, FITS, ran) == plain.replace(" 2.00", "✓2.00")


def test_names_from_outside_have_no_control_characters():
    row = row_text(60, model("evil\x1b[31m\nname\x00"), fit())
    assert "evil name" in row


@pytest.mark.parametrize("width", [40, 52, 66, 100, 140])
def test_mark_does_not_move_its_row(width: int):
    local_model = model("One", is_local=True)
    columns = plan_columns(ColumnWidths([local_model, model("Two")]), width)
    plain, marked = (
        "".join(text for text, _role in row_cells(local_model, fit(), True, columns, marked=is_marked))
        for is_marked in (False, True)
    )
    assert plain.startswith("▶ ●")
    assert marked.startswith(f"▶{MARKED}●")
    assert marked[2:] == plain[2:]
    assert cell_len(marked) == width


@pytest.mark.parametrize("width", [31, 46, 57, 77, 97])
@pytest.mark.parametrize("sort", SORTS)
def test_the_sorted_column_is_shown_at_every_width(width: int, sort: str):
    row = "".join(
        text
        for text, _role in row_cells(
            FITS_HERE, ALL_FITS[FITS_HERE.key], False, plan_columns(ColumnWidths(ALL), width, sort=sort)
        )
    )
    signs = {"verdict": "●", "speed": "n/a", "size": "0.40", "name": "tiny", "disk": "■"}
    assert signs[sort] in row
    assert cell_len(row) == width
