"""What stands below a message: its versions and pins, and what a reply cost."""

from textual.content import Content

from tui.chat.messages import Reply
from tui.i18n import _
from tui.text import clean
from tui.ui.chat.transcript.layout.markdown_rows import Row
from tui.ui.chat.transcript.layout.reply_note import describe_reply, receipt_lines


def note_rows(remark: Content, reply: Reply | None, *, marked: bool) -> list[Row]:
    """The remark, and with it what a closed reply cost: in a line, and in full while it is marked."""
    if reply is None:
        return [Row(remark.stylize_before("dim"))] if remark else []
    style = "dim" if reply.interrupted is None else "$text-error"
    parts = [remark.stylize_before(style), Content.styled(clean(describe_reply(reply)), style)]
    note = Content.styled(" · ", style).join(part for part in parts if part)
    lines = [note] if note else []
    if reply.receipt is not None and marked:
        lines += [Content.styled(clean(line), "dim") for line in receipt_lines(reply.receipt, reply.parts)]
    gap = [Row(Content())] if lines and reply.text.strip() else []
    return gap + [Row(line) for line in lines]


def dropped_rule() -> list[Row]:
    """Stands after the last of the turns that are left out of the context."""
    words = _("not sent to the model any more")
    return [Row(Content()), Row(Content.styled(f"── {words} ──", "dim"))]
