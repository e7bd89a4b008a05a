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
    history.set_rates(2, RATES)
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


def test_a_new_calibration_takes_the_place_of_the_old_one(file: Path) -> None:
    history = MeasurementStore(file, "machine", "build")
    history.set_rates(2, RATES)
    history.set_rates(2, msgspec.structs.replace(RATES, bandwidth=3e10))

    found = history.rates(2)
    assert found is not None
    assert found.bandwidth == 3e10
    history.close()


@pytest.mark.parametrize(("machine", "build"), [("other", "build"), ("machine", "other")])
def test_another_machine_or_build_has_no_measurements(file: Path, machine: str, build: str) -> None:
    history = MeasurementStore(file, "machine", "build")
    history.set_rates(2, RATES)
    history.add(RUN)
    history.close()

    other = MeasurementStore(file, machine, build)

    assert other.rates(2) is None
    assert other.runs() == []
    other.close()


def test_files_from_before_prompts_were_measured_can_be_read(file: Path) -> None:
    # GIVEN rates and a run as they were written then
    history = MeasurementStore(file, "machine", "build")
    history.set_rates(2, RATES)
    history.add(RUN)
    with sqlite3.connect(file) as db:
        for table, column, lost in (
            ("rates", "rates", ("prompt_seconds", "prompt_layer_seconds")),
            ("runs", "run", ("prompt_weights",)),
        ):
            ((text,),) = db.execute(f"SELECT {column} FROM {table}")
            old = {key: value for key, value in json.loads(text).items() if key not in lost}
            db.execute(f"UPDATE {table} SET {column} = ?", (json.dumps(old),))
    db.close()

    found = history.rates(2)

    assert found == msgspec.structs.replace(RATES, prompt_seconds={}, prompt_layer_seconds=0.0)
    assert history.runs() == [msgspec.structs.replace(RUN, prompt_weights={})]
    history.close()


def test_a_file_that_is_no_database_is_put_aside(file: Path) -> None:
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
    before = file.read_bytes()

    history = MeasurementStore(file, "machine", "build")
    history.add(RUN)

    assert not history.is_open
    assert history.runs() == []
    assert history.rates(2) is None
    history.close()
    assert file.read_bytes() == before


def test_a_disk_that_refuses_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("x")

    history = MeasurementStore(tmp_path / "in the way" / "measurements.sqlite", "machine", "build")
    history.add(RUN)
    history.set_rates(2, RATES)

    assert not history.is_open
    assert history.runs() == []
    history.close()


def test_rows_that_cannot_be_read_cost_themselves_only(file: Path) -> None:
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
    one, two = MeasurementStore(file, "machine", "build"), MeasurementStore(file, "machine", "build")
    for _time in range(20):
        one.add(RUN)
        two.add(RUN)

    assert len(one.runs()) == len(two.runs()) == 40
    one.close()
    two.close()


def test_machines_are_told_apart_without_naming_anything() -> None:
    keys = {machine_key(machine) for machine in PROFILES.values()}

    assert len(keys) == len(PROFILES)
    assert all(key.isalnum() and len(key) == 16 for key in keys)
