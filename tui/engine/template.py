"""From a conversation to the text that the model reads: its own chat template, or a plain transcript."""

import logging
from collections.abc import Callable, Sequence

from tui.engine.protocol import ChatMessage

log = logging.getLogger(__name__)

Render = Callable[[list[dict[str, str]]], str]

NO_TEMPLATE = (
    "the file carries no chat template; it may be a base model, which continues text and does not chat"
)


class ChatTemplate:
    """Renders conversations; where the model's template fails, as a plain transcript."""

    def __init__(self, source: str | None, compile_template: Callable[[str], Render]) -> None:
        self._render: Render | None = None
        self.reason: str | None = None
        """Why the model's own template is not used; None when it is."""
        if not source:
            self.reason = NO_TEMPLATE
            return
        try:
            render = compile_template(source)
            render([{"role": "user", "content": "."}])
        except Exception as error:  # noqa: BLE001 - templates are programs from files; any error can come out.
            log.warning("chat template: %s", error)
            self.reason = f"its chat template does not work here ({error})"
            return
        self._render = render

    @property
    def stops(self) -> tuple[str, ...]:
        """Texts that end a reply; only the plain transcript needs them."""
        return () if self._render else ("\nUser:",)

    def render(self, messages: Sequence[ChatMessage]) -> str:
        """The prompt for the next reply."""
        if self._render is None:
            return _transcript(messages)
        plain = [{"role": message.role, "content": message.content} for message in messages]
        try:
            return self._render(plain)
        except Exception as error:  # noqa: BLE001 - see above; some templates refuse a system message.
            if plain[0]["role"] != "system" or len(plain) < 2:
                log.warning("chat template: %s", error)
                return _transcript(messages)
        first = {"role": plain[1]["role"], "content": f"{plain[0]['content']}\n\n{plain[1]['content']}"}
        try:
            return self._render([first, *plain[2:]])
        except Exception as error:  # noqa: BLE001 - see above.
            log.warning("chat template: %s", error)
            return _transcript(messages)


def _transcript(messages: Sequence[ChatMessage]) -> str:
    names = {"system": "System", "user": "User", "assistant": "Assistant"}
    turns = [f"{names[message.role]}: {message.content}" for message in messages]
    return "\n\n".join([*turns, "Assistant:"])
