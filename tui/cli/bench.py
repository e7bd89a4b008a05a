"""`llmtui bench`: prompt and generation speed, predicted and measured memory."""

import asyncio
import statistics
from typing import Any

import msgspec

from tui.cli.options import Arguments, load_settings_of
from tui.cli.output import UserError, print_json, print_line, print_note, print_table
from tui.cli.run_output import run_json
from tui.cli.scanning import model_on_disk
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, SamplingSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.quiet import MachineBusyError
from tui.fit.rates import Rates
from tui.fit.speed import Speeds
from tui.fit.verdict import Speed
from tui.hardware.detect import detect_machine
from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.sentences import reason
from tui.services.answering import answer_completely
from tui.services.loading import OpenModel, open_model
from tui.services.measuring import (
    deletion_reason,
    forget_measurements,
    is_slowed_down,
    known_speeds,
    remember_reply,
    time_machine_once,
)
from tui.services.sentences import json_fields, sentence, sentences
from tui.settings.settings import Settings
from tui.system_errors import system_error
from tui.units import UNKNOWN, format_bytes, format_duration, format_number, format_rate

_ROUNDS = 3
_GENERATED_TOKENS = 128
_SENTENCE = "The quick brown fox jumps over the lazy dog while seven wizards brew coffee in the kitchen. "
_SPEED_UNKNOWN = reason("services.speed_not_predicted")
_PROMPT_REPEATS = 30
"""Of the sentence: about 600 tokens, more than one batch, so that every buffer is touched."""


def run(arguments: Arguments, settings: Settings) -> int:
    """Measure a model and print the medians; without a model, measure the machine anew, or forget it.

    Raises:
        UserError: the machine cannot be measured, or is too busy.
        FindingError: the model is not on this disk.
        EngineFailure: the model cannot be loaded, or does not answer.
    """
    if arguments.forget:
        return _forget(arguments)
    if not arguments.model:
        return asyncio.run(_measure_machine(arguments, settings))
    model = model_on_disk(arguments.model, settings)
    return asyncio.run(_measure(model, arguments, settings))


async def _measure(model: Model, arguments: Arguments, settings: Settings) -> int:
    sampling = SamplingSettings(temperature=0, max_tokens=_GENERATED_TOKENS)
    load = load_settings_of(arguments, settings, detect_machine())
    speeds = await _speeds_before(load.threads, even_if_busy=arguments.anyway)
    expected = speeds.estimate(model, load) if speeds else None
    expected_prompt = speeds.prompt_estimate(model) if speeds else None
    print_note(_("Loading {model}").format(model=model.label))
    async with open_model(model, load) as opened:
        repeats = min(_PROMPT_REPEATS, (opened.loaded.context - _GENERATED_TOKENS) // 32)
        rounds: list[ReplyMetrics] = []
        for number in range(_ROUNDS):
            print_note(_("round {number} of {rounds}").format(number=number + 1, rounds=_ROUNDS))
            # Another beginning each time, so that nothing is cached.
            text = f"{number}. " + _SENTENCE * repeats
            request = AnswerRequest(sampling=sampling, raw_text=text, ignore_end=True)
            answer = await answer_completely(opened.host, request)
            rounds.append(answer.metrics)
    median = _median(rounds)
    threads = opened.loaded.threads
    remember_reply(model, opened.settings, threads, opened.predicted_bytes, median)
    disturbed = is_slowed_down(median, threads or load.threads)
    if arguments.json:
        estimates = {
            **_estimate_json("predicted_tps", expected),
            **_estimate_json("predicted_prompt_tps", expected_prompt),
            "disturbed": disturbed,
        }
        print_json({**run_json(opened, median, None), **estimates, "rounds": _ROUNDS})
    else:
        _print(opened, median, expected, expected_prompt)
        if disturbed:
            print_note(_("Other programs were at work, so these speeds are too low. They are not kept."))
    return 0


async def _measure_machine(arguments: Arguments, settings: Settings) -> int:
    load = load_settings_of(arguments, settings, detect_machine())
    try:
        speeds = await _time_machine(load.threads, again=True, even_if_busy=arguments.anyway)
    except MachineBusyError as error:
        hint = _("What was measured before stays. llmtui bench --anyway measures it all the same.")
        raise UserError(sentence(error.reason), hint) from error
    if speeds is None or speeds.rates is None:
        raise UserError(_("This machine's speed could not be measured."), _("llmtui doctor tells more."))
    rates = speeds.rates
    per_second = {name: 1 / seconds for name, seconds in rates.type_seconds.items()}
    if arguments.json:
        print_json(
            {
                "threads": load.threads,
                "memory_bytes_per_second": rates.bandwidth,
                "weights_bytes_per_second": per_second,
                "layer_seconds": rates.layer_seconds,
                "calibrations": rates.count,
                "spread": rates.spread,
                "disturbed": rates.disturbed,
                "prompt_weights_per_second": {
                    name: 1 / seconds for name, seconds in rates.prompt_seconds.items()
                },
            }
        )
        return 0
    print_table(
        [
            [_("memory"), _("{size} a second").format(size=format_bytes(round(rates.bandwidth)))],
            *(
                [
                    _("{type} weights").format(type=name),
                    _("{size} a second").format(size=format_bytes(round(rate))),
                ]
                for name, rate in per_second.items()
            ),
            [_("measured"), _measured_how(rates)],
        ]
    )
    return 0


def _measured_how(rates: Rates) -> str:
    """Say how often the machine was measured, how far apart the results are, and if it was disturbed."""
    times = ngettext("{count} time", "{count} times", rates.count).format(count=rates.count)
    if rates.count > 1:
        times = _("{times}, typically {percent:.0f} % apart").format(times=times, percent=100 * rates.spread)
    if rates.disturbed:
        return _("{times}, only while other programs were at work").format(times=times)
    return times


def _forget(arguments: Arguments) -> int:
    """Delete what was measured on this machine.

    Raises:
        UserError: a model is named, whose measurements alone cannot be deleted.
    """
    if arguments.model:
        raise UserError(
            _("--forget deletes everything that was measured on this machine."), _("Leave the model out.")
        )
    calibrations, replies = forget_measurements()
    if arguments.json:
        print_json({"forgotten_calibrations": calibrations, "forgotten_replies": replies})
    else:
        print_line(sentence(deletion_reason(calibrations, replies)))
    return 0


async def _speeds_before(threads: int, *, even_if_busy: bool) -> Speeds | None:
    """Return the machine's speeds, timed now unless that was done; those of before where it is too busy."""
    try:
        return await _time_machine(threads, even_if_busy=even_if_busy)
    except MachineBusyError as error:
        print_note(sentence(error.reason))
        return known_speeds(threads)


async def _time_machine(threads: int, *, again: bool = False, even_if_busy: bool = False) -> Speeds | None:
    """Return the machine's speeds, timed now unless that was done; None where they cannot be had.

    Raises:
        MachineBusyError: other programs were at work all the time.
    """
    waited: list[float] = []

    def on_start() -> None:
        print_note(_("Measuring this machine's speed, about ten seconds."))

    def on_wait(share: float) -> None:
        if not waited:
            note = _("Other programs use {percent:.0f} % of the processor; waiting for them.")
            print_note(note.format(percent=100 * share))
        waited.append(share)

    try:
        return await time_machine_once(
            threads, again=again, even_if_busy=even_if_busy, on_start=on_start, on_wait=on_wait
        )
    except (EngineFailure, OSError) as error:
        reasons = error.failed.reasons if isinstance(error, EngineFailure) else (system_error(error),)
        print_note(_("This machine's speed could not be measured: {why}").format(why=sentences(reasons)))
        return None


def _median(rounds: list[ReplyMetrics]) -> ReplyMetrics:
    waits = [metrics.first_token_seconds for metrics in rounds if metrics.first_token_seconds is not None]
    return msgspec.structs.replace(
        rounds[-1],
        prompt_seconds=statistics.median(metrics.prompt_seconds or 0.0 for metrics in rounds),
        generation_seconds=statistics.median(metrics.generation_seconds for metrics in rounds),
        first_token_seconds=statistics.median(waits) if waits else None,
    )


def _estimate_json(key: str, speed: Speed | None) -> dict[str, Any]:
    speed = speed or Speed(None, None, reason=_SPEED_UNKNOWN)
    why = None if speed.value is not None else speed.reason or _SPEED_UNKNOWN
    return {key: speed.value, **json_fields(f"{key}_reason", why)}


def _print(
    opened: OpenModel, metrics: ReplyMetrics, expected: Speed | None, expected_prompt: Speed | None
) -> None:
    predicted, measured = opened.predicted_bytes, metrics.peak_bytes
    difference = format_number(measured / predicted - 1, "+.1%") if predicted and measured else UNKNOWN
    memory = _("{predicted} predicted, {measured} measured ({difference})").format(
        predicted=format_bytes(predicted), measured=format_bytes(measured), difference=difference
    )
    prompt = _rate_words(metrics.prompt_tps, metrics.prompt_tokens, expected_prompt)
    generation = _rate_words(metrics.generation_tps, metrics.generated_tokens, expected)
    context = _("{context} tokens, {threads} threads").format(
        context=opened.loaded.context, threads=opened.loaded.threads
    )
    print_table(
        [
            [_("model"), opened.model.label],
            [_("prompt"), prompt],
            [_("generation"), generation],
            [_("first token"), format_duration(metrics.first_token_seconds)],
            [_("load"), format_duration(opened.loaded.seconds)],
            [_("memory"), memory],
            [_("context"), context],
        ]
    )


def _rate_words(rate: float | None, tokens: int, expected: Speed | None) -> str:
    """Return a measured speed, with the expected one where that is known."""
    if expected is None or expected.value is None:
        return _("{rate}, {count} tokens").format(rate=format_rate(rate), count=tokens)
    return _("{rate}, {count} tokens ({expected} expected)").format(
        rate=format_rate(rate), count=tokens, expected=format_rate(expected.value)
    )
