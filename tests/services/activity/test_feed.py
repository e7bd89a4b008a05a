"""The feed, with the test as sampler, engine and clock."""

import msgspec
import pytest

from tests.reasons import reason_with_text
from tests.ui.host import engine, reading
from tui.chat.receipt import Receipt
from tui.engine.protocol import Failed, Finished, PromptProgress, Text
from tui.engine.reply_metrics import ReplyMetrics
from tui.hardware.reading import known
from tui.sentences import reason
from tui.services.activity.feed import FASTER, TimelineFeed
from tui.services.activity.moment import Phase
from tui.units import GIB

METRICS = ReplyMetrics(12, 4, 0.5, 11, 2.0, 0.6, 23, 512, None)
DIED = Failed(
    1, "died", reason_with_text("The engine was killed by signal 9."), reason_with_text("Load it again.")
)


class Scene:
    """A feed on a clock of its own."""

    def __init__(self) -> None:
        self.clock_seconds = 100.0
        self.receipts: dict[int, Receipt] = {}
        self.changes = 0
        self.feed = TimelineFeed(
            self._changed, self._receipt, lambda: self.clock_seconds, lambda: self.clock_seconds + 1e9
        )
        self.track = self.feed.track

    def _changed(self) -> None:
        self.changes += 1

    def _receipt(self, reply_id: int, receipt: Receipt) -> None:
        self.receipts[reply_id] = receipt

    def at(self, seconds: float) -> "Scene":
        self.clock_seconds = seconds
        return self

    def tick(self, seconds: float, watts: float | None = None, own: float | None = None) -> bool:
        self.clock_seconds = seconds
        sample = reading(time=seconds, process=engine(own) if own is not None else None)
        if watts is not None:
            sample = msgspec.structs.replace(sample, cpu_power_watts=known(watts, "test"))
        return self.feed.take(sample, (), 1.0)

    def phases(self, reply_id: int) -> list[tuple[Phase, float, float | None]]:
        return [(stretch.phase, stretch.start, stretch.end) for stretch in self.track.stretches_of(reply_id)]


def answered(scene: Scene, reply_id: int = 7) -> None:
    """Asked at 101.5, first token at 102, the end at 104."""
    scene.tick(100, 5.0, own=1.0)
    scene.tick(101, 5.0, own=1.0)
    scene.at(101.5).feed.begin(reply_id)
    scene.feed.hear(PromptProgress(1, 4, 12, 4))
    scene.tick(102, 10.0, own=1.5)
    scene.at(102.25).feed.hear(Text(1, "Hi", 3, 0.25))
    scene.tick(103, 20.0, own=2.0)
    scene.at(103.5).feed.hear(Text(1, " there", 11, 1.5))
    scene.tick(104, 20.0, own=1.75)
    scene.at(104).feed.hear(Finished(1, "end", METRICS))


def test_a_reply_is_read_then_generated_at_exact_times() -> None:
    scene = Scene()
    answered(scene)
    assert scene.phases(7) == [(Phase.READING, 101.5, 102.0), (Phase.GENERATING, 102.0, 104.0)]
    assert scene.track.phase is Phase.IDLE


def test_moments_have_the_phase_of_the_engine() -> None:
    scene = Scene()
    answered(scene)
    seen = [(moment.phase, moment.tokens, moment.rate) for moment in scene.track.moments]
    assert seen == [
        (Phase.IDLE, None, None),
        (Phase.IDLE, None, None),
        (Phase.READING, None, None),
        (Phase.GENERATING, 3, 8.0),
        (Phase.GENERATING, 11, 6.4),
    ]


def test_a_receipt_comes_with_the_first_reading_after_the_end_and_holds_the_metrics() -> None:
    scene = Scene()
    answered(scene)
    assert scene.receipts == {}
    scene.tick(105, 5.0, own=1.0)
    receipt = scene.receipts[7]
    assert (receipt.prompt_tokens, receipt.cached_tokens, receipt.read_tokens) == (12, 4, 8)
    assert (receipt.generated_tokens, receipt.generation_tps) == (11, METRICS.generation_tps)
    assert (receipt.prompt_tps, receipt.first_token_seconds) == (METRICS.prompt_tps, 0.6)
    assert (receipt.started, receipt.ended) == (1e9 + 101.5, 1e9 + 104)
    assert receipt.peak_bytes == 2 * GIB
    # Half a second at 10 W, then two at 20 W.
    assert receipt.energy.joules == pytest.approx(0.5 * 10 + 2 * 20)
    assert receipt.energy.source == reason("services.package_power")


def test_energy_counts_the_time_between_the_last_reading_and_the_end() -> None:
    scene = Scene()
    scene.tick(100, 5.0)
    scene.at(100.2).feed.begin(7)
    scene.at(100.6).feed.hear(Finished(1, "end", METRICS))
    scene.tick(101, 50.0)
    assert scene.receipts[7].energy.joules == pytest.approx(0.4 * 50)


def test_without_power_the_receipt_says_why_there_is_no_energy() -> None:
    scene = Scene()
    scene.tick(100)
    scene.at(100.2).feed.begin(7)
    scene.at(100.6).feed.hear(Finished(1, "end", METRICS))
    scene.tick(101)
    energy = scene.receipts[7].energy
    assert energy.joules is None
    assert energy.reason


def test_a_peak_between_two_readings_is_taken_from_the_engines_own_record() -> None:
    scene = Scene()
    process = msgspec.structs.replace(engine(1.0), peak_bytes=known(int(1.2 * GIB), "test"))
    scene.feed.take(reading(time=100.0, process=process), (), 1.0)
    scene.at(100.2).feed.begin(7)
    metrics = msgspec.structs.replace(METRICS, peak_bytes=3 * GIB)
    scene.at(100.6).feed.hear(Finished(1, "end", metrics))
    scene.tick(101, own=1.0)
    assert scene.receipts[7].peak_bytes == 3 * GIB


def test_a_record_that_is_older_than_the_reply_is_not_its_peak() -> None:
    scene = Scene()
    process = msgspec.structs.replace(engine(1.0), peak_bytes=known(3 * GIB, "test"))
    scene.feed.take(reading(time=100.0, process=process), (), 1.0)
    scene.at(100.2).feed.begin(7)
    metrics = msgspec.structs.replace(METRICS, peak_bytes=3 * GIB)
    scene.at(100.6).feed.hear(Finished(1, "end", metrics))
    scene.tick(101, own=1.0)
    assert scene.receipts[7].peak_bytes == 1 * GIB


def test_reply_of_a_dead_engine_has_a_shortened_span_and_its_tokens() -> None:
    scene = Scene()
    scene.tick(100)
    scene.feed.begin(7)
    scene.at(100.5).feed.hear(PromptProgress(1, 12, 12, 4))
    scene.at(101).feed.hear(Text(1, "Once upon", 5, 0.5))
    scene.at(102).feed.hear(DIED)
    scene.tick(103)
    assert scene.phases(7)[-1] == (Phase.GENERATING, 100.5, 102)
    assert scene.track.stretches_of(7)[-1].cut
    receipt = scene.receipts[7]
    assert (receipt.prompt_tokens, receipt.generated_tokens, receipt.generation_tps) == (12, 5, 8.0)
    assert receipt.first_token_seconds == 0.5
    assert receipt.prompt_tps is None


@pytest.mark.parametrize(
    "end", [Finished(1, "stopped", METRICS), Failed(1, "stopped", reason_with_text("Stopped."))]
)
def test_stopped_reply_ends_normally(end: Finished | Failed) -> None:
    scene = Scene()
    scene.tick(100)
    scene.feed.begin(7)
    scene.at(101).feed.hear(end)
    assert scene.phases(7) == [(Phase.READING, 100, 101)]
    assert not scene.track.stretches_of(7)[-1].cut


def test_declined_question_leaves_no_phase() -> None:
    scene = Scene()
    scene.tick(100)
    scene.feed.begin(7)
    scene.feed.hear(
        Failed(1, "prompt_too_long", reason_with_text("Too long."), reason_with_text("Shorten it."))
    )
    scene.tick(101)
    assert scene.phases(7) == []
    assert scene.receipts == {}


def test_waiting_reply_begins_after_the_current_one() -> None:
    scene = Scene()
    scene.tick(100)
    scene.feed.begin(7)
    scene.at(101).feed.begin(8)
    scene.at(102).feed.hear(Finished(1, "stopped", METRICS))
    scene.at(103).feed.hear(Finished(2, "end", METRICS))
    scene.tick(104)
    assert scene.phases(7) == [(Phase.READING, 100, 102)]
    assert scene.phases(8) == [(Phase.READING, 102, 103)]
    assert scene.receipts[8].seconds == 1


def test_new_chat_clears_marks_and_keeps_phases() -> None:
    scene = Scene()
    answered(scene)
    scene.at(105).feed.begin(8)
    scene.feed.forget_replies()
    scene.at(106).feed.hear(Text(1, "late", 2, 0.5))
    scene.at(107).feed.hear(Finished(2, "stopped", METRICS))
    scene.tick(108)
    assert scene.phases(7) == scene.phases(8) == []
    assert not any(stretch.begins for stretch in scene.track.stretches)
    assert [stretch.phase for stretch in scene.track.stretches] == [Phase.READING, Phase.GENERATING] * 2
    assert scene.receipts == {}


def test_replaced_load_is_still_a_phase() -> None:
    scene = Scene()
    scene.tick(100)
    first, second = scene.feed.loading(), scene.feed.loading()
    first.__enter__()
    scene.at(101)
    second.__enter__()
    first.__exit__(None, None, None)
    assert scene.track.phase is Phase.LOADING
    scene.at(103)
    second.__exit__(None, None, None)
    (stretch,) = scene.track.stretches
    assert (stretch.phase, stretch.start, stretch.end) == (Phase.LOADING, 100, 103)


def test_sampling_is_faster_only_during_a_reply() -> None:
    scene = Scene()
    assert scene.feed.interval(1.0) == 1.0
    assert scene.tick(100)
    scene.feed.begin(7)
    assert scene.feed.interval(1.0) == 1.0 / FASTER
    passed = [scene.tick(100 + quarter / FASTER) for quarter in range(1, 9)]
    assert passed == [False, False, False, True] * 2
    scene.feed.hear(Finished(1, "end", METRICS))
    assert scene.feed.interval(1.0) == 1.0
    assert len(scene.track.moments) == 9


def test_event_without_a_reply_is_ignored() -> None:
    scene = Scene()
    scene.feed.hear(Text(1, "late", 2, 0.5))
    assert scene.track.phase is Phase.IDLE


def test_late_reading_from_before_the_end_writes_no_receipt() -> None:
    scene = Scene()
    scene.tick(100)
    scene.feed.begin(7)
    scene.at(101).feed.hear(Finished(1, "end", METRICS))
    scene.feed.take(reading(time=100.9), (), 1.0)
    assert scene.receipts == {}
    scene.tick(101)
    assert list(scene.receipts) == [7]
