"""Other programs at work while the machine is measured."""

import pytest

from tui.fit import quiet
from tui.fit.quiet import MachineBusyError, QuietWatch, is_disturbed, possible_share
from tui.hardware.machine import Cpu
from tui.hardware.reading import known, unknown
from tui.sentences import reason
from tui.services.sentences import sentence


class Meter:
    """Cores that others use, look by look; the last one stays."""

    def __init__(self, *cores: float | None) -> None:
        self.cores = list(cores)

    def read(self) -> float | None:
        return self.cores.pop(0) if len(self.cores) > 1 else self.cores[0]


def processor(cores: int, quota: float | None = None) -> Cpu:
    limit = known(quota, "test") if quota else unknown(reason("hardware.no_cpu_limit"))
    return Cpu(known("A processor", "test"), cores, cores, limit, ())


def watch(
    monkeypatch: pytest.MonkeyPatch,
    cpu: Cpu,
    threads: int,
    *other_shares: float | None,
    is_patient: bool = True,
) -> tuple[QuietWatch, list[float]]:
    monkeypatch.setattr(quiet, "OtherUseMeter", lambda _pids: Meter(*other_shares))
    monkeypatch.setattr(quiet, "_WINDOW_SECONDS", 0.01)
    monkeypatch.setattr(quiet, "PATIENCE_SECONDS", 0.05)
    waited: list[float] = []
    return QuietWatch(cpu, threads, 1, waited.append, is_patient=is_patient), waited


@pytest.mark.parametrize(
    ("cores", "threads", "other_share", "counts"),
    [
        (2, 2, 0.1, True),
        (2, 2, 1.0, False),
        (8, 8, 1.0, False),
        (8, 4, 1.0, True),
        (8, 4, 3.0, False),
        (16, 8, 6.0, False),
        (2, 2, None, True),
    ],
)
def test_measurement_counts_while_other_programs_are_idle(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int, other_share: float | None, counts: bool
) -> None:
    quiet_watch, _waited = watch(monkeypatch, processor(cores), threads, other_share)

    assert quiet_watch.counts(1.0, 1.0) is counts


def test_measurement_with_waiting_threads_counts_only_without_other_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowded, _waited = watch(monkeypatch, processor(8), 4, 0.5)
    alone, _waited = watch(monkeypatch, processor(8), 4, 0.1)

    assert not crowded.counts(0.6, 1.0)
    assert crowded.counts(None, 1.0)
    assert alone.counts(0.6, 1.0)


def test_threads_can_use_at_most_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = processor(16, quota=1.5)
    # The rest of the host is at work, and leaves this container its share.
    quiet_watch, _waited = watch(monkeypatch, cpu, 2, 13.0)

    assert possible_share(cpu, 2) == 0.75
    assert quiet_watch.counts(0.75, 1.0)
    assert not quiet_watch.counts(0.4, 1.0)
    assert is_disturbed(0.75)
    assert not is_disturbed(0.75, possible_share(cpu, 2))


async def test_measurement_waits_for_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "PATIENCE_SECONDS", 60)
    quiet_watch, waited = watch(monkeypatch, processor(2), 2, 0.0, 1.0, 0.0, 1.0, 0.0, 0.1)

    await quiet_watch.wait()

    assert waited == [0.5, 0.5]
    assert quiet_watch.others_share == 0.05


async def test_busy_programs_are_named_with_their_use(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet_watch, waited = watch(monkeypatch, processor(2), 2, 1.0)

    with pytest.raises(MachineBusyError) as raised:
        await quiet_watch.wait()

    assert waited
    assert sentence(raised.value.reason).endswith("other programs use 50 % of the processor.")
    assert raised.value.hint is not None


async def test_measurements_that_never_count_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet_watch, _waited = watch(monkeypatch, processor(8), 8, 0.5)
    assert not quiet_watch.counts(0.3, 1.0)

    with pytest.raises(MachineBusyError) as raised:
        await quiet_watch.wait()

    assert "did not get the processor time" in sentence(raised.value.reason)


async def test_insisting_skips_the_wait_and_gives_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet_watch, waited = watch(monkeypatch, processor(2), 2, 1.0, is_patient=False)

    await quiet_watch.wait()

    assert not quiet_watch.disturbed
    assert quiet_watch.counts(0.5, 1.0)
    assert quiet_watch.disturbed
    assert waited == []
