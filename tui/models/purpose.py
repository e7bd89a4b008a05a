"""Purposes of GGUF files: to chat, to continue text, or something that the chat cannot use."""

from collections.abc import Callable, Sequence

from tui.models.gguf.header import ArrayInfo, Header, TensorInfo
from tui.sentences import Reason, reason

_PARTS = frozenset({"mmproj", "adapter", "control_vector", "imatrix", "vocab", "draft"})
"""Kinds of files that belong to a model."""
_OTHER_MODELS = frozenset(
    {"embedding", "reranker", "classifier", "encoder_decoder", "speech", "image", "diffusion"}
)
"""Kinds of models that do not chat."""
KINDS = _PARTS | _OTHER_MODELS | {"no_language", "empty"}
"""Kinds of sound GGUF files that are no model to talk to; `models.kind_…` says of each what it is."""
_ARCHITECTURES = {
    "mmproj": "clip",
    "control_vector": "controlvector",
    "embedding": "bert distilbert eurobert gemma-embedding jina-bert-v2 jina-bert-v3 llama-embed modern-bert "
    "neo-bert nomic-bert nomic-bert-moe roberta t5encoder xlm-roberta",
    "encoder_decoder": "bart flan-t5 m2m-100 marian mbart mt5 nllb pegasus t5 ul2",
    "draft": "dflash eagle3 gemma4-assistant",
    "speech": "bark chatterbox cosyvoice csm dac dia encodec f5-tts funasr kokoro mimi moonshine orpheus "
    "outetts paraformer parakeet parler-tts piper pockettts qwen3tts sensevoice snac vits wav2vec2 "
    "wavtokenizer-dec whisper xtts",
    "image": "aura auraflow chroma cosmos flux flux2 hidream hunyuan_video hyvid kandinsky5 lcm ltxv lumina2 "
    "mochi omnigen pig pixart qwen_image sd1 sd2 sd3 sd3.5 sdxl stable-diffusion wan z_image",
    "diffusion": "diffucoder dream llada llada-moe rnd1",
}
_BY_ARCHITECTURE = {name: kind for kind, names in _ARCHITECTURES.items() for name in names.split()}
NOT_FOR_CHAT = frozenset({"models.no_model", "models.no_chat"})
"""Codes of the reasons that `kind_reason` gives."""
_POOLED = frozenset({1, 2, 3})
"""GGUF `pooling_type`: mean, CLS, last. 0 is none."""
_RANK = 4

_LORA = (".lora_a", ".lora_b", ".loraa", ".lorab")

_Names = Sequence[str]
_TENSORS: tuple[tuple[str, Callable[[_Names], bool]], ...] = (
    ("adapter", lambda names: any(name.lower().endswith(_LORA) for name in names)),
    ("imatrix", lambda names: any(name.endswith(".in_sum2") for name in names)),
    ("control_vector", lambda names: all(name.startswith("direction.") for name in names)),
    ("mmproj", lambda names: all(name.startswith(("v.", "a.", "mm.", "resampler.")) for name in names)),
    ("encoder_decoder", lambda names: _any(names, "enc.blk.") and _any(names, "dec.blk.")),
    ("embedding", lambda names: _any(names, "enc.blk.") and not _any(names, "dec.blk.")),
    (
        "image",
        lambda names: _any(
            names,
            "model.diffusion_model.",
            "first_stage_model.",
            "double_blocks.",
            "joint_blocks.",
            "transformer_blocks.",
            "input_blocks.",
            "unet.",
            "vae.",
        ),
    ),
)
"""Kinds by the names of their tensors, for files that do not tell."""


def kind_of_file(header: Header, tensors: Sequence[TensorInfo]) -> str:
    """Return the kind of a file that is no model to talk to; empty for one that is."""
    declared = _text(header, "general.type")
    if declared in KINDS:
        return declared
    if "adapter.type" in header.metadata:
        return "adapter"
    architecture = _text(header, "general.architecture")
    if kind := _BY_ARCHITECTURE.get(architecture.lower()):
        return kind
    names = [tensor.name for tensor in tensors]
    if not names:
        return "vocab" if "tokenizer.ggml.model" in header.metadata else "empty"
    if kind := next((kind for kind, matches in _TENSORS if matches(names)), ""):
        return kind
    if kind := _kind_by_output(header, architecture, names):
        return kind
    return "" if _any(names, "token_embd.", "blk.") else "no_language"


def kind_reason(kind: str) -> Reason:
    """Return what a file of this kind is, and what to choose instead."""
    advice = "models.no_model" if kind in _PARTS or kind in ("empty", "no_language") else "models.no_chat"
    return reason(advice, kind=reason(f"models.kind_{kind}"))


def _kind_by_output(header: Header, architecture: str, names: _Names) -> str:
    """Return the kind of a model that gives numbers for a text in place of more text."""
    pooling = header.metadata.get(f"{architecture}.pooling_type")
    if pooling == _RANK:
        return "reranker"
    if isinstance(header.metadata.get(f"{architecture}.classifier.output_labels"), ArrayInfo):
        return "classifier"
    if _any(names, "cls.output.", "cls.weight"):
        return "classifier"
    if pooling in _POOLED or header.metadata.get(f"{architecture}.attention.causal") is False:
        return "embedding"
    return ""


def _any(names: _Names, *starts: str) -> bool:
    return any(name.startswith(starts) for name in names)


def _text(header: Header, key: str) -> str:
    value = header.metadata.get(key)
    return value if isinstance(value, str) else ""
