"""Shapes derived from a table: confirmed by their parameters, or refused."""

from pathlib import Path

import pytest

from tests.models.catalogue.derive import derive, main
from tests.models.catalogue.entries import SHIPPED
from tui.models.listing import find_entry

HEADER = (
    "name parameters layers heads kv_heads head_dim hidden_size vocab_size context architecture experts "
    "active_experts moe_ffn"
)
MINICPM = "openbmb/MiniCPM5-1B 1080632832 24 16 2 128 1536 130560 131072 llama - - 4608"
MIXTURE = "Qwen/Qwen3-30B 30532122624 48 32 4 128 2048 151936 262144 qwen3_moe 128 8 768"


def row(line: str) -> dict[str, str]:
    cells = ("" if cell == "-" else cell for cell in line.split())
    return dict(zip(HEADER.split(), cells, strict=True))


@pytest.mark.parametrize("line", [MINICPM, MIXTURE])
def test_a_right_row_is_confirmed_by_its_parameters(line: str) -> None:
    shape = derive(row(line))

    assert shape.is_confirmed
    assert shape.counted == shape.published


def test_derived_shape_is_that_of_the_entry() -> None:
    entry = find_entry(SHIPPED, "MiniCPM5-1B")
    assert entry is not None
    assert derive(row(MINICPM)).counted == entry.shape.parameters


@pytest.mark.parametrize(
    "changes",
    [{"layers": "28"}, {"hidden_size": ""}, {"architecture": "something_else"}, {"moe_ffn": "9216"}],
)
def test_a_wrong_row_is_not_confirmed(changes: dict[str, str]) -> None:
    assert not derive(row(MINICPM) | changes).is_confirmed


def test_refused_rows_are_printed_with_both_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = MINICPM.replace("openbmb/MiniCPM5-1B", "wrong/One").replace(" 24 ", " 28 ")
    lines = [HEADER.split(), *(list(row(line).values()) for line in (MINICPM, wrong))]
    table = tmp_path / "table.tsv"
    table.write_text("\n".join("\t".join(line) for line in lines), "utf-8")

    assert main([str(table), "openbmb/MiniCPM5-1B", "wrong/One"]) == 1

    printed = capsys.readouterr().out
    assert "parameters = 1_080_632_832" in printed
    assert "not confirmed: 1_080_632_832 are published" in printed
