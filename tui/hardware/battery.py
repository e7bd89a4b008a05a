"""Power that the whole machine draws from its battery, where the system says it without root.

Linux: the kernel's `testing/sysfs-class-power`, in millionths of a watt, an ampere and a volt; some drivers
give a negative figure while the battery empties.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from tui.hardware import quantities
from tui.hardware.answers import SenselessAnswerError, checked_answer
from tui.hardware.interfaces import Interfaces
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import file_error_reason, folder_names, read_integer, read_line
from tui.sentences import reason

NO_BATTERY = reason("hardware.no_battery")
PLUGGED_IN = reason("hardware.plugged_in")
_GONE = reason("hardware.battery_silent")
_NO_FIGURE = reason("hardware.battery_rate_missing")
_FOLDER = "/sys/class/power_supply"
_MOST_WATTS = 1000


class BatteryDraw(msgspec.Struct, frozen=True):
    """One battery at one moment."""

    state: Literal["empties", "rests"]
    """`rests` while it is charged or kept as it is."""
    watts: float | None
    """None when it does not say."""


class BatteryMeter:
    """The battery from sample to sample. A machine that has none at the first one is not asked again."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces
        self._none: Metric[float] | None = None
        self._seen = False

    def read(self) -> Metric[float]:
        """See `read_battery`."""
        if self._none is not None:
            return self._none
        draw = read_battery(self._interfaces)
        if draw.reason != NO_BATTERY:
            self._seen = True
        elif self._seen:
            return unknown(_GONE, draw.source)
        else:
            self._none = draw
        return draw


def read_battery(interfaces: Interfaces) -> Metric[float]:
    """Watts now. A battery's controller may take long to answer: not for a thread that others wait for."""
    if interfaces.platform == "linux":
        draws = [_linux(interfaces, name) for name in _batteries(interfaces)]
        source = "sysfs"
    else:
        source = "ioreg" if interfaces.platform == "macos" else "Windows"
        try:
            answer: dict[str, Any] | None = checked_answer(interfaces, "battery_draw", dict[str, Any] | None)
        except OSError as error:
            return unknown(file_error_reason(error, quantities.BATTERY_DRAW), source)
        except SenselessAnswerError as error:
            return unknown(error.reason, source)
        draws = [system_draw(answer)] if answer else []
    return total_draw(draws, source)


def total_draw(draws: list[BatteryDraw], source: str) -> Metric[float]:
    """The batteries together; known only while at least one empties and each that does says how fast."""
    if not draws:
        return unknown(NO_BATTERY, source)
    emptying = [draw for draw in draws if draw.state == "empties"]
    if not emptying:
        return unknown(PLUGGED_IN, source)
    watts = [draw.watts for draw in emptying if draw.watts is not None]
    if len(watts) < len(emptying) or not 0 < sum(watts) <= _MOST_WATTS:
        return unknown(_NO_FIGURE, source)
    return known(sum(watts), source)


def linux_draw(
    status: str | None, power: int | None, current: int | None, voltage: int | None
) -> BatteryDraw:
    """Return a battery's draw by its status and millionths of a watt, an ampere, a volt."""
    if status != "Discharging":
        return BatteryDraw("rests", None)
    if power:
        return BatteryDraw("empties", abs(power) / 1e6)
    if current and voltage:
        return BatteryDraw("empties", abs(current) * abs(voltage) / 1e12)
    return BatteryDraw("empties", None)


def system_draw(answer: Mapping[str, Any]) -> BatteryDraw:
    """Return the answer to `battery_draw`: `discharging` and `milliwatts`, either of which may be None."""
    milliwatts: Any = answer.get("milliwatts")
    known_figure = isinstance(milliwatts, int) and not isinstance(milliwatts, bool)
    if not answer.get("discharging"):
        return BatteryDraw("rests", None)
    return BatteryDraw("empties", abs(milliwatts) / 1000 if known_figure else None)


def _batteries(interfaces: Interfaces) -> tuple[str, ...]:
    """Return the machine's own batteries; a wireless mouse's, of scope `Device`, is not one of them."""
    return tuple(
        name
        for name in folder_names(interfaces, _FOLDER)
        if read_line(interfaces, f"{_FOLDER}/{name}/type") == "Battery"
        and read_line(interfaces, f"{_FOLDER}/{name}/scope") != "Device"
    )


def _linux(interfaces: Interfaces, name: str) -> BatteryDraw:
    folder = f"{_FOLDER}/{name}"
    status = read_line(interfaces, f"{folder}/status")
    if status != "Discharging":
        return linux_draw(status, None, None, None)
    power = read_integer(interfaces, f"{folder}/power_now")
    if power:
        return linux_draw(status, power, None, None)
    current, voltage = (read_integer(interfaces, f"{folder}/{kind}_now") for kind in ("current", "voltage"))
    return linux_draw(status, None, current, voltage)
