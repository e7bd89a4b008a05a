"""What every part of the dashboard works with: one engine, and what sizes, measures and records it."""

import msgspec

from tui.fit.sizing import Sizer
from tui.hardware.recording.replay import Replay
from tui.services.activity.feed import TimelineFeed
from tui.services.host import EngineHost
from tui.services.measuring import SpeedMeasurement
from tui.settings.settings import Settings


class EngineRoom(msgspec.Struct, frozen=True):
    """One of each; whoever loads a model or asks it something does it through these."""

    settings: Settings
    build: str | None
    """Identifies the installed engine; None when there is none."""
    replay: Replay | None
    """Stands in for this machine; nothing is loaded then."""
    host: EngineHost
    sizer: Sizer
    feed: TimelineFeed
    measuring: SpeedMeasurement

    @property
    def held_on_card(self) -> int:
        """What the loaded model will give back of a card's memory, in bytes."""
        return self.host.loaded.footprint.device_bytes if self.host.loaded else 0
