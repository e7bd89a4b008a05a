"""`llmtui pull`: download a model, once its verdict on this machine is known."""

import asyncio
import sys
import time
from contextlib import suppress

from tui.cli.interrupt import INTERRUPTED, stop_on_interrupt
from tui.cli.options import Arguments, load_settings_of
from tui.cli.output import UserError, print_line, print_note
from tui.cli.pull_output import (
    ProgressBar,
    done_json,
    ended_json,
    offer_json,
    print_json_line,
    print_quantizations,
    progress_json,
)
from tui.fit.verdict import Verdict
from tui.hardware.detect import detect_machine
from tui.i18n import _
from tui.models.catalogue.catalogue import load_catalogues
from tui.models.hub.errors import TransferError
from tui.sentences import reason
from tui.services.downloads.allowance import DownloadAllowance
from tui.services.downloads.offer import (
    DownloadOffer,
    OfferContext,
    QuantizationOffer,
    choose_another,
    machine_judge,
    make_offer,
)
from tui.services.downloads.queue import DownloadQueue, DownloadStatus
from tui.services.downloads.words import download_question, offer_sentences, verdict_sentence
from tui.services.filtering.keywords import fold
from tui.services.sentences import sentence
from tui.services.sizing import take_reading
from tui.settings.settings import Settings
from tui.text import clean_line, without_secrets

_JSON_SECONDS = 1.0
"""Time between two lines of progress in JSON."""


def run(arguments: Arguments, settings: Settings) -> int:
    """Offer a download, ask, and fetch it; the path of the model goes to stdout.

    Raises:
        FindingError: nothing goes by that name.
        TransferError: the hub or the server cannot be reached or refuses.
        UserError: nobody can be asked, nothing fits, or the download failed.
    """
    machine = detect_machine()
    allowance = DownloadAllowance(settings.download_limit_gb)
    load = load_settings_of(arguments, settings, machine)
    context = OfferContext(machine_judge(load, machine, take_reading(machine)), allowance)
    if not arguments.json and sys.stderr.isatty():
        print_note(
            _("Reading the header of {name}").format(name=clean_line(without_secrets(arguments.model)))
        )
    offer = asyncio.run(make_offer(arguments.model, load_catalogues(), context))
    if arguments.json:
        print_json_line(offer_json(offer))
    elif arguments.list or (sys.stdout.isatty() and not arguments.yes):
        print_quantizations(offer)
    if arguments.list:
        return 0
    # Asked outside of the event loop, so that Ctrl+C ends the question at once.
    choice = _chosen_without_asking(offer) if arguments.yes else _ask(offer, context, arguments)
    if choice is None:
        print_note(_("Nothing was downloaded."))
        return 0
    return asyncio.run(_download(offer, choice, allowance, arguments))


def _chosen_without_asking(offer: DownloadOffer) -> QuantizationOffer:
    """Return the quantization to take with --yes: the named one, else one that fits.

    Raises:
        UserError: none was named and none fits.
    """
    item = offer.chosen
    if not offer.is_named and offer.alternative is not None:
        item = offer.alternative
    if not offer.is_named and item.fit.verdict is Verdict.TOO_BIG:
        raise UserError(
            verdict_sentence(item),
            _("Name a quantization behind a colon to download it all the same; --list has them."),
        )
    for line in offer_sentences(offer):
        print_note(line)
    return item


def _ask(offer: DownloadOffer, context: OfferContext, arguments: Arguments) -> QuantizationOffer | None:
    """Ask which quantization to download; None for none.

    Raises:
        UserError: nobody can be asked.
    """
    if arguments.json or not sys.stdin.isatty():
        raise UserError(
            _("Nothing was downloaded, since nobody can be asked here."),
            _("Add --yes to download, or --list to see the quantizations."),
        )
    while True:
        for line in offer_sentences(offer):
            print_note(line)
        item = offer.alternative or offer.chosen
        question = download_question(offer, item)
        hint = _("[Y/n/quantization]")
        answer = _read_line(f"{question} {hint}: ").strip()
        if fold(answer) in ("", "y", "yes", *_word_and_letter(_("yes"))):
            return item
        if fold(answer) in ("n", "no", "q", *_word_and_letter(_("no"))):
            return None
        try:
            offer = asyncio.run(choose_another(offer, answer, context))
        except TransferError as error:
            print_note(sentence(error.reason))
            if error.hint is not None:
                print_note(sentence(error.hint))


def _word_and_letter(word: str) -> tuple[str, str]:
    """Return a word as `fold` writes it, and its first letter."""
    folded = fold(word)
    return folded, folded[:1]


def _read_line(question: str) -> str:
    """Return the line that the user types; "n" at the end of the input."""
    with suppress(OSError):
        sys.stderr.write(question)
        sys.stderr.flush()
    return sys.stdin.readline() or "n"


async def _download(
    offer: DownloadOffer, item: QuantizationOffer, allowance: DownloadAllowance, arguments: Arguments
) -> int:
    """Fetch a quantization; Ctrl+C pauses it."""
    bar = ProgressBar()
    ended = asyncio.Event()
    last_line = 0.0

    def on_change(statuses: tuple[DownloadStatus, ...]) -> None:
        nonlocal last_line
        status = statuses[-1]
        if status.state == "running" and arguments.json:
            if time.monotonic() - last_line >= _JSON_SECONDS:
                last_line = time.monotonic()
                print_json_line(progress_json(status))
        elif status.state == "running":
            bar.show(status)
        elif status.state != "queued":
            ended.set()

    queue = DownloadQueue(on_change, allowance, folder=offer.folder)
    worker = asyncio.create_task(queue.run())
    end = asyncio.create_task(ended.wait())
    key = queue.add(offer.request(item))
    try:
        with stop_on_interrupt(lambda: queue.pause(key)):
            await asyncio.wait({worker, end}, return_when=asyncio.FIRST_COMPLETED)
            if worker.done():
                # The output cannot be written any more.
                worker.result()
    finally:
        end.cancel()
        worker.cancel()
        bar.clear()
        with suppress(asyncio.CancelledError, BrokenPipeError, UserError):
            await worker
    return _report(queue.statuses[-1], arguments)


def _report(status: DownloadStatus, arguments: Arguments) -> int:
    """Print the end of a download and return the exit code.

    Raises:
        UserError: it failed.
    """
    if status.state == "done":
        if arguments.json:
            print_json_line(done_json(status))
        else:
            if status.model_error is not None:
                print_note(sentence(status.model_error))
            print_note(
                _("Verified: its SHA-256 is the published one.")
                if status.verified
                else _("Not verified: nobody published a hash of it.")
            )
            print_line(str(status.path))
        return 0
    if status.state == "paused":
        why = reason("services.download_paused", done=status.done_bytes, total=status.total_bytes)
        if arguments.json:
            print_json_line(ended_json(status, [why]))
        else:
            print_note(sentence(why))
        return INTERRUPTED
    reasons = [why for why in (status.error, status.hint) if why is not None]
    if arguments.json:
        print_json_line(ended_json(status, reasons))
    failure, *hints = [sentence(why) for why in reasons] or [""]
    raise UserError(failure, " ".join(hints))
