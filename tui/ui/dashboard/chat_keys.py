"""Keys of the chat that work in every pane of the dashboard."""

from textual.binding import Binding

from tui.ui.chat.pane import ChatPane
from tui.ui.chat.prompt.prompt_area import PromptArea
from tui.ui.kit.keyboard.actions import FORWARD


def forwarded_chat_keys() -> list[Binding]:
    """Return the keys of the chat and of its prompt, but Esc, whose meaning is the pane's own."""
    return [
        Binding(
            binding.key,
            f"{FORWARD}('{binding.action}')",
            binding.description,
            show=False,
            tooltip=binding.tooltip,
            id=binding.id,
        )
        for owner in (ChatPane, PromptArea)
        for binding in owner.BINDINGS
        if isinstance(binding, Binding) and binding.key != "escape"
    ]
