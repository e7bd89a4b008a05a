"""Bounds of the settings of a load."""

import msgspec
import pytest

from tui.engine.options import (
    MAX_BATCH,
    MAX_CONTEXT,
    LoadSettings,
)
from tui.engine.protocol import (
    PlanRequest,
    Request,
)


@pytest.mark.parametrize(
    "settings",
    [
        LoadSettings(context=0),
        LoadSettings(context=-1),
        LoadSettings(context=MAX_CONTEXT + 1),
        LoadSettings(batch=0),
        LoadSettings(batch=MAX_BATCH + 1),
        LoadSettings(kv_type="f99"),  # type: ignore[arg-type]
    ],
)
def test_settings_out_of_range_are_refused(settings: LoadSettings) -> None:
    line = msgspec.json.encode(PlanRequest(1, "a", settings))

    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(line, type=Request)
