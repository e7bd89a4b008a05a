"""Measurements on the disk: kept, told apart, and never the end of the program."""

import json
import sqlite3
from pathlib import Path

import msgspec
import pytest

from tui.fit.measurements import MeasurementStore, Run, machine_key
from tui.fit.rates import Rates
from tui.hardware.profiles import PROFILES

RATES = Rates(2e10, {"Q4_K": 8e-11}, 1e-4, 0.5, {"Q4_K": 1e-11}, 2e-5)
RUN = Run(
    "SmolLM2", "Q4_1", 97_000_000, 2048, "f16", -1, 2, 200, 202, 500, 250.0, 128, 90.0, {"Q4_1": 97}, 30,
    {"Q4_1": 140},
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "measurements.sqlite"


def test_measurements_are_there_at_the_next_start(file: Path) -> None:
    history = MeasurementStore(file, "machine", "build")
    history.add_rates(2, RATES)
    history.add(RUN)
    newer = msgspec.structs.replace(RUN, generation_tps=95.0)
    history.add(newer)
    history.close()

    again = MeasurementStore(file, "machine", "build")

    assert again.rates(2) == RATES
    assert again.rates(4) is None
    assert again.rates(2, "gpu") is None
    assert again.runs() == [newer, RUN]
    again.close()


def slowed_down(rates: Rates, factor: float) -> Rates:
    seconds = {name: seconds * factor for name, seconds in rates.type_seconds.items()}
    return msgspec.structs.replace(rates, bandwidth=rates.bandwidth / factor, type_seconds=seconds)


def test_a_bad_calibration_does_not_outweigh_a_good_one_whichever_came_first(file: Path) -> None:
    history = MeasurementStore(file, "machine", "build")
    for first, second, threads in ((RATES, slowed_down(RATES, 10), 2), (slowed_down(RATES, 10), RATES, 4)):
        history.add_rates(threads, first)
        history.add_rates(threads, second)
        rates = history.rates(threads)
        assert rates is not None
        assert (rates.bandwidth, rates.type_seconds) == (RATES.bandwidth, RATES.type_seconds)
        assert rates.count == 2
    history.close()


def test_a_machine_that_has_changed_is_followed_and_an_old_calibration_forgotten(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = MeasurementStore(file, "machine", "build")
    clock_seconds = 1e9
    monkeypatch.setattr("tui.fit.measurements.time.time", lambda: clock_seconds)
    for _calibration in range(2):
        history.add_rates(2, RATES)
    for _calibration in range(3):
        history.add_rates(2, slowed_down(RATES, 2))
    rates = history.rates(2)
    assert rates is not None
    assert rates.type_seconds == slowed_down(RATES, 2).type_seconds
    # AND after a year only what is measured then counts
    clock_seconds += 365 * 86_400
    history.add_rates(2, slowed_down(RATES, 3))
    assert history.rates(2) == slowed_down(RATES, 3)
    history.close()


def test_the_calibration_of_an_older_version_counts_beside_the_new_ones(file: Path) -> None:
    # GIVEN a file as version 0.1.0 wrote it, with a calibration of a busy machine
    file.parent.mkdir()
    with sqlite3.connect(file) as db:
        db.executescript(
            "CREATE TABLE rates (machine TEXT, build TEXT, threads INTEGER, device TEXT, at REAL, rates TEXT,"
            " PRIMARY KEY (machine, build, threads, device)); PRAGMA user_version = 1;"
        )
        old = msgspec.json.encode(slowed_down(RATES, 10)).decode()
        db.execute("INSERT INTO rates VALUES ('machine', 'build', 2, 'cpu', 5.0, ?)", (old,))
    db.close()

    history = MeasurementStore(file, "machine", "build")
    old_rates = history.rates(2)
    history.add_rates(2, RATES)
    after = history.rates(2)
    # AND older versions read the result
    with sqlite3.connect(file) as db:
        ((text,),) = db.execute("SELECT rates FROM rates").fetchall()
    db.close()

    assert old_rates == slowed_down(RATES, 10)
    assert after is not None
    assert after.type_seconds == RATES.type_seconds
    assert msgspec.json.decode(text, type=Rates).type_seconds == RATES.type_seconds
    history.close()


def test_measurements_of_this_machine_can_be_deleted(file: Path) -> None:
    this, elsewhere = (MeasurementStore(file, machine, "build") for machine in ("machine", "other"))
    for history in (this, elsewhere):
        history.add_rates(2, RATES)
        history.add(RUN)
    newer_build = MeasurementStore(file, "machine", "other build")
    newer_build.add(RUN)

    assert this.forget() == (1, 2)

    assert (this.rates(2), this.runs(), newer_build.runs()) == (None, [], [])
    assert (elsewhere.rates(2), elsewhere.runs()) == (RATES, [RUN])
    assert this.forget() == (0, 0)
    for history in (this, elsewhere, newer_build):
        history.close()


@pytest.mark.parametrize(("machine", "build"), [("other", "build"), ("machine", "other")])
def test_another_machine_or_build_has_no_measurements(file: Path, machine: str, build: str) -> None:
    history = MeasurementStore(file, "machine", "build")
    history.add_rates(2, RATES)
    history.add(RUN)
    history.close()

    other_store = MeasurementStore(file, machine, build)

    assert other_store.rates(2) is None
    assert other_store.runs() == []
    other_store.close()


def test_files_from_before_prompts_were_measured_can_be_read(file: Path) -> None:
    # GIVEN rates and a run as they were written then
    history = MeasurementStore(file, "machine", "build")
    history.add_rates(2, RATES)
    history.add(RUN)
    with sqlite3.connect(file) as db:
        db.execute("DELETE FROM calibrations")
        for table, column, lost in (
            ("rates", "rates", ("prompt_seconds", "prompt_layer_seconds")),
            ("runs", "run", ("prompt_weights",)),
        ):
            ((text,),) = db.execute(f"SELECT {column} FROM {table}")
            old = {key: value for key, value in json.loads(text).items() if key not in lost}
            db.execute(f"UPDATE {table} SET {column} = ?", (json.dumps(old),))
    db.close()

    rates = history.rates(2)

    assert rates == msgspec.structs.replace(RATES, prompt_seconds={}, prompt_layer_seconds=0.0)
    assert history.runs() == [msgspec.structs.replace(RUN, prompt_weights={})]
    history.close()


def test_file_that_is_no_database_is_renamed(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database at all, and long enough to be taken for one" * 20)

    history = MeasurementStore(file, "machine", "build")
    history.add(RUN)

    assert history.is_open
    assert history.runs() == [RUN]
    assert file.with_suffix(".broken").exists()
    history.close()


def test_a_file_of_a_newer_version_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    original_bytes = file.read_bytes()

    history = MeasurementStore(file, "machine", "build")
    history.add(RUN)

    assert not history.is_open
    assert history.runs() == []
    assert history.rates(2) is None
    history.close()
    assert file.read_bytes() == original_bytes


def test_failing_disk_loses_only_the_saved_measurements(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("x")

    history = MeasurementStore(tmp_path / "in the way" / "measurements.sqlite", "machine", "build")
    history.add(RUN)
    history.add_rates(2, RATES)

    assert not history.is_open
    assert history.runs() == []
    history.close()


def test_unreadable_rows_are_skipped(file: Path) -> None:
    history = MeasurementStore(file, "machine", "build")
    history.add(RUN)
    with sqlite3.connect(file) as db:
        db.execute(
            "INSERT INTO runs (machine, build, at, model, run) VALUES ('machine', 'build', 9e9, 'x', '{')"
        )
        db.execute("INSERT INTO rates VALUES ('machine', 'build', 8, 'cpu', 0, '[]')")
    db.close()

    assert history.runs() == [RUN]
    assert history.rates(8) is None
    history.close()


def test_two_programs_may_write_at_once(file: Path) -> None:
    first, two = MeasurementStore(file, "machine", "build"), MeasurementStore(file, "machine", "build")
    for _time in range(20):
        first.add(RUN)
        two.add(RUN)

    assert len(first.runs()) == len(two.runs()) == 40
    first.close()
    two.close()


def test_machine_id_distinguishes_machines_without_naming_them() -> None:
    keys = {machine_key(machine) for machine in PROFILES.values()}

    assert len(keys) == len(PROFILES)
    assert all(key.isalnum() and len(key) == 16 for key in keys)
