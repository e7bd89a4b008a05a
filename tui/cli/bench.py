"""`llmtui bench`: prompt and generation speed, predicted and measured memory."""

import asyncio
import statistics
import sys

import msgspec

from tui.cli.library import find_file
from tui.cli.options import Arguments, load_settings_of
from tui.cli.output import print_json, print_note, print_table
from tui.cli.talk import Ready, as_json, ask, loaded_model
from tui.engine.protocol import Metrics, SamplingSettings
from tui.hardware.detect import detect_machine
from tui.i18n import _
from tui.models.model import Model
from tui.settings import Settings
from tui.units import UNKNOWN, format_bytes, format_duration, format_rate

_ROUNDS = 3
_GENERATED_TOKENS = 128
_SENTENCE = "The quick brown fox jumps over the lazy dog while seven wizards brew coffee in the kitchen. "
_PROMPT_REPEATS = 30
"""Of the sentence: about 600 tokens, more than one batch, so that every buffer is touched."""


def run(arguments: Arguments, settings: Settings) -> int:
    """Measure a model and print the medians.

    Raises:
        UserError: the model cannot be loaded.
    """
    model = find_file(arguments.model, settings)
    return asyncio.run(_measure(model, arguments, settings))


async def _measure(model: Model, arguments: Arguments, settings: Settings) -> int:
    sampling = SamplingSettings(temperature=0, max_tokens=_GENERATED_TOKENS)
    async with loaded_model(model, load_settings_of(arguments, settings, detect_machine())) as ready:
        repeats = min(_PROMPT_REPEATS, (ready.loaded.context - _GENERATED_TOKENS) // 32)
        rounds: list[Metrics] = []
        for number in range(_ROUNDS):
            if sys.stderr.isatty():
                print_note(_("round {number} of {rounds}").format(number=number + 1, rounds=_ROUNDS))
            # Another beginning each time, so that nothing is cached.
            text = f"{number}. " + _SENTENCE * repeats
            answer = await ask(ready.engine, (), sampling, text=text, ignore_end=True, keep_partial=False)
            rounds.append(answer.metrics)
    middle = _median(rounds)
    if arguments.json:
        print_json({**as_json(model, ready, middle, None), "rounds": _ROUNDS})
    else:
        _print(model, ready, middle)
    return 0


def _median(rounds: list[Metrics]) -> Metrics:
    waits = [metrics.first_token_seconds for metrics in rounds if metrics.first_token_seconds is not None]
    return msgspec.structs.replace(
        rounds[-1],
        prompt_seconds=statistics.median(metrics.prompt_seconds for metrics in rounds),
        generation_seconds=statistics.median(metrics.generation_seconds for metrics in rounds),
        first_token_seconds=statistics.median(waits) if waits else None,
    )


def _print(model: Model, ready: Ready, metrics: Metrics) -> None:
    predicted, measured = ready.predicted_bytes, metrics.peak_bytes
    difference = f"{measured / predicted - 1:+.1%}" if predicted and measured else UNKNOWN
    memory = _("{predicted} predicted, {measured} measured ({difference})").format(
        predicted=format_bytes(predicted), measured=format_bytes(measured), difference=difference
    )
    print_table(
        [
            [_("model"), f"{model.name} {model.quant}"],
            [_("prompt"), f"{format_rate(metrics.prompt_tps)}, {metrics.prompt_tokens} tokens"],
            [_("generation"), f"{format_rate(metrics.generation_tps)}, {metrics.generated_tokens} tokens"],
            [_("first token"), format_duration(metrics.first_token_seconds)],
            [_("load"), format_duration(ready.loaded.seconds)],
            [_("memory"), memory],
            [_("context"), f"{ready.loaded.context} tokens, {ready.loaded.threads} threads"],
        ]
    )
