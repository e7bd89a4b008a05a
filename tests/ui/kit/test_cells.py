"""Text cut, padded and wrapped to a number of cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.ui.kit.cells import end_cut, middle_cut, pad, wrap


def test_a_long_name_keeps_its_quantization() -> None:
    assert middle_cut("Llama-3.2-3B-Instruct-Q4_K_M", 16) == "Llama-3…t-Q4_K_M"
    assert middle_cut("short", 16) == "short"


@given(st.text(alphabet="ab模型-é"), st.integers(min_value=0, max_value=30))
def test_cuts_never_take_more_cells_than_they_may(text: str, width: int) -> None:
    assert cell_len(middle_cut(text, width)) <= width
    assert cell_len(end_cut(text, width)) <= width


def test_padding_counts_cells_not_characters() -> None:
    assert pad("模", 4) == "模  "


def test_wrapping_breaks_between_words_and_cuts_the_last_row() -> None:
    assert wrap("no GPU found; models run on the CPU", 20, 3) == ["no GPU found; models", "run on the CPU"]
    assert wrap("no GPU found; models run on the CPU", 12, 2) == ["no GPU", "found; mode…"]
