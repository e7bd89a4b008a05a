"""Sources that are slow, and those that never answer."""

import threading
from typing import Any

import pytest

from tests.reasons import raises_sentence
from tui.hardware.patient_source import Patience, PatientSource, SourceTimeoutError

SOURCE_OF = {"cpu_percent": "cpu", "own_cpu_percent": "own_cpu", "own_resident_bytes": "own_resident"}

SOURCE_OF |= {"memory": "memory", "pressure_percent": "pressure", "pressure_level": "pressure_level"}

SOURCE_OF |= {"cpu_temperature_celsius": "cpu_temperature", "cpu_frequency_mhz": "cpu_frequency"}

SOURCE_OF |= {
    "cpu_power_watts": "cpu_power",
    "cpu_power_limit_watts": "cpu_power_limit",
    "battery_watts": "battery",
    "swap_in_bytes_per_second": "swap_in",
}


def fail(*_: object) -> Any:
    raise RuntimeError("boom \x1b[31m")


class TestPatientSource:
    def test_answers_are_kept_between_questions(self) -> None:
        questions: list[int] = []
        slow = PatientSource(
            lambda: questions.append(1) or len(questions),
            interval_seconds=3600,
            patience=Patience(first_wait=30),
        )
        assert [slow.get(), slow.get()] == [1, 1]

    def test_error_of_a_slow_source_reaches_the_caller(self) -> None:
        slow = PatientSource(fail, patience=Patience(first_wait=30))
        with pytest.raises(RuntimeError, match="boom"):
            slow.get()

    def test_missing_answer_is_a_timeout(self) -> None:
        release = threading.Event()
        slow = PatientSource(lambda: release.wait(30), patience=Patience(first_wait=0.01))
        with raises_sentence(SourceTimeoutError, "first answer"):
            slow.get()
        release.set()
