"""`llmtui run`: load a model, answer on stdout."""

import asyncio
import sys
from functools import partial

from tui.chat.asking import Asking
from tui.chat.sampling import sampling_settings
from tui.cli.answer_end import end_note, repetition_advice
from tui.cli.arguments import wrong_usage
from tui.cli.interrupt import INTERRUPTED, stop_on_interrupt
from tui.cli.options import Arguments, load_settings_of
from tui.cli.output import print_json, print_note, repetition_limit, write
from tui.cli.prompt_input import InputTooLongError, argument_text, read_prompt
from tui.cli.run_output import run_json
from tui.cli.scanning import model_on_disk
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.hardware.detect import detect_machine
from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.sentences import Reason
from tui.services.answering import CompleteAnswer, answer_completely
from tui.services.loading import OpenModel, open_model
from tui.services.measuring import remember_reply
from tui.services.model_asking import sampling_sources_of
from tui.services.prompt_size import check_prompt, longest_prompt, too_long
from tui.services.sentences import sentence
from tui.settings.named_tables import STOPS_MOST
from tui.settings.settings import Settings
from tui.text import clean, clean_line
from tui.units import format_bytes, format_duration, format_rate


def run(arguments: Arguments, settings: Settings) -> int:
    """Answer a prompt; the answer goes to stdout as it comes, figures to stderr.

    Raises:
        UserError: there is no prompt, or what is piped in is not text.
        PromptSizeError: it cannot go into the context.
        FindingError: the model is not on this disk.
        EngineFailure: the model cannot answer.
    """
    if len(arguments.stop or ()) > STOPS_MOST:
        wrong_usage("run", _("at most {most} times --stop").format(most=STOPS_MOST))
    model = model_on_disk(arguments.model, settings)
    load = load_settings_of(arguments, settings, detect_machine())
    prompt = _prompt(arguments, model, load)
    return asyncio.run(_answer(model, prompt, load, arguments, settings))


async def _answer(
    model: Model, prompt: str, load: LoadSettings, arguments: Arguments, settings: Settings
) -> int:
    system = [ChatMessage("system", argument_text(arguments.system))] if arguments.system else []
    async with open_model(model, load) as opened:
        loaded = opened.loaded
        if loaded.template_reason:
            print_note(_("Plain transcript: {reason}.").format(reason=sentence(loaded.template_reason)))
        messages = (*system, ChatMessage("user", prompt))
        sampling = sampling_settings(sampling_sources_of(_asking(arguments), settings, model, loaded))
        output = _AnswerOutput()
        try:
            limit = repetition_limit()
            request = AnswerRequest(messages, sampling, repetition_tokens=limit)
            on_text = output.drop if arguments.json else output.add
            with stop_on_interrupt(opened.host.stop):
                answer = await answer_completely(
                    opened.host, request, on_text=on_text, on_repetition=partial(_note_repetition, limit)
                )
        except EngineFailure:
            output.end_line()
            raise
        remember_reply(model, opened.settings, loaded.threads, opened.predicted_bytes, answer.metrics)
    if arguments.json:
        figures = run_json(opened, answer.metrics, answer.text)
        print_json(
            {
                **figures,
                "thinking": answer.thinking,
                "finish_reason": answer.finish_reason,
                "remark": sentence(answer.remark) if answer.remark else "",
                "remark_code": answer.remark.code if answer.remark else "",
            }
        )
    else:
        if not answer.text.strip():
            # What was meant as thinking is all that there is.
            output.add(answer.thinking)
        output.add("\n")
        if answer.template_reason and not loaded.template_reason:
            print_note(_("Plain transcript: {reason}.").format(reason=sentence(answer.template_reason)))
        if answer.remark and answer.finish_reason != "repetition":
            print_note(_remark(answer.remark, answer.finish_reason))
        print_note(_figures(opened, answer))
    # The last line, so that nobody takes a part for the whole.
    if note := end_note(answer, loaded.context, model):
        print_note(note)
    return INTERRUPTED if answer.finish_reason == "stopped" else 0


def _asking(arguments: Arguments) -> Asking:
    """Return the choices of the command line."""
    values = {
        "temperature": arguments.temperature,
        "seed": arguments.seed,
        "max_tokens": arguments.max_tokens,
    }
    return Asking(
        sampling={name: value for name, value in values.items() if value is not None},
        stop=None if arguments.stop is None else tuple(arguments.stop),
    )


def _prompt(arguments: Arguments, model: Model, load: LoadSettings) -> str:
    try:
        prompt = read_prompt(arguments.prompt, longest_prompt(model, load))
    except InputTooLongError:
        raise too_long(model, load) from None
    check_prompt(prompt, model, load)
    return prompt


def _note_repetition(limit: int | None, text: str) -> None:
    if limit is None and text.strip():
        message = _("The reply repeats itself ({text}): Ctrl+C stops it.")
    elif limit is None:
        message = _("The reply repeats itself: Ctrl+C stops it.")
    elif text.strip():
        message = _("The reply repeats itself ({text}): it is ended if it does so for {tokens} more tokens.")
    else:
        message = _("The reply repeats itself: it is ended if it does so for {tokens} more tokens.")
    sys.stdout.flush()
    print_note("\n" + message.format(text=clean_line(text), tokens=limit))


def _remark(remark: Reason, finish_reason: str) -> str:
    """Return what is odd about an answer, and what to do about it."""
    if remark.code == "engine.reply_repeats":
        hint = repetition_advice()
    elif remark.code == "engine.reply_cut_in_thinking" and finish_reason == "max_tokens":
        hint = _("A larger --max-tokens gives it room to finish.")
    elif remark.code == "engine.reply_cut_in_thinking":
        hint = _("A larger --ctx gives it room to finish.")
    else:
        hint = _("Ask in other words, or take another model.")
    return f"{sentence(remark)} {hint}"


class _AnswerOutput:
    """Writes the answer on stdout as it comes."""

    def __init__(self) -> None:
        self._last = "\n"

    def add(self, text: str) -> None:
        """Write a piece at once; on a terminal, text of a model must not steer it."""
        write(clean(text) if sys.stdout.isatty() else text)
        sys.stdout.flush()
        self._last = text[-1:] or self._last

    def drop(self, text: str) -> None:
        """Write nothing of a piece: it comes with the JSON."""

    def end_line(self) -> None:
        """End the line, if the answer did not."""
        if self._last != "\n":
            self.add("\n")


def _figures(opened: OpenModel, answer: CompleteAnswer) -> str:
    metrics = answer.metrics
    thought = ""
    if count := metrics.thinking_tokens:
        thought = ngettext("thought for {count} token", "thought for {count} tokens", count) + "\n"
    return thought.format(count=count) + _(
        "{generated} tokens at {rate}, first token after {first}\n"
        "prompt: {prompt} tokens at {prompt_rate}; loaded in {load}\n"
        "memory: {predicted} predicted, {measured} measured"
    ).format(
        generated=metrics.generated_tokens,
        rate=format_rate(metrics.generation_tps),
        first=format_duration(metrics.first_token_seconds),
        prompt=metrics.prompt_tokens,
        prompt_rate=format_rate(metrics.prompt_tps),
        predicted=format_bytes(opened.predicted_bytes),
        measured=format_bytes(metrics.peak_bytes),
        load=format_duration(opened.loaded.seconds),
    )
