"""Offer of a download: each quantization with its size and verdict here, and the one to take."""

import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec

from tui.engine.options import LoadSettings
from tui.fit.verdict import Fit, Verdict
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.models.catalogue.catalogue import Catalogue, normalised
from tui.models.hub.errors import TransferError, TransferStoppedError
from tui.models.hub.presence import check_source
from tui.models.hub.remote_file import target_path
from tui.models.hub.remote_header import RemoteHeader, read_remote_header, read_web_header
from tui.models.hub.repository import (
    PublishedQuantization,
    Repository,
    find_quantization,
    list_repository,
)
from tui.models.model import Model
from tui.models.model_folders import models_folder
from tui.sentences import Reason, reason
from tui.services.downloads.allowance import DownloadAllowance
from tui.services.downloads.network_call import call_network
from tui.services.downloads.queue import DownloadRequest, done_bytes, free_disk_bytes
from tui.services.downloads.source import DownloadSource, find_source
from tui.services.finding import header_folder
from tui.services.sizing import judge_models
from tui.settings.app_folders import log_file

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_USUAL = (
    *("Q4_K_M", "UD-Q4_K_M", "UD-Q4_K_XL", "Q4_K_XL", "Q4_K_L", "Q4_K_S", "MXFP4", "IQ4_NL", "IQ4_XS"),
    *("Q4_0", "Q4_1", "Q5_K_M", "Q5_K_S", "Q6_K", "Q8_0"),
)
"""Quantizations to take where the catalogue names none: about half a byte a weight loses little quality."""
_HEADERS = 3
"""Headers that are read at most to find a quantization that fits; the sizes before are close."""
_ORDER = (Verdict.FITS, Verdict.TIGHT, Verdict.SPLIT)


class QuantizationOffer(msgspec.Struct, frozen=True):
    """One quantization that can be downloaded."""

    quantization: PublishedQuantization
    model: Model
    fit: Fit
    """Its verdict on the machine, for the context that was asked for."""
    exact: bool
    """True when it was judged by its own header; else by its size and the header of another quantization."""
    done_bytes: int
    """Bytes that are on the disk already."""

    @property
    def label(self) -> str:
        """Name of the quantization."""
        return self.quantization.label

    @property
    def size_bytes(self) -> int:
        """Size of its files."""
        return self.quantization.size_bytes

    @property
    def missing_bytes(self) -> int:
        """Bytes to download."""
        return self.size_bytes - self.done_bytes


class DownloadOffer(msgspec.Struct, frozen=True):
    """Everything to decide a download by."""

    source: DownloadSource
    repository: Repository | None
    """None for a web address."""
    quantizations: tuple[QuantizationOffer, ...]
    """From small to large."""
    chosen: QuantizationOffer
    """The one that was named, else the usual one."""
    alternative: QuantizationOffer | None
    """The largest smaller one with a better verdict, judged by its own header; None where there is none."""
    folder: Path
    """The models folder."""
    free_bytes: int | None
    """Free space on its disk; None where nobody says."""
    bytes_per_second: float | None
    """Speed of the line as it was measured last; None for never."""

    @property
    def is_named(self) -> bool:
        """True when the user named the quantization or the file."""
        return bool(self.source.wanted or self.source.address)

    @property
    def larger(self) -> QuantizationOffer | None:
        """The next larger quantization than the chosen one; None for the largest."""
        return next((item for item in self.quantizations if item.size_bytes > self.chosen.size_bytes), None)

    def seconds(self, item: QuantizationOffer) -> float | None:
        """Return the time that its download takes at the measured speed; None where none is known."""
        return item.missing_bytes / self.bytes_per_second if self.bytes_per_second else None

    def request(self, item: QuantizationOffer) -> DownloadRequest:
        """Return the download of a quantization, for the queue."""
        name = self.repository.name if self.repository else item.model.name
        return DownloadRequest(f"{name} {item.label}".strip(), item.quantization.files)

    def find(self, label: str) -> QuantizationOffer | None:
        """Return the quantization of a name, whatever its case; None for none."""
        return next((item for item in self.quantizations if item.label.casefold() == label.casefold()), None)


Judge = Callable[[Sequence[Model]], Awaitable[Sequence[Fit]]]
"""Sizes models and judges each of them."""


class OfferContext(msgspec.Struct, frozen=True):
    """The judge of an offer, and what limits the download."""

    judge: Judge
    allowance: DownloadAllowance
    folder: Path | None = None
    """The models folder; llmtui's own when None."""
    on_step: Callable[[Reason], None] = lambda _step: None
    """Called with each thing that is waited for."""


def machine_judge(load: LoadSettings, machine: Machine, reading: Reading | None) -> Judge:
    """Return the judge for a machine as it is now; without a reading, for another machine than this."""

    async def judge(models: Sequence[Model]) -> Sequence[Fit]:
        return [judged.fit for judged in await judge_models(models, load, machine, reading)]

    return judge


async def make_offer(name: str, catalogue: Catalogue, context: OfferContext) -> DownloadOffer:
    """Return the offer for a name of the catalogue, `owner/repository[:QUANT or file]`, or a web address.

    It asks the hub for the list of files and reads the first megabytes of one to three of them.

    Raises:
        FindingError: nothing goes by that name.
        TransferError: the hub or the server cannot be reached or refuses, or has no such file; or the limit
            of the month in the settings cannot be read.
    """
    context.allowance.check_limit()
    source = find_source(name, catalogue)
    if source.address:
        context.on_step(reason("services.reading_header", name=source.name))
        halt = threading.Event()
        try:
            header = await _ask_server(read_web_header, source.address, header_folder(), halt)
        finally:
            halt.set()
        (file,) = header.files
        check_source(target_path(file, context.folder or models_folder()), file)
        quantization = PublishedQuantization(header.model.quant or header.files[0].name, header.files)
        return await _judge(source, None, (quantization,), quantization, header, context)
    context.on_step(reason("services.listing_files", repository=source.repository))
    repository = await _ask_server(list_repository, source.repository)
    chosen = choose_quantization(repository, source)
    header = await _read(chosen, context)
    offer = await _judge(source, repository, repository.quantizations, chosen, header, context)
    return await _with_alternative(offer, context)


async def choose_another(offer: DownloadOffer, label: str, context: OfferContext) -> DownloadOffer:
    """Return the offer with another quantization chosen, judged by its own header.

    Raises:
        TransferError: its header cannot be read, or there is none of this name.
    """
    item = offer.find(label)
    if item is None or offer.repository is None:
        names = ", ".join(item.label for item in offer.quantizations)
        raise TransferError(
            reason("hub.no_quantization", repository=offer.source.name, wanted=label),
            reason("hub.has_quantizations", names=names),
        )
    exact, speed = await _judge_exactly(item, context, offer.source)
    return msgspec.structs.replace(
        offer,
        source=msgspec.structs.replace(offer.source, wanted=label),
        quantizations=_replaced(offer.quantizations, exact),
        chosen=exact,
        alternative=None,
        bytes_per_second=speed or offer.bytes_per_second,
    )


def choose_quantization(repository: Repository, source: DownloadSource) -> PublishedQuantization:
    """Return the quantization that was named, else the catalogue's, else the usual one, else a middle one.

    Raises:
        TransferError: the named one is not there.
    """
    default_quant = source.entry.default_quant if source.entry else ""
    if by_name := _catalogue_file(repository, source, source.wanted or default_quant):
        return by_name
    if source.wanted:
        return find_quantization(repository, source.wanted)
    by_label = {normalised(item.label): item for item in repository.quantizations}
    for label in (default_quant, *_USUAL):
        if item := by_label.get(normalised(label)):
            return item
    return repository.quantizations[len(repository.quantizations) // 2]


def _catalogue_file(
    repository: Repository, source: DownloadSource, quant: str
) -> PublishedQuantization | None:
    """Return the quantization whose file has the name that the catalogue says; None for none.

    A repository may have several models.
    """
    places = source.entry.repositories if source.entry and quant else ()
    for place in places:
        if place.name.casefold() != repository.name.casefold():
            continue
        name = place.files.replace("{quant}", quant).casefold()
        stem = name.removesuffix(".gguf")
        for item in repository.quantizations:
            first = item.files[0].name.casefold()
            if first == name or first.startswith(f"{stem}-00001-of-"):
                return item
    return None


async def _judge(
    source: DownloadSource,
    repository: Repository | None,
    quantizations: Sequence[PublishedQuantization],
    chosen: PublishedQuantization,
    header: RemoteHeader,
    context: OfferContext,
) -> DownloadOffer:
    """Judge all quantizations: the chosen one by its header, the others by that and their sizes."""
    models = [
        _exact_model(header, source) if item is chosen else _sized_model(item, header, source)
        for item in quantizations
    ]
    context.on_step(reason("services.sizing_quantizations"))
    fits = await context.judge(models)
    folder = context.folder or models_folder()
    chosen_fit = next(fit for item, fit in zip(quantizations, fits, strict=True) if item is chosen)
    offers = tuple(
        QuantizationOffer(
            item,
            model,
            # A file that is no model to chat with is none at another quantization either.
            fit if chosen_fit.verdict.is_sized else chosen_fit,
            item is chosen,
            _done_bytes(item, folder),
        )
        for item, model, fit in zip(quantizations, models, fits, strict=True)
    )
    return DownloadOffer(
        source=source,
        repository=repository,
        quantizations=offers,
        chosen=next(item for item in offers if item.quantization is chosen),
        alternative=None,
        folder=folder,
        free_bytes=free_disk_bytes(folder),
        bytes_per_second=header.bytes_per_second or context.allowance.bytes_per_second,
    )


async def _with_alternative(offer: DownloadOffer, context: OfferContext) -> DownloadOffer:
    """Add the largest smaller quantization that fits, where the chosen one does not."""
    verdict = offer.chosen.fit.verdict
    if verdict is Verdict.FITS or not verdict.is_sized:
        return offer
    smaller = [item for item in offer.quantizations if item.size_bytes < offer.chosen.size_bytes]
    for _attempt in range(_HEADERS - 1):
        best = _best(smaller, verdict)
        if best is None:
            return offer
        exact, _speed = await _judge_exactly(best, context, offer.source)
        offer = msgspec.structs.replace(offer, quantizations=_replaced(offer.quantizations, exact))
        if exact.fit.verdict is best.fit.verdict:
            return msgspec.structs.replace(offer, alternative=exact)
        smaller = [item for item in smaller if item.size_bytes < exact.size_bytes]
    return offer


def _best(items: Sequence[QuantizationOffer], verdict: Verdict) -> QuantizationOffer | None:
    """Return the largest of the quantizations with the best verdict, if that is better than this one."""
    better = _ORDER[: _ORDER.index(verdict)] if verdict in _ORDER else _ORDER
    for wanted in better:
        if matching := [item for item in items if item.fit.verdict is wanted]:
            return max(matching, key=lambda item: item.size_bytes)
    return None


async def _judge_exactly(
    item: QuantizationOffer, context: OfferContext, source: DownloadSource
) -> tuple[QuantizationOffer, float | None]:
    """Return a quantization judged by its own header, and the speed of the line."""
    header = await _read(item.quantization, context)
    model = _exact_model(header, source)
    context.on_step(reason("services.sizing_quantizations"))
    (fit,) = await context.judge([model])
    return (
        msgspec.structs.replace(item, model=model, fit=fit, exact=True),
        header.bytes_per_second,
    )


async def _read(quantization: PublishedQuantization, context: OfferContext) -> RemoteHeader:
    """Read the header of a quantization; when the caller is cancelled, the transfer ends."""

    def read(halt: threading.Event) -> RemoteHeader:
        header = read_remote_header(quantization.files, header_folder(), halt)
        if header.received_bytes:
            context.allowance.add(header.received_bytes, header.bytes_per_second)
        return header

    context.on_step(reason("services.reading_header", name=quantization.files[0].name))
    halt = threading.Event()
    try:
        return await _ask_server(read, halt)
    finally:
        halt.set()


async def _ask_server(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return the result of a call that waits for a server, whose answer may be anything.

    Raises:
        TransferError: it failed; the reason of an unexpected failure is in the log.
        TransferStoppedError: it was stopped.
    """
    try:
        return await call_network(function, *args, **kwargs)
    except (TransferError, TransferStoppedError):
        raise
    except Exception as error:
        # An answer that nobody thought of must not end the dashboard.
        log.exception("offer of a download")
        raise TransferError(
            reason("services.download_broke"), reason("services.see_log", file=str(log_file()))
        ) from error


def _exact_model(header: RemoteHeader, source: DownloadSource) -> Model:
    file = header.model
    return Model(file.name, file.quant, file.weights_bytes, file.shape, None, source.entry, remote=file)


def _sized_model(item: PublishedQuantization, header: RemoteHeader, source: DownloadSource) -> Model:
    """Return a model of the same shape, with the weight that the size of its files tells."""
    file = header.model
    header_bytes = file.layout.data_offset if file.layout else 0
    weights_bytes = max(0, item.size_bytes - header_bytes)
    return Model(file.name, item.label, weights_bytes, file.shape, None, source.entry)


def _replaced(items: Sequence[QuantizationOffer], exact: QuantizationOffer) -> tuple[QuantizationOffer, ...]:
    return tuple(exact if item.label == exact.label else item for item in items)


def _done_bytes(item: PublishedQuantization, folder: Path) -> int:
    try:
        return sum(done_bytes(file, folder) for file in item.files)
    except TransferError:
        # A name that no file can have: the download says so.
        return 0
