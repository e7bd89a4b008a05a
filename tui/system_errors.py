"""Errors of the operating system as reasons: the usual ones in words, others as the system has them."""

import errno

from tui.i18n import N_
from tui.sentences import Reason, Table, reason
from tui.text import clean_line

SENTENCES: Table = {
    # Phrases, which follow a colon
    "system.address_in_use": N_("the address is in use"),
    "system.busy": N_("it is in use"),
    "system.closed_pipe": N_("the program that reads it has ended"),
    "system.disk_full": N_("the disk is full"),
    "system.exists": N_("it is there already"),
    "system.failed": N_("{error}"),
    "system.file_too_large": N_("the file would be too large for this disk"),
    "system.is_folder": N_("it is a folder"),
    "system.link_circle": N_("its links lead in a circle"),
    "system.name_too_long": N_("the name is too long"),
    "system.no_device": N_("the device is gone"),
    "system.no_memory": N_("there is not enough memory"),
    "system.no_permission": N_("permission denied"),
    "system.not_a_folder": N_("a part of the path is not a folder"),
    "system.not_there": N_("there is no such file or folder"),
    "system.quota_used": N_("the quota of the disk is used up"),
    "system.read_only": N_("the disk is read-only"),
    "system.reading_failed": N_("the disk or the device failed"),
    "system.timed_out": N_("it took too long"),
    "system.too_many_files": N_("too many files are open"),
    "system.unsupported": N_("this system cannot do that"),
}
_CODES = {
    "EACCES": "system.no_permission",
    "EADDRINUSE": "system.address_in_use",
    "EBUSY": "system.busy",
    "EDQUOT": "system.quota_used",
    "EEXIST": "system.exists",
    "EFBIG": "system.file_too_large",
    "EIO": "system.reading_failed",
    "EISDIR": "system.is_folder",
    "ELOOP": "system.link_circle",
    "EMFILE": "system.too_many_files",
    "ENAMETOOLONG": "system.name_too_long",
    "ENFILE": "system.too_many_files",
    "ENODEV": "system.no_device",
    "ENOENT": "system.not_there",
    "ENOMEM": "system.no_memory",
    "ENOSPC": "system.disk_full",
    "ENOSYS": "system.unsupported",
    "ENOTDIR": "system.not_a_folder",
    "ENOTSUP": "system.unsupported",
    "ENXIO": "system.no_device",
    "EPERM": "system.no_permission",
    "EPIPE": "system.closed_pipe",
    "EROFS": "system.read_only",
    "ETIMEDOUT": "system.timed_out",
    "ETXTBSY": "system.busy",
}
"""By the names of errors; Windows lacks some, and the numbers differ."""


def system_error(error: Exception) -> Reason:
    """Return why the system refused something, as a phrase; of any other error its text, or its type."""
    if isinstance(error, OSError) and error.errno is not None:
        code = _CODES.get(errno.errorcode.get(error.errno, ""))
        if code is not None:
            return reason(code)
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return reason("system.failed", error=clean_line(text) or type(error).__name__)
