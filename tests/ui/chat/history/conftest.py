"""A store of conversations."""

from pathlib import Path

import pytest

from tui.chat.storage.store import ConversationStore


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(tmp_path / "conversations.sqlite")
