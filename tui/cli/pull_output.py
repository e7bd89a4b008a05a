"""Output of `llmtui pull`: the quantizations as a table, the bar of progress, and lines of JSON."""

import json
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tui.cli.fit_output import verdict_color_codes
from tui.cli.output import write
from tui.cli.table import TableColumn, write_table
from tui.fit.words import verdict_word
from tui.i18n import _
from tui.sentences import Reason, reason
from tui.services.downloads.offer import DownloadOffer, QuantizationOffer
from tui.services.downloads.queue import DownloadStatus
from tui.services.downloads.words import needs_word, presence_word, progress_sentence, share_done
from tui.services.model_columns import context_word
from tui.services.sentences import json_fields, sentence
from tui.text import clean_line
from tui.units import format_bytes

_SHORTEST_BAR, _LONGEST_BAR = 6, 30
"""Cells of a bar."""
_FRAME_CELLS = len("100 % ▕▏ ")
_PARTS = " ▏▎▍▌▋▊▉"


def print_quantizations(offer: DownloadOffer) -> None:
    """Print the quantizations of a repository with their sizes and verdicts, the chosen one marked."""
    items = offer.quantizations
    context = context_word(offer.chosen.fit.context)
    write_table(
        [
            TableColumn("", ["*" if item.label == offer.chosen.label else "" for item in items]),
            TableColumn(
                _("verdict"),
                [verdict_word(item.fit.verdict) for item in items],
                colors=verdict_color_codes([item.fit.verdict for item in items]),
            ),
            TableColumn(_("quant"), [clean_line(item.label) for item in items], wraps=True),
            TableColumn(_("size"), [format_bytes(item.size_bytes) for item in items], right=True),
            TableColumn(
                _("{needs} at {context}").format(needs=_("needs"), context=context),
                [needs_word(item) for item in items],
                _("needs"),
                right=True,
            ),
            TableColumn(_("here"), [presence_word(item) for item in items], rank=1),
        ]
    )


class ProgressBar:
    """A line on a terminal's standard error that is drawn over itself; nothing elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._length = 0

    def show(self, status: DownloadStatus) -> None:
        """Draw the state of a download."""
        if not self._is_terminal:
            return
        text = progress_sentence(status)
        share = share_done(status)
        columns = shutil.get_terminal_size().columns - 1
        line = f"{int(100 * share):3d} % {_bar(share, columns - len(text) - _FRAME_CELLS)}{text}"[:columns]
        self._write("\r" + line.ljust(self._length))
        self._length = len(line)

    def clear(self) -> None:
        """Remove the line."""
        if self._is_terminal and self._length:
            self._write("\r" + " " * self._length + "\r")
            self._length = 0

    def _write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def _bar(share: float, cells: int) -> str:
    """Return a bar of at most so many cells; empty where there is too little room for one."""
    cells = min(_LONGEST_BAR, cells)
    if cells < _SHORTEST_BAR:
        return ""
    whole_cells, part = divmod(round(8 * cells * min(1.0, share)), 8)
    bar = "█" * whole_cells + (_PARTS[part] if part else "")
    return f"▕{bar.ljust(cells)}▏ "


def print_json_line(value: dict[str, Any]) -> None:
    """Print one event as one line of JSON on stdout, at once."""
    write(json.dumps(value, allow_nan=False) + "\n")
    sys.stdout.flush()


def offer_json(offer: DownloadOffer) -> dict[str, Any]:
    """Return the offer: each quantization with its size and verdict, and what is chosen."""
    repository = offer.repository
    no_repository = None if repository else reason("services.web_address")
    alternative = offer.alternative
    seconds = offer.seconds(offer.chosen)
    return {
        "event": "offer",
        "name": offer.source.name,
        "repository": repository.name if repository else None,
        **json_fields("repository_reason", no_repository),
        "revision": repository.revision if repository else None,
        **json_fields("revision_reason", no_repository),
        "license": repository.license if repository else None,
        **json_fields("license_reason", no_repository),
        "gated": repository.gated if repository else False,
        "context": offer.chosen.fit.context,
        "kv_type": offer.chosen.fit.kv_type,
        "chosen": offer.chosen.label,
        "alternative": alternative.label if alternative else None,
        **json_fields("alternative_reason", None if alternative else reason("services.no_alternative")),
        "folder": str(offer.folder),
        "free_bytes": offer.free_bytes,
        **_unless(offer.free_bytes, "free_bytes_reason", reason("services.disk_untold")),
        "bytes_per_second": offer.bytes_per_second,
        **_unless(offer.bytes_per_second, "bytes_per_second_reason", reason("services.line_not_measured")),
        "seconds": seconds,
        **_unless(seconds, "seconds_reason", reason("services.line_not_measured")),
        "quants": [_quantization_json(item) for item in offer.quantizations],
    }


def _quantization_json(item: QuantizationOffer) -> dict[str, Any]:
    footprint = item.fit.footprint
    return {
        "quant": item.label,
        "size_bytes": item.size_bytes,
        "done_bytes": item.done_bytes,
        "verdict": item.fit.verdict.value,
        "reason": sentence(item.fit.reason),
        "reason_code": item.fit.reason.code,
        "exact": item.exact,
        "footprint_bytes": footprint.total_bytes if footprint else None,
        **json_fields("footprint_bytes_reason", None if footprint else item.fit.reason),
        "files": [file.path for file in item.quantization.files],
    }


def progress_json(status: DownloadStatus) -> dict[str, Any]:
    """Return the state of a download that runs."""
    return {
        "event": "progress",
        "phase": status.phase or "",
        "done_bytes": status.done_bytes,
        "total_bytes": status.total_bytes,
        "bytes_per_second": status.bytes_per_second,
        **_unless(status.bytes_per_second, "bytes_per_second_reason", reason("services.line_not_measured")),
        "seconds_left": status.seconds_left,
        **_unless(status.seconds_left, "seconds_left_reason", reason("services.line_not_measured")),
        "waiting_for": sentence(status.waiting_for) if status.waiting_for else "",
        "waiting_for_code": status.waiting_for.code if status.waiting_for else "",
    }


def done_json(status: DownloadStatus) -> dict[str, Any]:
    """Return a finished download."""
    return {
        "event": "done",
        "path": str(status.path),
        "size_bytes": status.total_bytes,
        "resumed_bytes": status.resumed_bytes,
        "verified": status.verified,
        "usable": status.model_error is None,
        **json_fields("usable_reason", status.model_error),
    }


def ended_json(status: DownloadStatus, why: Sequence[Reason]) -> dict[str, Any]:
    """Return a download that failed or was paused."""
    return {
        "event": status.state,
        "done_bytes": status.done_bytes,
        "total_bytes": status.total_bytes,
        "reason": " ".join(map(sentence, why)),
        "reason_code": why[0].code if why else "",
    }


def _unless(value: object, key: str, why: Reason) -> dict[str, str | None]:
    return json_fields(key, why if value is None else None)
