"""Typed messages between the dashboard and the engine's process, one JSON line each.

Requests go down the child's standard input, events come up a pipe of their own, so that nothing that native
code prints can be taken for a message.
"""

from typing import Literal

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.reply_metrics import FinishReason, ReplyMetrics
from tui.sentences import Reason

# Requests


class SkippedVocabulary(msgspec.Struct, frozen=True):
    """A vocabulary that a dry run leaves out, which makes it some twenty times as fast."""

    architecture: str
    """GGUF `general.architecture` of the file."""
    tokens: int
    """Number of its tokens."""


class PlanRequest(msgspec.Struct, frozen=True, tag="plan"):
    """Size a model by a dry run: read the header, allocate nothing."""

    id: int
    path: str
    settings: LoadSettings
    skip: SkippedVocabulary | None = None
    """None reads the vocabulary; when it is skipped, `process_bytes` of the answer lacks its part."""
    offset: int = 0
    """Byte of the file where the model starts, in a llamafile."""


class LoadRequest(msgspec.Struct, frozen=True, tag="load"):
    """Load a model to answer with. A process loads one model in its life."""

    id: int
    path: str
    settings: LoadSettings
    offset: int = 0
    """Byte of the file where the model starts, in a llamafile."""


class GenerateRequest(msgspec.Struct, frozen=True, tag="generate"):
    """Answer with the loaded model."""

    id: int
    answer: AnswerRequest


class CountRequest(msgspec.Struct, frozen=True, tag="count"):
    """Count tokens without reading them, with the loaded model."""

    id: int
    messages: tuple[ChatMessage, ...]
    """The conversation as it would be sent; empty counts the texts only."""
    texts: tuple[str, ...] = ()
    """Texts to count one by one, without the template around them."""
    think: bool | None = None


class BandwidthRequest(msgspec.Struct, frozen=True, tag="bandwidth_request"):
    """Measure how fast memory is read."""

    id: int
    threads: int = 0
    """0 for the physical cores this process may use."""


class TimeRequest(msgspec.Struct, frozen=True, tag="time"):
    """Load a file, time its decode calls with made-up tokens, and unload it again."""

    id: int
    path: str
    settings: LoadSettings
    skip: SkippedVocabulary | None
    seconds: float
    """Time to generate for."""


class StopRequest(msgspec.Struct, frozen=True, tag="stop"):
    """Stop a load, the reading of a prompt, or a reply; nothing happens when it has ended already."""

    id: int
    """Id of the request to stop."""


Task = PlanRequest | LoadRequest | GenerateRequest | CountRequest | BandwidthRequest | TimeRequest
"""Requests that are carried out one after another."""

Request = Task | StopRequest


# Events


DeviceKind = Literal["cpu", "gpu", "igpu", "accel"]
"""`igpu` shares the system's memory; `accel` helps the processor, as a matrix library does."""


class EngineDevice(msgspec.Struct, frozen=True):
    """A device that the engine's build can compute on, from its registry."""

    name: str
    """The backend and a number: `CPU`, `CUDA0`, `Vulkan1`."""
    description: str
    """Name of the product: `NVIDIA GeForce RTX 4070`."""
    kind: DeviceKind
    free_bytes: int | None = None
    """None when the registry does not tell. Metal does not count other programs."""
    total_bytes: int | None = None
    address: str = ""
    """Its PCI address, `0000:01:00.0`; empty where the backend does not tell."""

    def __str__(self) -> str:
        return f"{self.name}: {self.description}"


class EngineReady(msgspec.Struct, frozen=True, tag="ready"):
    """The child is up and its engine library is loaded."""

    pid: int
    build: str
    """Name, version and build of the engine: key of the plan cache."""
    gpu_offload: bool
    """True when this build can put layers on a GPU."""
    devices: tuple[EngineDevice, ...]
    """Devices in the build's registry."""
    instructions: tuple[str, ...] = ()
    """Instruction sets that the build uses, by the engine's names; empty where it does not list them."""


class Planned(msgspec.Struct, frozen=True, tag="planned"):
    """Answer to a plan."""

    id: int
    footprint: Footprint


class Counted(msgspec.Struct, frozen=True, tag="counted"):
    """Answer to a `CountRequest`."""

    id: int
    prompt_tokens: int
    """The whole prompt, the template's own tokens included; 0 without messages."""
    cached_tokens: int
    """Tokens of the prompt that are in the cache already."""
    texts: tuple[int, ...]
    """Number of tokens of each text."""


class Bandwidth(msgspec.Struct, frozen=True, tag="bandwidth"):
    """Answer to a `BandwidthRequest`."""

    id: int
    bytes_per_second: float
    cpu_share: float | None = None
    """Share of the time in which its threads ran; see `cpu_share`. None where that is not known."""


class Timed(msgspec.Struct, frozen=True, tag="timed"):
    """Answer to a `TimeRequest`."""

    id: int
    token_seconds: float
    """Per generated token."""
    prompt_tps: float
    """Prompt tokens read per second."""
    cpu_share: float | None = None
    """Share of the fastest generating call in which the threads ran; None where that is not known."""


class LoadProgress(msgspec.Struct, frozen=True, tag="load_progress"):
    """Progress of a load."""

    id: int
    fraction: float
    """0 to 1."""


ThinkingMode = Literal["never", "always", "optional"]
"""Times when a model thinks before it answers, by its chat template: `optional` can be turned off."""


class Loaded(msgspec.Struct, frozen=True, tag="loaded"):
    """The model is in memory and ready to answer."""

    id: int
    footprint: Footprint | None
    """Memory that the engine really allocated; None from a place that cannot tell, see `PlaceUnknowns`."""
    resident_bytes: int | None
    """Resident size of the child right after the load; None where it cannot be read."""
    context: int
    seconds: float
    threads: int | None
    """Threads of generation; None from a place that cannot tell."""
    template: Literal["model", "fallback", "none"]
    """The model's own chat template, a plain transcript since that does not work, or since there is none."""
    template_reason: Reason | None = None
    """Reason why the model's own chat template is not used."""
    thinking: ThinkingMode = "never"
    sampling: dict[str, float] = {}
    """Sampling that the file itself recommends, by the names of `SamplingSettings`; no other values."""


class Prompted(msgspec.Struct, frozen=True, tag="prompted"):
    """The prompt of a reply, exactly as the model reads it, sent before any of it is read."""

    id: int
    text: str
    """The conversation as the chat template writes it, and the reply so far where it is continued."""
    tokens: int
    reason: Reason | None = None
    """Reason why it is a plain transcript; None when the model's own template made it."""
    follows_schema: bool = True
    """False when the reply so far does not follow the schema, so that it continues without the schema."""
    tool_form: Literal["template", "text"] | None = None
    """Tools described by the model's own chat template, or in a plain text; None without tools."""


class PromptProgress(msgspec.Struct, frozen=True, tag="prompt_progress"):
    """Progress of reading the prompt."""

    id: int
    done_tokens: int
    total_tokens: int
    cached_tokens: int


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A piece of the reply, coalesced over about 15 ms."""

    id: int
    text: str
    tokens: int
    """Number of tokens generated so far."""
    seconds: float
    """Time since the first token, for a live rate."""
    thinking: bool = False
    """True for thinking before the answer, without the marks around it."""


class Repeating(msgspec.Struct, frozen=True, tag="repeating"):
    """The reply has begun to repeat itself, and goes on; sent once in a reply."""

    id: int
    text: str
    """Beginning of the text that is repeated."""


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """The reply ended."""

    id: int
    reason: FinishReason
    metrics: ReplyMetrics
    raw: str = ""
    """The generated text exactly, with marks of thinking and special tokens."""
    remark: Reason | None = None
    """Remark on a reply without text, of thinking only, or that repeats itself; None for a usual one."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """A request could not be carried out; the process lives on unless `kind` is `died`."""

    id: int
    kind: Literal[
        "missing",
        "unreadable",
        "not_a_model",
        "memory",
        "prompt_too_long",
        "schema",
        "engine_missing",
        "died",
        "stopped",
        "internal",
    ]
    reason: Reason
    """The failure itself."""
    hint: Reason | None = None
    """Advice for the user; None where nothing can be done."""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The failure and, where there is one, the hint."""
        return (self.reason,) if self.hint is None else (self.reason, self.hint)


REFUSED_PROMPT_KINDS = ("prompt_too_long", "schema")
"""Kinds of `Failed` after which the prompt can be changed and sent again: none of it was read."""

Event = (
    EngineReady
    | Planned
    | Counted
    | Bandwidth
    | Timed
    | LoadProgress
    | Loaded
    | Prompted
    | PromptProgress
    | Text
    | Repeating
    | Finished
    | Failed
)
