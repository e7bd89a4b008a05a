"""The messages between the dashboard and the engine's process."""

from typing import get_args

import msgspec
import pytest

from tests.reasons import reason_with_text
from tui.engine.footprint import DevicePart, Footprint
from tui.engine.options import (
    AnswerRequest,
    ChatMessage,
    LoadSettings,
    SamplingSettings,
)
from tui.engine.protocol import (
    Bandwidth,
    BandwidthRequest,
    Counted,
    CountRequest,
    EngineDevice,
    EngineReady,
    Event,
    Failed,
    Finished,
    GenerateRequest,
    Loaded,
    LoadProgress,
    LoadRequest,
    Planned,
    PlanRequest,
    Prompted,
    PromptProgress,
    Repeating,
    Request,
    SkippedVocabulary,
    StopRequest,
    Text,
    Timed,
    TimeRequest,
)
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import reason

SETTINGS = LoadSettings(4096, "q8_0", 12, 256, 3, False, True)
SAMPLING = SamplingSettings(0.5, 10, 0.9, 0.1, 1.1, 1.5, -0.5, 2**32 - 1, 77, ("###", "\n\n"))
FOOTPRINT = Footprint(1 << 40, 2, 3, 4, "engine", 5, (DevicePart("CUDA0", 1 << 40, 2, 3),), 1)
SKIP = SkippedVocabulary("llama", 49_152)
METRICS = ReplyMetrics(10, 4, 0.5, 3, 0.25, 0.7, 13, 512, 1 << 33)
WORDS = 'línea\n{"type":"stop"} \u2028 \x00\x1b[2J 你好 🦙'
REQUESTS: list[Request] = [
    PlanRequest(1, "/m/ü b.gguf", SETTINGS, SKIP),
    LoadRequest(2, "/m/a.gguf", SETTINGS),
    GenerateRequest(
        3,
        AnswerRequest(
            (ChatMessage("system", ""), ChatMessage("user", WORDS)),
            SAMPLING,
            raw_text="a",
            continued_text="{",
            continued_thinking="Hm",
            json_schema="{}",
            think=True,
            repetition_tokens=64,
            ignore_end=True,
            text_interval=0.5,
        ),
    ),
    CountRequest(6, (ChatMessage("user", WORDS),), (WORDS, ""), False),
    BandwidthRequest(4, 2),
    TimeRequest(5, "/m/a.gguf", SETTINGS, SKIP, 0.5),
    StopRequest(4),
]
EVENTS: list[Event] = [
    EngineReady(
        7,
        "build",
        True,
        (EngineDevice("CPU", "a", "cpu"), EngineDevice("CUDA0", "b", "gpu", 1, 2)),
        ("AVX2", "FMA"),
    ),
    Planned(1, FOOTPRINT),
    Counted(6, 12, 4, (7, 0)),
    Bandwidth(4, 6.8e10, 0.9),
    Timed(5, 0.02, 500.0, 0.5),
    LoadProgress(2, 0.25),
    Loaded(
        2,
        FOOTPRINT,
        None,
        4096,
        1.5,
        3,
        "fallback",
        reason_with_text(WORDS),
        "optional",
        {"temperature": 0.6},
    ),
    Prompted(3, WORDS, 10, reason_with_text(WORDS)),
    PromptProgress(3, 5, 10, 4),
    Text(3, WORDS, 2, 0.1, True),
    Repeating(3, WORDS),
    Finished(3, "context_full", METRICS, WORDS, reason("engine.reply_repeats")),
    Failed(
        3,
        "died",
        reason("engine.died", cause=reason_with_text(WORDS), code=-9, share=0.5),
        reason_with_text("Do that."),
    ),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_a_request_arrives_as_it_was_sent(request_: Request) -> None:
    line = msgspec.json.encode(request_)

    assert b"\n" not in line
    assert msgspec.json.decode(line, type=Request) == request_


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_arrives_as_it_was_sent(event: Event) -> None:
    line = msgspec.json.encode(event)

    assert b"\n" not in line
    assert msgspec.json.decode(line, type=Event) == event


def test_every_kind_of_message_is_covered_by_these_tests() -> None:
    assert {type(request) for request in REQUESTS} == set(get_args(Request))
    assert {type(event) for event in EVENTS} == set(get_args(Event))
