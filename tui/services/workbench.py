"""The workbench: one engine, and the services that size, time and record for a front end that stays open."""

import msgspec

from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.sizing import Sizer
from tui.hardware.recording.replay import Replay
from tui.services.activity.feed import TimelineFeed
from tui.services.host import EngineHost
from tui.services.measuring import SpeedMeasurement
from tui.settings.settings import Settings


class Workbench(msgspec.Struct, frozen=True):
    """One of each service; every part of a front end loads and asks through these."""

    settings: Settings
    build: str | None
    """Identifies the installed engine; None when there is none."""
    replay: Replay | None
    """Stands in for this machine; nothing is loaded then."""
    host: EngineHost
    sizer: Sizer
    feed: TimelineFeed
    measurement: SpeedMeasurement

    def remember_reply(self, metrics: ReplyMetrics) -> None:
        """Keep the speed and memory of a reply that the loaded model just gave."""
        model, loaded, settings = self.host.model, self.host.loaded, self.host.settings
        if model is None or loaded is None or settings is None:
            return
        footprint = self.sizer.known_size(model, settings).footprint
        predicted_bytes = footprint.total_bytes if footprint is not None else None
        self.measurement.add_reply(model, settings, loaded.threads, predicted_bytes, metrics)

    async def close(self) -> None:
        """Give the engine's memory back, and save what was learned."""
        await self.host.close()
        await self.measurement.close()
        await self.sizer.close()
