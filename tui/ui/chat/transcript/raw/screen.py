"""Screen of the raw view: the exact prompt and output of one reply, special tokens set apart."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.i18n import _
from tui.text import clean_line
from tui.ui.chat.transcript.layout.markdown_rows import plain_rows
from tui.ui.chat.transcript.layout.wrapping import wrap_rows
from tui.ui.chat.transcript.message_painter import MessagePainter
from tui.ui.chat.transcript.raw.lines import raw_lines
from tui.ui.chat.transcript.raw.reply import RawPart, RawReply
from tui.ui.kit.clipboard import copy_notice, copy_text
from tui.ui.kit.dialog import Dialog

_TITLE_STYLE = "bold underline"


class RawText(ScrollView, can_focus=True):
    """Prompt and output below their titles, drawn line by line."""

    BINDING_GROUP_TITLE = _("Raw view")
    DEFAULT_CSS = """
    RawText {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        background: transparent;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "scroll_up", _("Up"), show=False, id="raw.up", tooltip=_("A line up")),
        Binding("j", "scroll_down", _("Down"), show=False, id="raw.down", tooltip=_("A line down")),
        Binding(
            "n", "next_part", _("Reply"), id="raw.next", tooltip=_("Go to the reply, and back to the prompt")
        ),
    ]

    def __init__(self, raw: RawReply) -> None:
        super().__init__()
        self._raw = raw
        self._lines: list[Content] = []
        self._reply_line = 0
        self._painter = MessagePainter(self)

    def on_resize(self, event: Resize) -> None:
        """Break the lines anew."""
        width = self.scrollable_content_region.width
        if width < 1 or width == self.virtual_size.width:
            return
        lines = [*_settings_lines(self._raw.settings, width), *_part_lines(self._raw.prompt, width)]
        self._reply_line = len(lines) + 1
        self._lines = [*lines, Content(), *_part_lines(self._raw.reply, width)]
        self.virtual_size = Size(width, len(self._lines))
        self._painter.forget()

    def action_next_part(self) -> None:
        """Go to the reply, and from there to the prompt."""
        top = min(self._reply_line, self.max_scroll_y)
        self.scroll_to(y=0 if round(self.scroll_y) >= top else top, animate=False)

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen."""
        index = y + round(self.scroll_y)
        line = self._lines[index] if index < len(self._lines) else Content()
        return self._painter.plain(line, self.scrollable_content_region.width)

    def notify_style_update(self) -> None:
        """Paint anew in another theme."""
        self._painter.forget()
        super().notify_style_update()


class RawScreen(ModalScreen[None]):
    """The raw view over the screen below."""

    BINDING_GROUP_TITLE = _("Raw view")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "dismiss", _("Close"), id="raw.close", tooltip=_("Back to the chat")),
        Binding("y", "copy('prompt')", _("Copy prompt"), id="raw.copy_prompt", tooltip=_("Copy the prompt")),
        Binding("r", "copy('reply')", _("Copy reply"), id="raw.copy_reply", tooltip=_("Copy the raw reply")),
    ]
    DEFAULT_CSS = """
    RawScreen {
        align: center middle;
        & > Dialog { height: 96%; }
    }
    """

    def __init__(self, raw: RawReply) -> None:
        super().__init__()
        self._raw = raw

    def compose(self) -> ComposeResult:
        """Put the texts into a frame."""
        with Dialog() as frame:
            title = _("As {model} read and wrote it").format(model=clean_line(self._raw.model))
            # The library's type says str, its code takes content, which unlike a str is never markup.
            frame.border_title = Content(title)  # pyright: ignore[reportAttributeAccessIssue]
            frame.show_hints(
                _("{raw.copy_prompt} copies the prompt"),
                _("{raw.copy_reply} the reply"),
                _("{raw.next} goes to it"),
                _("{raw.close} leaves"),
            )
            yield RawText(self._raw)

    def on_mount(self) -> None:
        """Scroll with the keys at once."""
        self.query_one(RawText).focus()

    def action_copy(self, part: str) -> None:
        """Copy the `prompt` or the `reply`; the frame says how."""
        is_prompt = part == "prompt"
        text = (self._raw.prompt if is_prompt else self._raw.reply).text
        if text:
            label = _("the prompt") if is_prompt else _("the reply")
            self.run_worker(partial(self._copy, text, label), group="clipboard", exclusive=True)

    async def _copy(self, text: str, label: str) -> None:
        copied = await copy_text(text, self._copy_to_terminal)
        self.query_one(Dialog).border_subtitle = Content(copy_notice(copied, label))

    def _copy_to_terminal(self, text: str) -> None:
        self.app.copy_to_clipboard(text)  # pyright: ignore[reportUnknownMemberType]  # the library leaves it open


def _settings_lines(settings: tuple[str, ...], width: int) -> list[Content]:
    if not settings:
        return []
    lines = [line for line_of_settings in settings for line in wrap_rows(plain_rows(line_of_settings), width)]
    return [Content.styled(_("Asked with"), _TITLE_STYLE), *lines, Content()]


def _part_lines(part: RawPart, width: int) -> list[Content]:
    lines = [Content.styled(part.title, _TITLE_STYLE)]
    if part.reason:
        lines += [line.stylize("$dim") for line in wrap_rows(plain_rows(part.reason), width)]
    if part.text is not None:
        lines += raw_lines(part.text, width)
    return lines
