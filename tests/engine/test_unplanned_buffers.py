"""Estimate of the buffers that the engine's plan leaves out."""

from types import SimpleNamespace
from typing import Any

from tui.engine.unplanned_buffers import unplanned_bytes


def model(architecture: str, vocabulary: int = 0, **values: str) -> Any:
    """Return a stand-in for a model with these metadata of its architecture."""
    metadata = {"general.architecture": architecture}
    metadata |= {f"{architecture}.{key.replace('__', '.')}": value for key, value in values.items()}
    return SimpleNamespace(metadata=metadata.get, vocabulary=vocabulary)


def test_the_widest_rows_of_a_batch_and_the_candidates_count() -> None:
    llama = model("llama", 32_000, embedding_length="256", feed_forward_length="1024")

    # 292 bytes for 256 values of ggml's block_q8_K, 12 bytes for a candidate.
    assert unplanned_bytes(llama, 512) == 512 * 1024 * 292 // 256 + 32_000 * 12


def test_all_experts_of_a_token_count_together() -> None:
    expert_model = model(
        "olmoe", embedding_length="256", expert_feed_forward_length="512", expert_used_count="1"
    )
    eight = model("olmoe", embedding_length="256", expert_feed_forward_length="512", expert_used_count="8")

    assert unplanned_bytes(eight, 512) == 8 * unplanned_bytes(expert_model, 512)


def test_graphs_of_many_nodes_are_added() -> None:
    plain, wide = (model(name, embedding_length="256") for name in ("llama", "qwen3next"))

    assert unplanned_bytes(wide, 512) - unplanned_bytes(plain, 512) > 7_000_000


def test_list_of_values_per_layer_counts_as_missing() -> None:
    assert unplanned_bytes(model("x", feed_forward_length="[512, 1024]"), 512) == 0
