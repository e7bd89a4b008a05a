"""Lines about the downloads of the queue: the line above the keys, and the rows of their list. No widget."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.i18n import _, ngettext
from tui.services.downloads.queue import DownloadState, DownloadStatus
from tui.services.downloads.words import download_name, format_speed, progress_sentence, share_done
from tui.text import clean_line
from tui.ui.kit.cells import middle_cut
from tui.ui.kit.keyboard.names import sentence_with_keys, with_keys
from tui.ui.kit.notice_line import BAR_WIDTH, progress_bar
from tui.ui.kit.pieces import Line, Piece, cut, join_fitting, spread
from tui.units import format_duration

GLYPHS: dict[DownloadState, str] = {
    "running": "↓",
    "queued": "·",
    "paused": "‖",
    "failed": "✗",
    "done": "✓",
    "cancelled": "–",
}
_ROLES: dict[DownloadState, str] = {
    "running": "$text-accent",
    "queued": "$dim",
    "paused": "$text-warning",
    "failed": "$text-error",
    "done": "$text-success",
    "cancelled": "$dim",
}
_LONGEST_NAME = 40
_SHORTEST_NAME = 12
_FIGURES_WIDTH = 46
"""Cells that the figures of a running download take beside its name."""
_URGENCY: tuple[DownloadState, ...] = ("running", "queued", "failed", "paused")
"""States that the line tells of, the one to show first at the front."""


def line_pieces(statuses: Sequence[DownloadStatus], width: int) -> Line:
    """Return the line above the keys in at most `width` cells; empty while there is nothing to tell."""
    status = _status_to_show(statuses)
    if status is None:
        return []
    name_width = max(_SHORTEST_NAME, min(_LONGEST_NAME, width - _FIGURES_WIDTH))
    name = Piece(middle_cut(download_name(status.request), name_width), "bold")
    fields: list[Line] = [[Piece(f"{GLYPHS[status.state]} ", _ROLES[status.state]), name]]
    fields += _running_fields(status) if status.state in ("running", "queued") else _halted_fields(status)
    return join_fitting([*fields, *_count_fields(statuses, status)], width)


def queue_row(status: DownloadStatus, width: int) -> tuple[Line, Line]:
    """Return the two lines of a download in the list, in at most `width` cells."""
    state = Piece(state_word(status), _ROLES[status.state])
    name_width = max(_SHORTEST_NAME, width - cell_len(state.text) - 4)
    name = middle_cut(download_name(status.request), name_width)
    first = spread(
        [Piece(f"{GLYPHS[status.state]} ", _ROLES[status.state]), Piece(name, "bold")], [state], width
    )
    return first, cut([Piece("  "), *_second_line(status)], width)


def state_word(status: DownloadStatus) -> str:
    """Return the state of a download: `62 %`, `waits`, `paused at 62 %`, `failed at 62 %`, `here`."""
    percent = percent_done(status)
    match status.state:
        case "running":
            return _("{percent} %").format(percent=percent)
        case "queued":
            return _("waits")
        case "paused":
            return _("paused at {percent} %").format(percent=percent)
        case "failed" if not status.done_bytes:
            return _("failed")
        case "failed":
            return _("failed at {percent} %").format(percent=percent)
        case "done":
            return _("here")
        case "cancelled":
            return _("cancelled")


def percent_done(status: DownloadStatus) -> int:
    """Return the share that is done in whole percent; 100 is reached only at the end."""
    return int(100 * share_done(status))


def status_text(status: DownloadStatus) -> str:
    """Return the whole text about a download: where it is from, why it failed, and what to do."""
    lines = [clean_line(status.request.title)]
    if status.state == "failed":
        lines.append(sentence_with_keys(status.error, status.hint))
    elif status.model_error is not None:
        lines.append(sentence_with_keys(status.model_error))
    elif status.state == "done" and status.verified:
        lines.append(_("Verified: its SHA-256 is the published one."))
    elif status.state == "done":
        lines.append(_("Not verified: nobody published a hash of it."))
    elif status.waiting_for is not None:
        lines.append(
            _("It is tried again by itself: {reason}").format(reason=sentence_with_keys(status.waiting_for))
        )
    return "\n".join(lines)


def _status_to_show(statuses: Sequence[DownloadStatus]) -> DownloadStatus | None:
    for state in _URGENCY:
        if matching := [status for status in statuses if status.state == state]:
            return matching[0]
    return None


def _running_fields(status: DownloadStatus) -> list[Line]:
    bar = Piece(progress_bar(share_done(status), BAR_WIDTH), "$accent on $panel")
    # Right-aligned, so that nothing behind it moves.
    fields: list[Line] = [[bar, Piece(f" {percent_done(status):3d} %")]]
    if status.waiting_for is not None:
        why = sentence_with_keys(status.waiting_for)
        return [*fields, [Piece(_("waiting: {reason}").format(reason=why), "$text-warning")]]
    if status.phase == "checking":
        return [*fields, [Piece(_("checking"))]]
    if status.seconds_left is not None:
        fields.append([Piece(_("{time} left").format(time=format_duration(status.seconds_left)))])
    if status.bytes_per_second is not None:
        fields.append([Piece(format_speed(status.bytes_per_second), "$dim")])
    return fields


def _halted_fields(status: DownloadStatus) -> list[Line]:
    fields: list[Line] = [[Piece(state_word(status), _ROLES[status.state])]]
    if status.state == "failed":
        hint = with_keys(_("{downloads.show} says what to do"))
        return [*fields, [Piece(hint, "$dim")], [Piece(sentence_with_keys(status.error), "$text-error")]]
    return [*fields, [Piece(with_keys(_("{downloads.show} to go on")), "$dim")]]


def _count_fields(statuses: Sequence[DownloadStatus], status: DownloadStatus) -> list[Line]:
    """Return how many others wait, have failed, or are paused."""
    counts = {
        state: sum(other.state == state for other in statuses if other is not status) for state in _URGENCY
    }
    fields: list[Line] = []
    if count := counts["queued"]:
        fields.append([Piece(ngettext("{count} waits", "{count} wait", count).format(count=count), "$dim")])
    if count := counts["failed"]:
        fields.append([Piece(_("{count} failed").format(count=count), "$text-error")])
    if count := counts["paused"]:
        fields.append([Piece(_("{count} paused").format(count=count), "$dim")])
    return fields


def _second_line(status: DownloadStatus) -> Line:
    if status.state == "failed":
        return [Piece(sentence_with_keys(status.error), "$text-error")]
    if status.state == "done":
        return [Piece(clean_line(str(status.path)), "$dim")]
    bar = Piece(progress_bar(share_done(status), 2 * BAR_WIDTH), "$accent on $panel")
    return [bar, Piece(f"  {progress_sentence(status)}", "$dim" if status.state != "running" else "")]
