from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command_results import Result, unexplained
from tests.gguf_files import write_llama
from tui.models.quantizations import QUANTS

Run = Callable[..., Result]

NAME = "llama-3.2-3b-instruct"


def test_table_has_a_line_for_each_quantization_and_marks_the_named_one(inside: Run):
    result = inside("fit", NAME, "--quants", "--machine", "m1-8gb")
    assert result.code == 0
    head, *lines = result.out.splitlines()
    assert head.split()[:4] == ["verdict", "quant", "bits", "weights"]
    rows = [line for line in lines if any(f" {quant} " in line for quant in QUANTS)]
    assert len(rows) >= 12
    assert [line for line in rows if line.startswith("*")] == [line for line in rows if " Q4_K_M " in line]
    assert rows[0].split()[:3] == ["too", "big", "F32"]
    assert "smaller models lose more" in lines[-2]
    assert "tools/perplexity/README.md" in lines[-1]
    assert "not this machine" in result.err


def test_json_lists_every_quantization_and_explains_every_null(inside: Run):
    document = inside("fit", NAME, "--quants", "--quant", "Q8_0", "--machine", "m1-8gb", "--json").json
    assert list(document) == ["machine", "model", "quants", "quants_reason", "quants_reason_code"]
    assert document["machine"]["what_if"] is True
    assert (document["model"]["name"], document["model"]["quant"]) == ("Llama-3.2-3B-Instruct", "Q8_0")
    assert list(unexplained(document)) == []
    assert document["quants_reason"] is None
    by_quant = {row["quant"]: row for row in document["quants"]}
    assert [quant for quant, row in by_quant.items() if row["current"]] == ["Q8_0"]
    sizes = [row["weights_bytes"] for row in document["quants"]]
    assert sizes == sorted(sizes, reverse=True)
    four = by_quant["Q4_K_M"]
    assert four["quality"]["kl_divergence"] == 0.031273
    assert four["quality"]["lost"] == "a little"
    assert four["published"]
    assert 4 < four["bits_per_weight"] < 6
    assert four["footprint"]["weights_bytes"] == four["weights_bytes"]


def test_row_agrees_with_fit_for_that_quantization(inside: Run):
    rows = inside("fit", NAME, "--quants", "--machine", "m1-8gb", "--json").json["quants"]
    (alone,) = inside("fit", NAME, "--quant", "Q5_K_M", "--machine", "m1-8gb", "--json").json["models"]
    row = next(row for row in rows if row["quant"] == "Q5_K_M")
    # Beside its quantizations, what would make it fit needs no telling.
    assert set(alone) - set(row) == {"changes", "changes_reason", "changes_reason_code"}
    assert {key: alone[key] for key in alone if key in row} == {key: row[key] for key in alone if key in row}


def test_the_files_on_this_disk_are_marked(inside: Run, tmp_path: Path):
    path = write_llama(tmp_path / "Own-Q8_0.gguf", type="Q8_0")
    document = inside("fit", path, "--quants", "--json").json
    assert [row["path"] for row in document["quants"] if row["on_disk"]] == [str(path)]


@pytest.mark.parametrize("models", [(), (NAME, "gemma-3-270m-it")])
def test_one_model_is_required(inside: Run, models: tuple[str, ...]):
    result = inside("fit", *models, "--quants")
    assert result.code == 2
    assert result.err.endswith("--quants takes one MODEL\n")


def test_a_broken_file_fails_in_one_line(inside: Run, tmp_path: Path):
    path = tmp_path / "notes.gguf"
    path.write_text("not a model")
    text = inside("fit", path, "--quants")
    assert text.out == ""
    assert text.failure.startswith("notes: This is not a GGUF file")
    json = inside("fit", path, "--quants", "--json")
    assert json.code == 1
    assert json.json["quants"][0]["verdict"] == "unknown"
    assert json.json["quants_reason"]
    assert list(unexplained(json.json)) == []
