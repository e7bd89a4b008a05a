"""What would make a model fit, under the verdict of `llmtui fit MODEL`."""

from collections.abc import Callable

import pytest

from tests.cli.command_results import Result, unexplained

Run = Callable[..., Result]
M1 = ("--machine", "m1-8gb")


def test_changes_follow_the_reason_one_per_line(inside: Run):
    result = inside("fit", "Llama-3.1-8B-Instruct", *M1)
    assert result.code == 0
    reason, *lines = result.out.splitlines()[2:]
    assert reason.startswith("Llama-3.1-8B-Instruct Q4_K_M: needs ")
    assert [line.partition(", frees ")[0] for line in lines] == [
        "to fit: quantization Q2_K (to download)",
        "to fit: KV cache q4_0, context 1024",
        "to be tight: KV cache q8_0",
        "to be tight: context 4096",
    ]


def test_applied_change_frees_exactly_the_promised_bytes(inside: Run):
    (model,) = inside("fit", "Llama-3.1-8B-Instruct", *M1, "--json").json["models"]
    kinds = [(change["kind"], change["verdict"]) for change in model["changes"]]
    assert kinds == [
        ("quant", "fits"),
        ("context+kv_type", "fits"),
        ("kv_type", "tight"),
        ("context", "tight"),
    ]
    assert model["changes_reason"] is None
    for change in model["changes"]:
        options = ("--ctx", change["context"], "--kv", change["kv_type"], "--quant", change["quant"])
        (after,) = inside("fit", "Llama-3.1-8B-Instruct", *options, *M1, "--json").json["models"]
        assert after["verdict"] == change["verdict"]
        bytes_before = model["footprint"]["total_bytes"]
        assert bytes_before - after["footprint"]["total_bytes"] == change["frees_bytes"]


def test_smallest_size_is_given_when_nothing_helps(inside: Run):
    line = inside("fit", "GLM-4.5-Air", *M1).out.splitlines()[-1]
    assert line.startswith("Even at Q2_K with a context of 512 and a q4_0 KV cache it needs ")
    document = inside("fit", "GLM-4.5-Air", *M1, "--json").json
    assert document["models"][0]["changes"] == []
    assert document["models"][0]["changes_reason"] == line
    assert list(unexplained(document)) == []


def test_a_model_that_fits_needs_no_change(inside: Run):
    (model,) = inside("fit", "gemma-3-270m-it", *M1, "--json").json["models"]
    assert (model["changes"], model["changes_reason"]) == ([], "it fits")
    header, _row, *reasons = inside("fit", "gemma-3-270m-it", *M1).out.splitlines()
    assert header.startswith("verdict")
    assert [line.partition(":")[2].split()[0] for line in reasons] == ["needs", "reads"]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_list_of_all_models_has_no_changes(inside: Run, form: tuple[str, ...]):
    out = inside("fit", *M1, *form).out
    assert "to fit" not in out
    assert "changes" not in out
