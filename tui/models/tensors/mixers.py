"""Tensors of the part of a layer that mixes tokens: attention, or a recurrent part in its place.

Dimensions as llama.cpp's model loader asks for them, in src/models.
"""

from collections.abc import Iterator

from tui.models.architectures import Traits, kv_heads_of_matrices
from tui.models.model import Latent, Shape, StateSpace
from tui.models.tensors.tensor import Tensor


def mixer(shape: Shape, traits: Traits, layer: int) -> Iterator[Tensor]:
    """Yield the tensors of attention, of a recurrent part, of both where they run side by side, or none."""
    kv_heads = kv_heads_of_matrices(shape)[layer]
    if shape.latent is not None:
        yield from _latent_attention(shape, shape.latent)
    elif kv_heads:
        yield from _attention(shape, traits, kv_heads, _sees_everything(shape, layer))
    if traits.parallel or (not kv_heads and layer not in shape.feed_forward_only):
        yield from _recurrent(shape, traits)


def _sees_everything(shape: Shape, layer: int) -> bool:
    return not (shape.sliding_layers and shape.sliding_layers[layer])


def _attention(shape: Shape, traits: Traits, kv_heads: int, is_full: bool) -> Iterator[Tensor]:
    width = shape.embedding
    longer = shape.full_key_length if is_full else 0
    head = longer or shape.key_length
    query = shape.heads * head
    key = kv_heads * shape.key_length
    value = 0 if is_full and shape.values_from_keys else kv_heads * shape.value_length
    merged = shape.heads * (longer or shape.value_length)
    if traits.fused:
        yield Tensor("attn_qkv.weight", (width, query + key + value))
    else:
        query_rows = 2 * query if traits.gated_query else query
        for name, rows in (("q", query_rows), ("k", key), ("v", value)):
            if not rows:
                continue
            yield Tensor(f"attn_{name}.weight", (width, rows))
            if traits.qkv_bias:
                yield Tensor(f"attn_{name}.bias", (rows,))
    if traits.qk_norm != "none":
        one_head = traits.qk_norm == "head"
        yield Tensor("attn_q_norm.weight", (head if one_head else query,))
        yield Tensor("attn_k_norm.weight", (head if one_head else key,))
    if traits.output_gate:
        yield Tensor("attn_gate.weight", (width, query))
    yield Tensor("attn_output.weight", (merged, width))
    if traits.output_bias:
        yield Tensor("attn_output.bias", (width,))
    if traits.sinks:
        yield Tensor("attn_sinks.weight", (shape.heads,))


def _latent_attention(shape: Shape, latent: Latent) -> Iterator[Tensor]:
    width, heads = shape.embedding, shape.heads
    query = heads * (latent.nope + latent.rope)
    if latent.q_rank:
        yield Tensor("attn_q_a_norm.weight", (latent.q_rank,))
        yield Tensor("attn_q_a.weight", (width, latent.q_rank))
        yield Tensor("attn_q_b.weight", (latent.q_rank, query))
    else:
        yield Tensor("attn_q.weight", (width, query))
    yield Tensor("attn_kv_a_norm.weight", (latent.kv_rank,))
    yield Tensor("attn_kv_a_mqa.weight", (width, latent.kv_rank + latent.rope))
    yield Tensor("attn_k_b.weight", (latent.nope, latent.kv_rank, heads))
    yield Tensor("attn_v_b.weight", (latent.kv_rank, latent.value, heads))
    yield Tensor("attn_output.weight", (heads * latent.value, width))


def _recurrent(shape: Shape, traits: Traits) -> Iterator[Tensor]:
    if traits.recurrent == "short_convolution":
        yield from _short_convolution(shape)
    elif shape.state_space is not None:
        match traits.recurrent:
            case "mamba":
                yield from _mamba(shape.embedding, shape.state_space)
            case "mamba2":
                yield from _mamba2(shape.embedding, shape.state_space)
            case "delta_net":
                yield from _delta_net(shape.embedding, shape.state_space, traits.joined_steps)
            case _:
                pass


def _short_convolution(shape: Shape) -> Iterator[Tensor]:
    width = shape.embedding
    # The state keeps every column of the kernel but the newest.
    kernel = shape.recurrent_state // width + 1
    yield Tensor("shortconv.conv.weight", (kernel, width))
    yield Tensor("shortconv.in_proj.weight", (width, 3 * width))
    yield Tensor("shortconv.out_proj.weight", (width, width))


def _mamba(width: int, space: StateSpace) -> Iterator[Tensor]:
    inner = space.inner
    yield Tensor("ssm_in.weight", (width, 2 * inner))
    yield Tensor("ssm_conv1d.weight", (space.kernel, inner))
    yield Tensor("ssm_conv1d.bias", (inner,))
    yield Tensor("ssm_x.weight", (inner, space.step_rank + 2 * space.state))
    yield Tensor("ssm_dt.weight", (space.step_rank, inner))
    yield Tensor("ssm_dt.bias", (inner,))
    yield Tensor("ssm_a", (space.state, inner))
    yield Tensor("ssm_d", (inner,))
    yield Tensor("ssm_out.weight", (inner, width))


def _mamba2(width: int, space: StateSpace) -> Iterator[Tensor]:
    inner, heads = space.inner, space.step_rank
    convolved = inner + 2 * space.groups * space.state
    yield Tensor("ssm_in.weight", (width, inner + convolved + heads))
    yield Tensor("ssm_conv1d.weight", (space.kernel, convolved))
    yield Tensor("ssm_conv1d.bias", (convolved,))
    yield Tensor("ssm_dt.bias", (heads,))
    yield Tensor("ssm_a", (1, heads))
    yield Tensor("ssm_d", (1, heads))
    yield Tensor("ssm_norm.weight", (inner // max(1, space.groups), space.groups))
    yield Tensor("ssm_out.weight", (inner, width))


def _delta_net(width: int, space: StateSpace, joined: bool) -> Iterator[Tensor]:
    heads = space.step_rank
    convolved = space.inner + 2 * space.groups * space.state
    yield Tensor("attn_qkv.weight", (width, convolved))
    yield Tensor("attn_gate.weight", (width, space.inner))
    yield Tensor("ssm_conv1d.weight", (space.kernel, convolved))
    yield Tensor("ssm_dt.bias", (heads,))
    yield Tensor("ssm_a", (heads,))
    if joined:
        yield Tensor("ssm_ba.weight", (width, 2 * heads))
    else:
        yield Tensor("ssm_beta.weight", (width, heads))
        yield Tensor("ssm_alpha.weight", (width, heads))
    yield Tensor("ssm_norm.weight", (space.state,))
    yield Tensor("ssm_out.weight", (space.inner, width))
