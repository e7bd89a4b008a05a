"""Words of an offer and of a running download, for the command line and for the dashboard."""

from pathlib import Path, PurePosixPath

from tui.fit.verdict import Verdict
from tui.fit.words import verdict_word
from tui.i18n import _
from tui.models.file_names import shard_of
from tui.services.downloads.offer import DownloadOffer, QuantizationOffer
from tui.services.downloads.queue import DownloadRequest, DownloadStatus
from tui.services.model_columns import footprint_word
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.units import UNKNOWN, format_bytes, format_duration


def format_speed(bytes_per_second: float | None) -> str:
    """Format the speed of a line: `11.3 MiB/s`; `n/a` for None."""
    if bytes_per_second is None:
        return UNKNOWN
    return _("{size}/s").format(size=format_bytes(bytes_per_second))


def download_name(request: DownloadRequest) -> str:
    """Return the name of a download: that of its file without its ending and the number of the shard."""
    name = PurePosixPath(request.files[0].name)
    shard = shard_of(Path(name))
    return clean_line(shard.stem if shard else name.stem)


def share_done(status: DownloadStatus) -> float:
    """Return the share of a download that is on the disk, 0 to 1."""
    return min(1.0, status.done_bytes / status.total_bytes) if status.total_bytes else 0.0


def needs_word(item: QuantizationOffer) -> str:
    """Return the footprint; a sign says that it is not from the file's own header."""
    text = footprint_word(item.fit)
    return text if item.exact or text.startswith("~") or item.fit.footprint is None else f"~{text}"


def presence_word(item: QuantizationOffer) -> str:
    """Return how much of a quantization is on this disk; empty for nothing."""
    if not item.done_bytes:
        return ""
    if not item.missing_bytes:
        return _("on disk")
    return _("{percent} %").format(percent=100 * item.done_bytes // item.size_bytes)


def verdict_sentence(item: QuantizationOffer) -> str:
    """Return the verdict on a quantization: `Q4_K_M fits (2.93 GiB of 5.33 GiB).`"""
    fit, label = item.fit, clean_line(item.label)
    if fit.verdict is Verdict.FITS and fit.footprint is not None and fit.pool is not None:
        return _("{quant} fits ({need} of {free}).").format(
            quant=label,
            need=format_bytes(fit.footprint.total_bytes),
            free=format_bytes(fit.pool.free_bytes),
        )
    return _("{quant} is {verdict}: {reason}.").format(
        quant=label, verdict=verdict_word(fit.verdict), reason=sentence(fit.reason).rstrip(".")
    )


def larger_sentence(item: QuantizationOffer) -> str:
    """Return the verdict on the next larger quantization, as what would be."""
    if item.fit.verdict is Verdict.FITS:
        return _("{quant} would fit, too.").format(quant=clean_line(item.label))
    return _("{quant} would be {verdict}.").format(
        quant=clean_line(item.label), verdict=verdict_word(item.fit.verdict)
    )


def offer_sentences(offer: DownloadOffer) -> list[str]:
    """Return what to know before the question: the verdict, what would fit, and the room on the disk."""
    sentences = [verdict_sentence(offer.chosen)]
    if offer.alternative is not None:
        sentences.append(verdict_sentence(offer.alternative))
    elif offer.larger is not None and offer.chosen.fit.verdict is Verdict.FITS:
        sentences.append(larger_sentence(offer.larger))
    if offer.free_bytes is not None:
        sentences.append(
            _("{free} is free in {folder}.").format(
                free=format_bytes(offer.free_bytes), folder=clean_line(str(offer.folder))
            )
        )
    return sentences


def download_question(offer: DownloadOffer, item: QuantizationOffer) -> str:
    """Return the question whether to download a quantization, with its size and time."""
    facts = {
        "quant": clean_line(item.label),
        "size": format_bytes(item.missing_bytes),
        "time": format_duration(offer.seconds(item)),
        "done": format_bytes(item.done_bytes),
    }
    if item.done_bytes and offer.seconds(item) is not None:
        text = _("Download the missing {size} of {quant}, about {time}? {done} of it are here already.")
    elif item.done_bytes:
        text = _("Download the missing {size} of {quant}? {done} of it are here already.")
    elif offer.seconds(item) is not None:
        text = _("Download {size} of {quant}, about {time}?")
    else:
        text = _("Download {size} of {quant}?")
    return text.format(**facts)


def progress_sentence(status: DownloadStatus) -> str:
    """Return the state of a download in one line: bytes, speed and time left, or what it waits for."""
    done, total = format_bytes(status.done_bytes), format_bytes(status.total_bytes)
    if status.waiting_for is not None:
        return _("{done} of {total}, waiting: {reason}").format(
            done=done, total=total, reason=sentence(status.waiting_for)
        )
    if status.phase == "checking":
        return _("{total}, checking").format(total=total)
    if status.bytes_per_second is None:
        return _("{done} of {total}").format(done=done, total=total)
    if status.seconds_left is None:
        return _("{done} of {total}, {speed}").format(
            done=done, total=total, speed=format_speed(status.bytes_per_second)
        )
    return _("{done} of {total}, {speed}, {time} left").format(
        done=done,
        total=total,
        speed=format_speed(status.bytes_per_second),
        time=format_duration(status.seconds_left),
    )
