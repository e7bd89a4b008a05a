"""Sheets with memory and load of the engine and llmtui, and with all unknown figures."""

from rich.cells import cell_len

from tui.hardware.battery import NO_BATTERY
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Machine
from tui.hardware.reading import Metric, Reading
from tui.i18n import _
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.ui.gauges.cpu.gauge import cpu_unknowns
from tui.ui.gauges.gauge import unknown_lines, unknowns_by_reason
from tui.ui.gauges.gpu.facts import gpu_reading_of, gpu_unknowns
from tui.ui.gauges.memory.gauge import memory_unknowns
from tui.ui.gauges.sheet import sentence_lines
from tui.ui.kit.cells import pad
from tui.ui.kit.pieces import Line, Piece, cut
from tui.units import UNKNOWN, format_number, split_bytes


def process_sheet(reading: Reading | None, width: int) -> list[Line]:
    """Return lines with memory and load of the engine's process and of this process."""
    if reading is None:
        return []
    engine = reading.engine
    lines: list[Line] = []
    if engine is None:
        lines.append([Piece(_label(_("engine")), "title"), Piece(_("no model is loaded"), "unit")])
    else:
        lines += [
            _size(_("engine"), engine.resident_bytes, _("resident")),
            _size("", engine.anonymous_bytes, _("private: KV cache, buffers")),
            _size("", engine.file_bytes, _("mapped from the file")),
            _size("", engine.peak_bytes, _("peak since it started")),
            _load("", engine.cpu_percent),
        ]
    lines += [
        _size(_("llmtui"), reading.own_resident_bytes, _("resident")),
        _load("", reading.own_cpu_percent),
    ]
    return [cut(line, width) for line in lines]


def unknown_sheet(reading: Reading | None, machine: Machine | None, width: int) -> list[Line]:
    """Return lines with every unknown figure and its reason; empty if all are known."""
    return sentence_lines([clean_line(text) for text in unknowns(reading, machine)], width)


def unknowns(reading: Reading | None, machine: Machine | None) -> list[str]:
    """Return every unknown figure with its part and its reason: `CPU temperature: no sensor is open`."""
    if reading is None or machine is None:
        return []
    lines = [_("CPU {figures}").format(figures=text) for text in cpu_unknowns(reading)]
    for gpu in machine.gpus:
        template = _("GPU {index} {figures}") if len(machine.gpus) > 1 else _("GPU {figures}")
        lines += [
            template.format(index=gpu.index, figures=text)
            for text in gpu_unknowns(gpu, gpu_reading_of(reading, gpu.index))
        ]
    # A GPU that slept during the detection is left out: the reading has its current state.
    if machine.gpus and machine.gpu_reason and machine.gpu_reason != ASLEEP:
        lines.append(f"{_('GPU')}: {sentence(machine.gpu_reason)}")
    lines += [_("Memory {figures}").format(figures=text) for text in memory_unknowns(reading)]
    engine = reading.engine
    if engine is not None:
        parts = unknowns_by_reason(
            (engine.anonymous_bytes, _("private")),
            (engine.file_bytes, _("mapped")),
            (engine.peak_bytes, _("peak")),
            (engine.cpu_percent, _("load")),
        )
        lines += [_("Engine {figures}").format(figures=text) for text in parts]
    if reading.battery_watts.reason != NO_BATTERY:
        lines += unknown_lines(reading.battery_watts, _("Battery"))
    own = unknowns_by_reason((reading.own_cpu_percent, _("load")), (reading.own_resident_bytes, _("memory")))
    return lines + [f"llmtui {text}" for text in own]


def _size(label: str, metric: Metric[int], note: str) -> Line:
    value, unit = (UNKNOWN, "") if metric.value is None else split_bytes(metric.value)
    return _row(label, value, unit, note)


def _load(label: str, metric: Metric[float]) -> Line:
    value, unit = (UNKNOWN, "") if metric.value is None else (format_number(metric.value, ".1f"), "%")
    return _row(label, value, unit, _("of one core"))


def _label(name: str) -> str:
    """Return the name of a process, or blanks, as wide as the longer name and a blank."""
    return pad(name, max(8, cell_len(_("engine")) + 1))


def _row(label: str, value: str, unit: str, note: str) -> Line:
    return [
        Piece(_label(label), "title"),
        Piece(f"{value:>6} ", "value"),
        Piece(f"{unit:<5}{note}", "unit"),
    ]
