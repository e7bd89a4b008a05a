"""Chips of the attachments above the prompt: name, tokens, and a cross to remove each."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.chat.messages import Attachment
from tui.i18n import _
from tui.services.token_counts import Tokens
from tui.text import clean_line
from tui.ui.chat.prompt.draft_words import tokens_text
from tui.ui.kit.cells import middle_cut

_NAME_CELLS = 32
_REMOVE = "×"


class Chip(Static, can_focus=True):
    """Chip of one attachment."""

    BINDING_GROUP_TITLE = _("Attachments")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "move(-1)",
            _("Before"),
            show=False,
            id="attachment.previous",
            tooltip=_("The attachment before"),
        ),
        Binding(
            "right",
            "move(1)",
            _("After"),
            show=False,
            id="attachment.next",
            tooltip=_("The attachment after"),
        ),
        Binding(
            "down",
            "leave",
            _("Prompt"),
            show=False,
            id="attachment.leave",
            tooltip=_("Go back to the prompt"),
        ),
        Binding(
            "delete,backspace",
            "remove",
            _("Remove"),
            id="attachment.remove",
            tooltip=_("Remove the attachment; in an empty prompt, the last one"),
        ),
        Binding(
            "enter",
            "write_out",
            _("To text"),
            id="attachment.to_text",
            tooltip=_("Put its text into the prompt instead"),
        ),
    ]
    DEFAULT_CSS = """
    Chip {
        width: auto;
        height: 1;
        margin: 0 1 0 0;
        padding: 0 1;
        background: $panel;
        color: $foreground;
        &:focus { background: $primary 40%; text-style: bold; }
    }
    """

    class ChipAction(Message):
        """The user chose an action on an attachment."""

        def __init__(self, attachment: Attachment) -> None:
            super().__init__()
            self.attachment = attachment

    class Removed(ChipAction):
        """The user removes the attachment."""

    class WrittenOut(ChipAction):
        """The user wants the attachment as text in the prompt."""

    class ChipsLeft(Message):
        """The focus goes back to the prompt."""

    def __init__(self, attachment: Attachment, tokens: Tokens) -> None:
        super().__init__(markup=False)
        self.attachment = attachment
        self.show_tokens(tokens)

    def show_tokens(self, tokens: Tokens) -> None:
        """Show the number of tokens."""
        name = middle_cut(clean_line(self.attachment.name), _NAME_CELLS)
        self.update(Content.assemble(name, (f" · {tokens_text(tokens)} ", "$dim"), _REMOVE))

    def on_click(self, event: events.Click) -> None:
        """Remove the attachment if the cross was clicked."""
        event.stop()
        if event.x >= self.size.width - 2:
            self.action_remove()

    def action_move(self, by: int) -> None:
        """Go to the chip before or after, if there is one."""
        chips = list(self.parent.query_children(Chip)) if isinstance(self.parent, Chips) else []
        index = chips.index(self) + by if chips else 0
        if 0 <= index < len(chips):
            chips[index].focus()

    def action_leave(self) -> None:
        """Go back to the prompt."""
        self.post_message(self.ChipsLeft())

    def action_remove(self) -> None:
        """Ask for its removal."""
        self.post_message(self.Removed(self.attachment))

    def action_write_out(self) -> None:
        """Ask for its text in the prompt."""
        self.post_message(self.WrittenOut(self.attachment))


class Chips(Horizontal):
    """Scrolling row of all chips, which is hidden while there is none."""

    DEFAULT_CSS = """
    Chips {
        height: 1;
        width: 1fr;
        display: none;
        overflow-x: auto;
        scrollbar-size: 0 0;
        &.-any { display: block; }
    }
    """

    async def show(self, attachments: Sequence[Attachment], tokens: Sequence[Tokens]) -> None:
        """Show a chip for each attachment."""
        self.set_class(bool(attachments), "-any")
        await self.remove_children(Chip)
        await self.mount_all(
            Chip(attachment, count) for attachment, count in zip(attachments, tokens, strict=True)
        )

    def show_tokens(self, tokens: Sequence[Tokens]) -> None:
        """Show new token counts of the same attachments."""
        for chip, count in zip(self.query_children(Chip), tokens, strict=False):
            chip.show_tokens(count)
