"""Small files of the system, and the reasons why one cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.standin import StandIn, busy, closed, gone
from tests.reasons import sentence_of
from tui.hardware import quantities
from tui.hardware.system_files import (
    file_error_reason,
    folder_names,
    parse_cpu_list,
    parse_integer,
    read_integer,
    read_line,
    read_quantity,
    read_text,
)
from tui.sentences import reason


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("0x1f", 31), ("-3", -3), ("", None), (None, None)])
def test_whole_numbers(text: str | None, number: int | None) -> None:
    assert parse_integer(text) == number


@pytest.mark.parametrize(
    ("text", "cpus"), [("0-3,8", {0, 1, 2, 3, 8}), ("5\n", {5}), ("3-1,x,-", set()), ("0-99999999", set())]
)
def test_lists_of_cpus(text: str, cpus: set[int]) -> None:
    assert parse_cpu_list(text) == cpus


@given(st.text())
def test_a_list_of_cpus_never_raises(text: str) -> None:
    assert all(0 <= number < 65536 for number in parse_cpu_list(text))


def test_text_that_is_not_utf8_is_replaced_and_lines_are_stripped() -> None:
    files = StandIn({"/a": b" \xff1 \n", "/n": " 7\n"})
    assert read_text(files, "/a") == " \ufffd1 \n"
    assert read_line(files, "/a") == "\ufffd1"
    assert (read_integer(files, "/n"), read_integer(files, "/none")) == (7, None)


def test_a_folder_that_is_missing_has_no_names() -> None:
    assert folder_names(StandIn(), "/sys/class/drm") == ()


@pytest.mark.parametrize(
    ("content", "value", "reason_text"),
    [
        ("51000\n", 51.0, ""),
        ("999999\n", None, "is given as an impossible figure"),
        ("hot\n", None, "is given as an impossible figure"),
        (closed(), None, "is not open to this user; it needs more rights"),
        (gone(), None, "is not reported by this driver or kernel"),
        (busy(), None, "is busy just now; it is tried again"),
        (OSError(5, "Input/output error"), None, "could not be read (the disk or the device failed)"),
    ],
)
def test_quantity_is_a_value_or_a_reason(
    content: str | OSError, value: float | None, reason_text: str
) -> None:
    metric = read_quantity(StandIn({"/t": content}), "/t", quantities.GPU_TEMPERATURE, 1e-3, -50, 200)
    assert metric.value == value
    assert sentence_of(metric.reason) == (f"the GPU's temperature {reason_text}" if reason_text else "")


def test_error_without_a_message_is_named_by_its_type() -> None:
    why = file_error_reason(OSError(), quantities.PROCESS)
    assert why.facts["error"] == reason("system.failed", error="OSError")
