"""Keys that a kind of model needs or cannot have."""

import re
from pathlib import Path

import pytest

from tests.models.catalogue.entries import RETIRED
from tui.models.catalogue.catalogue import load_catalogue, shipped_path
from tui.services.sentences import sentence


def shipped_text(name: str) -> str:
    """The entry of this name, as it stands in its file."""
    parts = (shipped_path().read_text("utf-8") + RETIRED.read_text("utf-8")).split("[[model]]\n")
    return "[[model]]\n" + next(part for part in parts if part.startswith(f'name = "{name}"'))


LATENT, HYBRID, MAMBA = "DeepSeek-V2-Lite-Chat", "granite-4.0-h-tiny", "falcon-mamba-7b-instruct"
ALONE = "NVIDIA-Nemotron-Nano-9B-v2"
WRONG_KIND = {
    "latent attention left out": (LATENT, "latent", None, "a table like { kv_rank = 512"),
    "a rank of nothing": (
        LATENT,
        "latent",
        "{ kv_rank = 0, rope = 64, nope = 128, value = 128 }",
        "a table like",
    ),
    "half a table": (LATENT, "latent", "{ kv_rank = 512, rope = 64 }", "a table like { kv_rank = 512"),
    "a word of the table misspelt": (
        LATENT,
        "latent",
        "{ kv_rank = 512, rope = 64, nope = 128, value = 128, q_rnak = 5 }",
        "a table like",
    ),
    "heads that latent attention gives": (
        LATENT,
        "kv_heads",
        "16",
        "nothing: it has no place in a deepseek2",
    ),
    "dense layers without their width": (LATENT, "dense_feed_forward", None, "since dense_layers is given"),
    "more dense layers than layers": (LATENT, "dense_layers", "28", "at most layers (27)"),
    "a whole number for a table": (HYBRID, "state_space", "128", "a table like { kernel = 4"),
    "groups that do not divide": (
        HYBRID,
        "state_space",
        "{ kernel = 4, inner = 3072, state = 128, groups = 7, step_rank = 48 }",
        "groups that divide inner (3072)",
    ),
    "a width that the engine refuses": (
        HYBRID,
        "state_space",
        "{ kernel = 4, inner = 3000, state = 128, groups = 1, step_rank = 48 }",
        "inner = twice the embedding (3072)",
    ),
    "no layer with attention": (HYBRID, "attention_layers", None, "different layer numbers"),
    "attention in a layer that is not there": (HYBRID, "attention_layers", "[5, 40]", "layers from 0 to 39"),
    "a state of another kind": (
        HYBRID,
        "recurrent_state",
        "4096",
        "nothing: it has no place in a granitehybrid",
    ),
    "experts left out": (ALONE, "shared_feed_forward", "512", "nothing, since experts is not given"),
    "a layer of two kinds": (
        ALONE,
        "attention_layers",
        "[1, 14]",
        "layers that are not among attention_layers",
    ),
    "groups in the first Mamba": (
        MAMBA,
        "state_space",
        "{ kernel = 4, inner = 8192, state = 16, groups = 1, step_rank = 256 }",
        "no groups",
    ),
    "heads without attention": (MAMBA, "heads", "32", "nothing: it has no place in a mamba model"),
    "heads of another size": (
        "Qwen3.5-0.8B",
        "state_space",
        "{ kernel = 4, inner = 2048, state = 64, groups = 16, step_rank = 16 }",
        "inner = state × step_rank (1024)",
    ),
}


@pytest.mark.parametrize("case", WRONG_KIND)
def test_missing_or_forbidden_keys_of_a_kind_are_reported(case: str, tmp_path: Path) -> None:
    name, key, value, expected = WRONG_KIND[case]
    text = shipped_text(name)
    text = re.sub(rf"^{key} = (\[\n(.*\n)*?\]|.*)\n", "", text, flags=re.M).rstrip("\n") + "\n"
    if value is not None:
        text += f"{key} = {value}\n"

    path = tmp_path / "models.toml"
    path.write_text(text + shipped_text("Qwen3-0.6B"), "utf-8")

    catalogue = load_catalogue(path)

    assert [entry.name for entry in catalogue.entries] == ["Qwen3-0.6B"]
    sentences = [sentence(problem.reason) for problem in catalogue.problems]
    assert any(expected in text.partition("; expected ")[2] for text in sentences), sentences
    assert all(text.isprintable() for text in sentences)
