"""A model loaded for a plain command: predicted, loaded, asked, measured."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from tui.cli.output import UserError
from tui.cli.sizing import size_to_load
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, LoadSettings
from tui.engine.protocol import Failed, Finished, Loaded, Prompted, Text
from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _
from tui.models.model import Model
from tui.sentences import Reason
from tui.services.sentences import sentences


class Ready(msgspec.Struct, frozen=True):
    """A loaded model with what was predicted of it."""

    engine: Engine
    loaded: Loaded
    predicted_bytes: int | None


class Answer(msgspec.Struct, frozen=True):
    """A whole reply."""

    text: str
    reason: str
    metrics: ReplyMetrics
    thinking: str = ""
    """What the model thought before it answered."""
    template_reason: Reason | None = None
    """Why the model's own chat template did not make the prompt; None where it did."""


@asynccontextmanager
async def loaded_model(model: Model, settings: LoadSettings) -> AsyncGenerator[Ready]:
    """Predict, then load; the engine's process ends with the block.

    Raises:
        UserError: the model cannot be loaded.
    """
    path = model.load_path
    if path is None:
        raise ValueError("only a model on this disk can be loaded")
    sized, settings = await size_to_load(model, settings)
    predicted = sized.footprint.total_bytes if sized.footprint else None
    try:
        engine = await Engine.start()
    except EngineFailure as failure:
        raise _user_error(failure.failed) from failure
    try:
        loaded = await engine.load(path, settings)
        yield Ready(engine, loaded, predicted)
    except EngineFailure as failure:
        raise _user_error(failure.failed) from failure
    finally:
        await engine.close()


async def ask(
    engine: Engine,
    request: AnswerRequest,
    *,
    keep_partial: bool = True,
    on_text: Callable[[str], None] | None = None,
) -> Answer:
    """Generate to the end; Ctrl+C ends the reply early and keeps what arrived, if a partial one is of use.

    A second Ctrl+C ends the command, should the engine not stop.

    Raises:
        UserError: the prompt is too long, or the engine failed or ended.
    """
    pieces: list[str] = []
    thoughts: list[str] = []
    template_reason = None
    if keep_partial:
        on_interrupt(engine.stop)
    try:
        async for event in engine.generate(request):
            match event:
                case Prompted():
                    template_reason = event.reason
                case Text(thinking=True):
                    thoughts.append(event.text)
                case Text():
                    pieces.append(event.text)
                    if on_text is not None:
                        on_text(event.text)
                case Finished():
                    text = "".join(pieces)
                    return Answer(text, event.reason, event.metrics, "".join(thoughts), template_reason)
                case Failed():
                    raise _user_error(event)
                case _:
                    pass
    finally:
        if keep_partial:
            on_interrupt(None)
    raise UserError(_("The engine ended without an answer."))


def on_interrupt(action: Callable[[], None] | None) -> None:
    """What the next Ctrl+C does, once; None for ending the command, as usual."""
    loop = asyncio.get_running_loop()

    def once() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        if action is not None:
            action()

    # Windows has no such handlers; there Ctrl+C ends the command.
    with suppress(NotImplementedError):
        if action is None:
            loop.remove_signal_handler(signal.SIGINT)
        else:
            loop.add_signal_handler(signal.SIGINT, once)


def as_json(model: Model, ready: Ready, metrics: ReplyMetrics, text: str | None) -> dict[str, Any]:
    """The JSON of `run` and `bench`: bytes, seconds and tokens per second as plain numbers."""
    cached = None if metrics.prompt_tps is not None else "the whole prompt was cached"
    short = None if metrics.generation_tps is not None else "fewer than two tokens were generated"
    return {
        "model": model.label,
        "path": str(model.path) if model.path else None,
        "context": ready.loaded.context,
        "threads": ready.loaded.threads,
        "predicted_bytes": ready.predicted_bytes,
        "predicted_bytes_reason": None if ready.predicted_bytes else "its architecture cannot be sized",
        "measured_bytes": metrics.peak_bytes,
        "measured_bytes_reason": None if metrics.peak_bytes else "this system does not tell it",
        "prompt_tokens": metrics.prompt_tokens,
        "prompt_tps": metrics.prompt_tps,
        "prompt_tps_reason": cached,
        "generated_tokens": metrics.generated_tokens,
        "generation_tps": metrics.generation_tps,
        "generation_tps_reason": short,
        "ttft_seconds": metrics.first_token_seconds,
        "ttft_seconds_reason": None if metrics.first_token_seconds is not None else "no token was generated",
        "load_seconds": ready.loaded.seconds,
        "text": text,
        "text_reason": None if text is not None else "a benchmark keeps no text",
    }


def _user_error(failed: Failed) -> UserError:
    return UserError(sentences(failed.reasons))
