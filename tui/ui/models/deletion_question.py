"""Question before a model is deleted: its files, what comes back, and where the same content stays."""

from tui.i18n import _, ngettext
from tui.models.stores.stores import origin_reason
from tui.services.deleting import Deletion
from tui.text import clean_line, short_path
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.units import format_bytes


def deletion_question(deletion: Deletion) -> str:
    """Return the text of the question."""
    file = deletion.model.file
    assert file is not None
    count = len(file.shards)
    lines = [
        ngettext(
            "Delete {model}, {count} file, from this disk?",
            "Delete {model}, {count} files, from this disk?",
            count,
        ).format(model=clean_line(deletion.model.label), count=count),
        clean_line(short_path(file.path)),
    ]
    if deletion.freed_bytes:
        lines.append(_("{size} comes back.").format(size=format_bytes(deletion.freed_bytes)))
    else:
        lines.append(_("Nothing comes back: the content has another name on this disk."))
    places = [
        sentence_with_keys(origin_reason(place.found_in, place.stored_as))
        for place in file.elsewhere
        if place.path not in deletion.paths
    ]
    if places:
        lines.append(
            _("It stays in {places}.").format(places=", ".join(map(clean_line, dict.fromkeys(places))))
        )
    return "\n".join(lines)
