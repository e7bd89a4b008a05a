"""Between the chat and the conversations that are kept: writes the one on the screen, opens others."""

# The app's own type parameter is open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App
from textual.message import Message

from tui.chat.storage.recorder import ConversationRecorder
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.schema import StoreError
from tui.chat.storage.store import ConversationStore, open_store
from tui.engine.options import LoadSettings
from tui.i18n import _
from tui.models.model import Model
from tui.ui.chat.pane import ChatPane
from tui.ui.kit.keys import with_keys
from tui.ui.models.notices import no_model_loaded


class SavingChanged(Message):
    """Conversations are not kept any more, for this reason; or are again, for None."""

    def __init__(self, reason: str | None) -> None:
        super().__init__()
        self.reason = reason

    @property
    def words(self) -> str:
        """A sentence for the user."""
        if self.reason is None:
            return _("Conversations are kept again.")
        return _("This conversation is not kept: {reason}.").format(reason=self.reason)


class Keeping:
    """Keeps what the chat says, for as long as the dashboard lives."""

    def __init__(
        self,
        chat: ChatPane,
        settings: Callable[[], LoadSettings | None],
        post: Callable[[Message], object],
    ) -> None:
        """`settings` says how the loaded model was loaded; `post` takes messages from any thread."""
        self._chat = chat

        def tell(reason: str | None) -> None:
            post(SavingChanged(reason))

        self._store: ConversationStore = open_store(tell)
        self._keeper = ConversationRecorder(self._store, chat.conversation, settings)

    async def close(self) -> None:
        """Wait for the last write."""
        await asyncio.to_thread(self._store.close)

    async def choose(self, app: App[Any]) -> ConversationRecord | None:
        """Let the user look through what is kept; what is opened is in the chat when this returns.

        Needs a worker to run in. Returns None when nothing was opened.
        """
        # Here: it is seldom needed, and the first screen need not wait for it.
        from tui.ui.chat.history.conversations_screen import ConversationsScreen

        chosen = await app.push_screen_wait(ConversationsScreen(self._store, on_delete=self._deleted))
        if chosen is None:
            return None
        try:
            record = await asyncio.wrap_future(self._store.read_conversation(chosen))
        except StoreError as error:
            self._chat.notice.show_error(_("It cannot be opened: {reason}.").format(reason=error))
            return None
        if chosen != self._keeper.conversation_id:
            self._chat.replace(lambda: self._keeper.reopen(chosen, record))
        return record

    def _deleted(self, conversation: int) -> None:
        if conversation == self._keeper.conversation_id:
            self._chat.action_new_chat()


def answering_model_text(
    label: str, loaded: Model | None, here: Sequence[Model], settings: LoadSettings | None = None
) -> str:
    """Of a conversation that is open again: who answered in it, and how it goes on. Empty when that is clear.

    `label` is the model's that answered last, `here` are the models that are known, and `settings` how
    it was loaded.
    """
    if loaded is not None:
        if not label or loaded.label == label:
            return ""
        words = _("This was with {model}; {loaded} answers now.")
        return words.format(model=label, loaded=loaded.label)
    if not label:
        return no_model_loaded()
    if find_by_label(label, here) is not None:
        if settings is None:
            return with_keys(
                _("This was with {model}: {pane.models}, then {models.choose} loads it."),
                _("This was with {model}: choose it in the list to load it."),
                model=label,
            )
        return with_keys(
            _(
                "This was with {model}, a context of {tokens} tokens and {kv} for the KV cache: "
                "{pane.models}, then {models.choose} loads it so."
            ),
            _("This was with {model}, a context of {tokens} tokens and {kv} for the KV cache."),
            model=label,
            tokens=f"{settings.context:,}",
            kv=settings.kv_type,
        )
    return with_keys(
        _(
            "This was with {model}, which is not on this disk: {pane.models}, choose another and press "
            "{models.choose}."
        ),
        _("This was with {model}, which is not on this disk: choose another in the list."),
        model=label,
    )


def find_by_label(label: str, models: Sequence[Model]) -> Model | None:
    """The model on this disk with that label."""
    return next((each for each in models if each.on_disk and each.label == label), None)
