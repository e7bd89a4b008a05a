from collections.abc import Iterator

import pytest

from tests.ui.dashboard.running_dashboard import engines


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    yield
    assert engines() == []
