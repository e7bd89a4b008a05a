"""Watch of the draft, which shows its cost after a pause in typing."""

from typing import Protocol

from tui.chat.conversation import Conversation
from tui.chat.messages import Question
from tui.services.draft_cost import DraftCounter
from tui.ui.chat.context.strip import ContextStrip
from tui.ui.chat.prompt.prompt_area import PromptArea
from tui.ui.kit.quiet_timer import QuietTimer

PAUSE_SECONDS = 0.3
"""Seconds between the last key and the count."""


class DraftChat(Protocol):
    """The chat, as far as the draft needs it."""

    @property
    def conversation(self) -> Conversation:
        """The conversation before the draft."""
        ...

    @property
    def draft(self) -> Question:
        """The draft as a question; an empty one where it will be an answer."""
        ...

    @property
    def edited_question_id(self) -> int | None:
        """The question in whose place the draft would be asked; None for a new one."""
        ...

    @property
    def prompt_area(self) -> PromptArea:
        """The prompt area that shows the cost."""
        ...

    @property
    def strip(self) -> ContextStrip:
        """The strip with the turns that have no room in the context."""
        ...


class DraftWatch:
    """Watch that counts the draft, except while a reply is written, and shows the cost above the prompt."""

    def __init__(self, chat: DraftChat, counter: DraftCounter, timer: QuietTimer) -> None:
        self._chat = chat
        self._counter = counter
        self._timer = timer

    def changed(self) -> None:
        """Count the draft after a pause: the draft, the conversation or the model has changed."""
        self._timer.stop()
        if self._is_empty:
            # At once, so that the cost of a sent draft disappears.
            self._chat.prompt_area.cost = None
            return
        self._timer.restart(self.count)

    async def count(self) -> None:
        """Count the draft, and show its cost."""
        area, draft = self._chat.prompt_area, self._chat.draft
        if self._is_empty:
            area.cost = None
            return
        filling = self._chat.strip.filling
        area.cost = await self._counter.cost(
            self._chat.conversation,
            draft,
            self._chat.edited_question_id,
            filling.plan.dropped_ids if filling is not None else frozenset[int](),
        )
        if area.prompt.attachments == draft.attachments:
            area.show_tokens(self._counter.attachment_tokens(draft))

    @property
    def _is_empty(self) -> bool:
        draft = self._chat.draft
        return not draft.text and not draft.attachments
