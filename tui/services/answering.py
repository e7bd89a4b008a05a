"""Asking the loaded model: one request, its events to whoever shows them, or the complete answer."""

from collections.abc import Callable

import msgspec

from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest
from tui.engine.protocol import Failed, Finished, Prompted, Text
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import Reason
from tui.services.host import EngineHost


class CompleteAnswer(msgspec.Struct, frozen=True):
    """An answer from its first word to its end."""

    text: str
    finish_reason: str
    metrics: ReplyMetrics
    thinking: str = ""
    """Text of what the model thought before it answered."""
    template_reason: Reason | None = None
    """Why the model's own chat template did not make the prompt; None where it did."""


async def answer_completely(
    host: EngineHost, request: AnswerRequest, *, on_text: Callable[[str], None] = lambda _text: None
) -> CompleteAnswer:
    """Return the answer of the loaded model once it is complete, or stopped; `on_text` takes it as it comes.

    Raises:
        EngineFailure: the prompt is too long, or the engine failed or ended.
    """
    pieces: list[str] = []
    thoughts: list[str] = []
    template_reason = None
    async for event in host.answer(request):
        match event:
            case Prompted():
                template_reason = event.reason
            case Text(thinking=True):
                thoughts.append(event.text)
            case Text():
                pieces.append(event.text)
                on_text(event.text)
            case Finished():
                return CompleteAnswer(
                    "".join(pieces), event.reason, event.metrics, "".join(thoughts), template_reason
                )
            case Failed():
                raise EngineFailure(event)
            case _:
                pass
    raise RuntimeError("the engine's events have no end")
