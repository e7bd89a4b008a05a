"""Models and their files, with the facts that sizing, listing and loading need."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

import msgspec

from tui.sentences import Reason, reason

Purpose = Literal["chat", "text", "other"]
"""`text` is a model without a chat template: it continues what it is given. `other` cannot chat."""

_MAPPED_ALIGNMENT = 32
"""Bytes to which llama.cpp wants mapped tensors aligned."""


Use = Literal["chat", "summarise", "translate", "draft", "code", "extract", "tools", "reasoning"]
"""Task that people choose a model for."""
USES: tuple[Use, ...] = get_args(Use)
Thinking = Literal["no", "yes", "both"]
"""Thinking of a model before it answers; `both` when the user can choose."""
CommercialUse = Literal["yes", "no", "conditions"]
"""Permission of a licence for commercial use; `conditions` such as a limit on revenue."""


class Latent(msgspec.Struct, frozen=True):
    """Multi-head latent attention: K and V of all heads are unpacked from one narrow row."""

    kv_rank: int
    """kv_lora_rank: the width of that row, without its rotated part."""
    rope: int
    """qk_rope_head_dim: elements of Q and K per head that carry the position."""
    nope: int
    """qk_nope_head_dim: elements of Q and K per head that don't."""
    value: int
    """v_head_dim: elements of V per head, once unpacked."""
    q_rank: int = 0
    """q_lora_rank: the width that Q is unpacked from; 0 when it is whole."""


class StateSpace(msgspec.Struct, frozen=True):
    """A recurrent layer: Mamba, Mamba 2, or the gated delta net of linear attention."""

    kernel: int
    """Columns of its convolution."""
    inner: int
    """Width inside the layer: all V heads of linear attention together."""
    state: int
    """Elements that each inner channel keeps; the head size of linear attention."""
    step_rank: int
    """Rank of the time step, or heads: the V heads of linear attention."""
    groups: int = 0
    """Groups that share their B and C: the K heads of linear attention; 0 in the first Mamba."""


class Shape(msgspec.Struct, frozen=True):
    """The dimensions of a model, in elements, under the names the field uses."""

    architecture: str
    """GGUF `general.architecture`: `llama`, `qwen2`, `gemma3`, …"""
    layers: int
    embedding: int
    """n_embd, the width of the residual stream."""
    feed_forward: int
    """n_ff of a dense layer, or of one expert; 0 when it has none."""
    heads: int
    """Query heads of a layer; 0 in a model without attention."""
    kv_heads: tuple[int, ...]
    """K/V heads, one item a layer; 0 for a layer without KV cache (recurrent or convolution)."""
    key_length: int
    """Elements per head in K."""
    value_length: int
    """Elements per head in V."""
    vocabulary: int
    context_length: int
    """The context it was trained for, in tokens."""
    tied_embeddings: bool = False
    """True when the output matrix is the embedding matrix."""
    sliding_window: int | None = None
    """Tokens a sliding-window layer looks back; None when every layer sees everything."""
    sliding_layers: tuple[bool, ...] = ()
    """True for each layer that uses the window; empty when none does."""
    experts: int = 0
    experts_used: int = 0
    mla_cache_width: int | None = None
    """Multi-head latent attention: kv_lora_rank + rope dimensions, the one K row kept per token and layer."""
    latent: Latent | None = None
    """Dimensions of latent attention; `key_length` and `value_length` are then those of the one row kept."""
    recurrent_state: int = 0
    """Elements of convolution plus state-space state per recurrent layer and sequence."""
    state_space: StateSpace | None = None
    """Dimensions of the recurrent layers; None for short convolutions and other kinds."""
    feed_forward_only: tuple[int, ...] = ()
    """Layers, from 0, that are a feed-forward network and nothing else (Nemotron-H)."""
    shared_feed_forward: int = 0
    """n_ff of the experts that work on every token, all of a layer together."""
    dense_layers: int = 0
    """Number of first layers of a model of experts that have a dense feed-forward network instead."""
    dense_feed_forward: int = 0
    """n_ff of those layers."""
    expert_width: int = 0
    """Width that the experts work in, where a matrix narrows the embedding before; 0 for the embedding's."""
    full_key_length: int = 0
    """Elements per head in a layer that sees everything, a multiple of `key_length`; 0 for no other number.

    `kv_heads` then counts such a head as so many of `key_length`.
    """
    values_from_keys: bool = False
    """True where layers that see everything take V from K, without a matrix of its own."""
    layer_input: int = 0
    """Width of the input that each layer has of its own (Gemma 4); 0 for none."""
    shared_cache_feed_forward: int = 0
    """n_ff of layers that read the KV cache of an earlier one, where it differs; 0 for no other number."""
    parameters: int | None = None
    active_parameters: int | None = None
    """Parameters read per token; None when all are."""


class HeaderLayout(msgspec.Struct, frozen=True):
    """Offsets of the parts of a header, in bytes of the file."""

    vocabulary_lists: tuple[tuple[int, int], ...]
    """First byte and length of each long list of its vocabulary, in order."""
    table_end: int
    """After the table of tensors; padding follows."""
    data_offset: int
    """Offset of the first tensor."""
    alignment: int


class ModelFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A GGUF model in files on this disk, or the reason why it cannot be used."""

    path: Path
    """The file to give to the engine; the first of a split model."""
    shards: tuple[Path, ...]
    """Every file of it, in order; one for a model that is not split."""
    size_bytes: int
    """Of all shards together."""
    modified_ns: int
    name: str
    """For the list, without the quantization: `SmolLM2-135M-Instruct`."""
    quant: str
    """`Q4_K_M`, `F16`, …; empty when it is not known."""
    found_in: str
    """Code of the store that has it, such as `own`, `package`, `file` or `ollama`."""
    weights_bytes: int
    """Sum of the tensors, each padded to the file's alignment: the bytes that the engine will hold."""
    shape: Shape | None
    """None when the model cannot be sized; `shape_reason` is then the reason."""
    shape_reason: Reason | None = None
    active_bytes: dict[str, int] = {}
    """Bytes of weights read per generated token, by tensor type; empty when the file cannot be used."""
    prompt_weights: dict[str, int] = {}
    """Weights that each token of a prompt is multiplied by, by tensor type; empty as above."""
    vocabulary: str = ""
    """Identity of its vocabulary: tokenizer, tokens and merges; empty when it has none."""
    layout: HeaderLayout | None = None
    """Layout of its first file; None when that could not be read."""
    reads_text: bool = True
    """False for a file without a vocabulary, which can be sized but not asked."""
    chat_template: bool = False
    """True when the file carries `tokenizer.chat_template`."""
    kind: str = ""
    """Kind of a sound file that is no model to talk to, such as `embedding`; empty for others."""
    error: Reason | None = None
    """Reason why the file cannot be used, with the remedy in its sentence; None for a good file."""
    stored_as: str = ""
    """Its name in the store: `llama3.2:3b`, a repository, a package; empty for none."""
    architecture: str = ""
    """`general.architecture` of its header; empty for none."""
    header_name: str = ""
    """Name in its header, `general.name`; empty for none."""
    sha256: str = ""
    """Hash of its content where a store names it; empty where nobody does, and for a split model."""
    elsewhere: tuple["OtherPlace", ...] = ()
    """Other names of the same content on this disk."""
    span: tuple[int, int] | None = None
    """First byte and length of the model in a llamafile; None for a file that is the model itself."""
    is_own_download: bool = False
    """True when llmtui downloaded it, and so may delete it."""

    @property
    def offset(self) -> int:
        """The byte of the file where the model starts."""
        return self.span[0] if self.span is not None else 0


class OtherPlace(msgspec.Struct, frozen=True):
    """Another name of a file's content."""

    path: Path
    found_in: str
    """Code of the store."""
    stored_as: str
    """Its name there; empty for none."""


class CatalogueRepository(msgspec.Struct, frozen=True):
    """A hub repository with GGUF files of a model."""

    name: str
    """Owner and name: `bartowski/Llama-3.2-3B-Instruct-GGUF`."""
    files: str
    """Name of its files with `{quant}` in it: `Llama-3.2-3B-Instruct-{quant}.gguf`."""
    quants: tuple[str, ...]
    """Quantizations that it offers, small to large."""


class RecommendedSampling(msgspec.Struct, frozen=True):
    """Sampling settings that are published for a model."""

    values: Mapping[str, float]
    """By the names of the engine's sampling settings; only those that are published."""
    source: str
    """Publication, with its place in it."""
    thinking: bool | None = None
    """True for a model that thinks first, False for one that answers at once, None for both."""

    def __hash__(self) -> int:
        """Hash of the settings in any order, so that an entry of the catalogue can be the key of a cache."""
        return hash((frozenset(self.values.items()), self.source, self.thinking))


class CatalogueEntry(msgspec.Struct, frozen=True):
    """A published model that llmtui knows by name, on this disk or not: one `[[model]]` of models.toml."""

    name: str
    publisher: str
    license: str
    released: str | None
    """ISO date or month: `2024-09`; None when it is not known."""
    use: str
    """Its purpose in one short sentence."""
    languages: tuple[str, ...]
    """Codes, the best known first; empty when they are not known."""
    shape: Shape
    quants: tuple[str, ...]
    """Quantizations that are published in any of its repositories, small to large."""
    default_quant: str
    repository: str
    """First of its repositories: `bartowski/Llama-3.2-3B-Instruct-GGUF`."""
    repositories: tuple[CatalogueRepository, ...] = ()
    """Hub repositories of its GGUF files, the preferred one first."""
    uses: tuple[Use, ...] = ()
    """Tasks that it is good for; empty when that is not known."""
    chosen_for: tuple[str, ...] = ()
    """Languages for which it is in the catalogue, of those it knows."""
    thinking: Thinking | None = None
    """None when it is not known."""
    tools: bool | None = None
    """True for a model that was trained to call tools; None when it is not known."""
    commercial: CommercialUse | None = None
    """Permission of its licence for commercial use; None for a licence that is not known here."""
    superseded_by: str | None = None
    """Name of the model that took its place; None for a current one."""
    sampling: tuple[RecommendedSampling, ...] = ()
    """Published sampling settings, for thinking and without; empty where none is known."""

    @property
    def languages_unlisted(self) -> bool:
        """True for a translator of which nobody says which languages it knows; it may know any."""
        return not self.languages and "translate" in self.uses

    def may_know(self, language: str) -> bool:
        """Return True for a language that it knows, and for any where its publisher does not list them."""
        return language in self.languages or self.languages_unlisted


class Model(msgspec.Struct, frozen=True, dict=True):
    """One row of the list: a model at one quantization, on this disk or only in the catalogue."""

    name: str
    quant: str
    weights_bytes: int
    """Exact for a file; by tensor types for a catalogue entry."""
    shape: Shape | None
    file: ModelFile | None
    entry: CatalogueEntry | None
    remote: ModelFile | None = None
    """The header of a file on a web server, with a hole for its weights: enough to size it."""
    place: str = ""
    """Name of the place that runs it, such as a server; empty for this machine and its engine."""

    @property
    def label(self) -> str:
        """Name and quantization, as a person reads them: `SmolLM2-135M-Instruct Q4_1`."""
        return f"{self.name} {self.quant}".strip()

    @property
    def on_disk(self) -> bool:
        """True when a file of it is on this disk, readable or not."""
        return self.file is not None

    @property
    def path(self) -> Path | None:
        """The file on this disk, the first of a split model; None when there is none."""
        return self.file.path if self.file else None

    @property
    def file_error(self) -> Reason | None:
        """Reason why the file on this disk cannot be used; None for a good file, and where there is none."""
        return self.file.error if self.file else None

    @property
    def load_problem(self) -> Reason | None:
        """Reason why our engine cannot load the file on this disk; None when it can, and without a file."""
        # The engine maps the file, and its tensors must be aligned in memory. Llamafiles are made so.
        if self.file is not None and self.file.error is None and self.file.offset % _MAPPED_ALIGNMENT:
            return reason("models.llamafile", file=self.file.path.name)
        return self.file_error

    @property
    def purpose(self) -> Purpose | None:
        """Its use, as far as the header tells; None for a file that cannot be read."""
        file = self.source
        if file is None:
            # The catalogue has models that chat.
            return "chat"
        if file.error is not None and not file.kind:
            return None
        if file.kind or not file.reads_text:
            return "other"
        return "chat" if file.chat_template else "text"

    @property
    def purpose_reason(self) -> Reason | None:
        """Reason why it does not chat, only continues text, or is not known; None for a model that chats."""
        file = self.source
        match self.purpose:
            case None:
                return file.error if file is not None else None
            case "chat":
                return None
            case "text":
                return reason("models.kind_text")
            case "other":
                kind = file.kind if file is not None else ""
                return reason(f"models.kind_{kind}") if kind else reason("models.kind_no_vocabulary")

    @property
    def load_path(self) -> Path | None:
        """The file to give to the engine; None when the model cannot be loaded."""
        return self.path if self.runs_here and self.load_problem is None else None

    @property
    def can_load(self) -> bool:
        """True when our engine can load it now: it runs here, from a file on this disk that can be used."""
        return self.load_path is not None

    @property
    def can_chat(self) -> bool:
        """True when it can be loaded and then asked."""
        return self.can_load and self.purpose != "other"

    @property
    def runs_here(self) -> bool:
        """True when this machine would run it, so that its memory decides whether it fits."""
        return not self.place

    @property
    def source(self) -> ModelFile | None:
        """The file, on this disk or on a web server, whose header describes the model."""
        return self.file or self.remote

    # Asked for many times in a list of thousands.
    @cached_property
    def key(self) -> str:
        """Unique and stable in one list: the path of a file, or name and quantization, with the place."""
        if self.place:
            return f"{self.place}/{self.name}:{self.quant}"
        return str(self.source.path) if self.source else f"{self.name}:{self.quant}"
