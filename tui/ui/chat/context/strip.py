"""Context strip below the prompt: a bar of the parts of the context, with a legend while it has focus."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from typing import ClassVar

import msgspec
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.chat.context import FULL_CONTEXT_POLICIES, FullContextPolicy
from tui.i18n import _
from tui.ui.chat.context.strip_lines import Filling, context_line, legend_lines
from tui.ui.kit.painter import Painter
from tui.ui.kit.pieces import Line, plain

_TOOLTIP_WIDTH = 60


class ContextStrip(Widget, can_focus=True):
    """Bar of the context in one row, in place of a separator."""

    BINDING_GROUP_TITLE = _("Context")
    DEFAULT_CSS = """
    ContextStrip {
        height: 1;
        padding: 0 1;
        &:focus { height: auto; background: $surface; }
        & > .context--system { color: $dim; }
        & > .context--turns { color: $part-weights; }
        & > .context--attachments { color: $part-kv; }
        & > .context--thinking { color: $part-compute; }
        & > .context--draft { color: $foreground; }
        & > .context--dropped { color: $fit-tight; }
        & > .context--answer { color: $dim; }
        & > .context--track { background: $gauge-track; }
        & > .context--cap { color: $dim; }
        & > .context--critical { color: $fit-too-big; text-style: bold; }
        & > .context--value { color: $foreground; }
        & > .context--unit { color: $dim; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "context--system",
        "context--turns",
        "context--attachments",
        "context--thinking",
        "context--draft",
        "context--dropped",
        "context--answer",
        "context--track",
        "context--cap",
        "context--critical",
        "context--value",
        "context--unit",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "w,enter,space",
            "policy",
            _("When full"),
            id="context.policy",
            tooltip=_("When the context is full: stop, drop the oldest turns, or those that are not pinned"),
        ),
        Binding("escape", "leave", _("Back"), id="context.leave", tooltip=_("Go back to the prompt")),
    ]

    class PolicyChosen(Message):
        """The user wants another policy for a full context."""

        def __init__(self, policy: FullContextPolicy) -> None:
            super().__init__()
            self.policy: FullContextPolicy = policy

    class StripLeft(Message):
        """The user goes back to the prompt."""

    filling: reactive[Filling | None] = reactive[Filling | None](None)
    """Parts of the context; None until they are counted."""
    live_tokens: reactive[int | None] = reactive[int | None](None)
    """Tokens in the context while a reply is written; None otherwise."""
    policy: reactive[FullContextPolicy] = reactive[FullContextPolicy]("stop")
    """Policy for a full context."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._painter = Painter(self, "context")

    @property
    def live_filling(self) -> Filling | None:
        """Parts of the context with the tokens of the open reply."""
        if self.filling is None or self.live_tokens is None:
            return self.filling
        return msgspec.structs.replace(self.filling, live_tokens=self.live_tokens)

    def lines(self, width: int) -> list[Line]:
        """Return the bar, and below it the legend."""
        filling = self.live_filling
        return [context_line(filling, width), *legend_lines(filling, self.policy, width)]

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return the number of lines; without focus, the style sheet shows only the first."""
        return len(self.lines(width))

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen."""
        lines = self.lines(self.content_size.width)
        return self._painter.paint(lines[y] if y < len(lines) else [])

    def notify_style_update(self) -> None:
        """Drop the styles of the old theme."""
        self._painter.forget()
        super().notify_style_update()

    def watch_filling(self) -> None:
        """Lay out the legend, whose number of rows may have changed."""
        if self.has_focus:
            self.refresh(layout=True)

    def watch_policy(self) -> None:
        """Draw the policy in the legend."""
        self.refresh(layout=self.has_focus)

    def on_enter(self, _event: events.Enter) -> None:
        """Show the legend as a tooltip, so that the prompt keeps the focus."""
        self.tooltip = "\n".join(plain(line).rstrip() for line in self.lines(_TOOLTIP_WIDTH)[1:])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Esc stop an open reply, as everywhere in the chat."""
        return not (action == "leave" and self.live_tokens is not None)

    def action_policy(self) -> None:
        """Choose the next policy."""
        self.policy = FULL_CONTEXT_POLICIES[
            (FULL_CONTEXT_POLICIES.index(self.policy) + 1) % len(FULL_CONTEXT_POLICIES)
        ]
        self.post_message(self.PolicyChosen(self.policy))

    def action_leave(self) -> None:
        """Go back to the prompt."""
        self.post_message(self.StripLeft())
