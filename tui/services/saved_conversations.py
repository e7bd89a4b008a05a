"""Saving of the conversation on the screen, and the saved ones to go on with."""

import asyncio
from collections.abc import Callable, Sequence

from tui.chat.conversation import Conversation
from tui.chat.storage.recorder import ConversationRecorder
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore, open_store
from tui.engine.options import LoadSettings
from tui.models.model import Model
from tui.sentences import Reason, reason
from tui.services.sentences import sentence


class SavedConversations:
    """Saves one conversation as it goes on, and puts saved ones in its place."""

    def __init__(
        self,
        conversation: Conversation,
        load_settings: Callable[[], LoadSettings | None],
        on_state: Callable[[Reason | None], None],
    ) -> None:
        """Open the user's store and save the conversation into it from now on.

        Args:
            conversation: the conversation on the screen.
            load_settings: returns how the loaded model was loaded; None while none is.
            on_state: is called on any thread with the reason when nothing is saved any more, and with
                None when it is saved again.
        """
        self.store: ConversationStore = open_store(on_state, sentence)
        self._recorder = ConversationRecorder(self.store, conversation, load_settings)

    async def close(self) -> None:
        """Wait for the last write."""
        await asyncio.to_thread(self.store.close)

    @property
    def open_id(self) -> int | None:
        """Id of the conversation on the screen; None while it has no messages."""
        return self._recorder.conversation_id

    def is_open(self, conversation_id: int) -> bool:
        """Return True for the conversation on the screen."""
        return conversation_id == self._recorder.conversation_id

    async def read(self, conversation_id: int) -> ConversationRecord:
        """Return a saved conversation.

        Raises:
            StoreError: it cannot be read, or was deleted.
        """
        return await asyncio.wrap_future(self.store.read_conversation(conversation_id))

    def resume(self, conversation_id: int, record: ConversationRecord) -> None:
        """Put a saved conversation in place of the one on the screen."""
        self._recorder.reopen(conversation_id, record)


def resumed_model_reason(
    label: str, loaded: Model | None, models: Sequence[Model], settings: LoadSettings | None = None
) -> Reason | None:
    """Return which model a resumed conversation was with and how to go on; None when that is clear.

    Args:
        label: label of the model that answered last; empty for none.
        loaded: the loaded model.
        models: the known models.
        settings: how the model that answered last was loaded; None for unknown.
    """
    if loaded is not None:
        if not label or loaded.label == label:
            return None
        return reason("services.answered_by_another", model=label, loaded=loaded.label)
    if not label:
        return reason("services.no_model_loaded")
    if find_by_label(label, models) is None:
        return reason("services.resumed_model_gone", model=label)
    if settings is None:
        return reason("services.resumed_model_here", model=label)
    return reason(
        "services.resumed_model_settings", model=label, tokens=settings.context, kv=settings.kv_type
    )


def find_by_label(label: str, models: Sequence[Model]) -> Model | None:
    """Return the model on this disk with that label."""
    return next((model for model in models if model.on_disk and model.label == label), None)
