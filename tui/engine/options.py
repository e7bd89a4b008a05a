"""Settings of a load, settings of sampling, and the request for an answer."""

from typing import Annotated, Literal

import msgspec

KvType = Literal["f16", "q8_0", "q4_0"]


KV_TYPES: tuple[KvType, ...] = ("f16", "q8_0", "q4_0")


MAX_CONTEXT = 1 << 24
"""Longest context of a request, in tokens: the longest published is 10 million, and the engine keeps a record
of each cell even in a dry run, so that a thousand million would fill the memory by itself."""


MAX_BATCH = 1 << 16
"""Largest batch of a request, in tokens."""


class LoadSettings(msgspec.Struct, frozen=True):
    """Settings of a load, which decide the memory it takes."""

    context: Annotated[int, msgspec.Meta(ge=1, le=MAX_CONTEXT)] = 8192
    """Tokens the KV cache holds."""
    kv_type: KvType = "f16"
    gpu_layers: int = -1
    """Layers of the model offloaded to a GPU, from the last, and the output with them; -1 for all, 0 for
    none. Ignored by a build without GPU support."""
    batch: Annotated[int, msgspec.Meta(ge=1, le=MAX_BATCH)] = 512
    """Prompt tokens per decode call, and per micro-batch."""
    threads: int = 0
    """Threads for prompt and generation; 0 for the physical cores this process may use."""
    flash_attention: bool = True
    swa_full: bool = False
    """Keep the whole context in sliding-window layers; False keeps the window only."""
    cpu_experts: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Layers, from the first, whose experts stay in the host's memory wherever the layers are."""


class SamplingSettings(msgspec.Struct, frozen=True):
    """Settings of sampling; the chain is: penalties, top-k, top-p, min-p, temperature, draw."""

    temperature: float = 0.8
    """0 takes the likeliest token every time."""
    top_k: int = 40
    """Keep this many likeliest tokens; 0 keeps all."""
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    """1 is off."""
    presence_penalty: float = 0.0
    """Subtracted from the logit of each token that the text has already; 0 is off."""
    frequency_penalty: float = 0.0
    """Subtracted once for each time that the text has the token; 0 is off."""
    seed: int | None = None
    """None draws a new seed for each reply."""
    max_tokens: int | None = None
    """None generates until the model ends or the context is full."""
    stop: tuple[str, ...] = ()
    """Texts that end the answer where one begins; they do not end the thinking."""


class ToolCall(msgspec.Struct, frozen=True):
    """Call of a tool by a model."""

    name: str
    arguments: str
    """A JSON object."""


class ChatMessage(msgspec.Struct, frozen=True):
    """One message of a conversation, as the chat template takes it."""

    role: Literal["system", "user", "assistant", "tool"]
    """`tool` is the result of a call, which follows the answer that has the call."""
    content: str
    calls: tuple[ToolCall, ...] = ()
    """Calls of tools in an earlier answer; its content is the text beside them."""
    tool: str = ""
    """Name of the tool whose result it is."""


class AnswerRequest(msgspec.Struct, frozen=True):
    """Everything that decides an answer: it goes whole from the prompt to the engine."""

    messages: tuple[ChatMessage, ...] = ()
    """The conversation; empty goes on with `raw_text`."""
    sampling: SamplingSettings = SamplingSettings()
    raw_text: str = ""
    """Read as it is, without a chat template, when there are no messages."""
    continued_text: str = ""
    """Reply so far: the model reads it and continues it."""
    continued_thinking: str = ""
    """Thinking before `continued_text`; without that text, the model continues to think."""
    json_schema: str = ""
    """A JSON schema, as JSON, that the reply has to follow, `continued_text` with it; empty for free text."""
    tools: str = ""
    """Tools that the model may call: a JSON list of functions with `name`, `description` and `parameters`, a
    JSON schema; empty for none."""
    think: bool | None = None
    """True to think first, where the model's template lets one choose; None for the template's default."""
    repetition_tokens: int | None = None
    """Further tokens after which a reply that repeats itself is ended; None lets it go on."""
    ignore_end: bool = False
    """Go on past the model's end of text; for benchmarks of a fixed length."""
    text_interval: float = 0.015
    """Shortest time between two `Text` events, in seconds: what a reader costs grows with events."""
