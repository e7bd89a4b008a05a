"""What the engine and llmtui itself take, and all that could not be read."""

from tui.hardware.battery import NO_BATTERY
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Machine
from tui.hardware.reading import Metric, Reading
from tui.i18n import _
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.ui.gauges.cpu.gauge import cpu_unknowns
from tui.ui.gauges.gauge import reason_of, reasons_of
from tui.ui.gauges.gpu.facts import gpu_unknowns, reading_of
from tui.ui.gauges.memory.gauge import memory_unknowns
from tui.ui.gauges.sheet import word_lines
from tui.ui.kit.pieces import Line, Piece, cut
from tui.units import UNKNOWN, split_bytes


def process_sheet(reading: Reading | None, width: int) -> list[Line]:
    """The engine's process in lines, and this one's."""
    if reading is None:
        return []
    engine = reading.engine
    lines: list[Line] = []
    if engine is None:
        lines.append([Piece(_("engine  no model is loaded"), "unit")])
    else:
        lines += [
            _size(_("engine"), engine.resident_bytes, _("resident")),
            _size("", engine.anonymous_bytes, _("its own: KV cache, buffers")),
            _size("", engine.file_bytes, _("mapped from the file")),
            _size("", engine.peak_bytes, _("the most since it started")),
            _load("", engine.cpu_percent),
        ]
    lines += [
        _size(_("llmtui"), reading.own_resident_bytes, _("resident")),
        _load("", reading.own_cpu_percent),
    ]
    return [cut(line, width) for line in lines]


def unknown_sheet(reading: Reading | None, machine: Machine | None, width: int) -> list[Line]:
    """Everything that is n/a with its reason; empty when all is known."""
    return word_lines([clean_line(text) for text in unknowns(reading, machine)], width)


def unknowns(reading: Reading | None, machine: Machine | None) -> list[str]:
    """`CPU temperature: no sensor is open`: what could not be read, whose it is, and why."""
    if reading is None or machine is None:
        return []
    found = [f"{_('CPU')} {text}" for text in cpu_unknowns(reading)]
    for gpu in machine.gpus:
        label = _("GPU {}").format(gpu.index) if len(machine.gpus) > 1 else _("GPU")
        found += [f"{label} {text}" for text in gpu_unknowns(gpu, reading_of(reading, gpu.index))]
    # That one slept when the machine was looked at is no news: the reading says what it does now.
    if machine.gpus and machine.gpu_reason and machine.gpu_reason != ASLEEP:
        found.append(f"{_('GPU')}: {sentence(machine.gpu_reason)}")
    found += [f"{_('Memory')} {text}" for text in memory_unknowns(reading)]
    engine = reading.engine
    if engine is not None:
        parts = reasons_of(
            (engine.anonymous_bytes, _("its own")),
            (engine.file_bytes, _("mapped")),
            (engine.peak_bytes, _("peak")),
            (engine.cpu_percent, _("load")),
        )
        found += [f"{_('Engine')} {text}" for text in parts]
    if reading.battery_watts.reason != NO_BATTERY:
        found += reason_of(reading.battery_watts, _("Battery"))
    own = reasons_of((reading.own_cpu_percent, _("load")), (reading.own_resident_bytes, _("memory")))
    return found + [f"llmtui {text}" for text in own]


def _size(label: str, metric: Metric[int], words: str) -> Line:
    value, unit = (UNKNOWN, "") if metric.value is None else split_bytes(metric.value)
    return _row(label, value, unit, words)


def _load(label: str, metric: Metric[float]) -> Line:
    value, unit = (UNKNOWN, "") if metric.value is None else (f"{metric.value:.1f}", "%")
    return _row(label, value, unit, _("of one core"))


def _row(label: str, value: str, unit: str, words: str) -> Line:
    return [
        Piece(f"{label:<8}", "title"),
        Piece(f"{value:>6} ", "value"),
        Piece(f"{unit:<5}{words}", "unit"),
    ]
