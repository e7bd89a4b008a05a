"""A hub on loopback for each test, and an environment without the user's own tokens and proxies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.hub.loopback_hub import LoopbackHub, running_hub
from tests.models.hub.samples import use_hub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LoopbackHub]:
    with running_hub() as hub:
        use_hub(hub, monkeypatch, tmp_path)
        yield hub
