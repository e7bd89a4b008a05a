"""A conversation file in a data folder of its own, and a store on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.chat.storage.store import ConversationStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "conversations.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[ConversationStore]:
    store = ConversationStore(file)
    yield store
    assert store.close()
