"""Figures of a long session as an SVG picture."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.endurance.figures import Figures

MIB = 1 << 20
WIDTH, HEIGHT = 900, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 20, 70, 50
_RESIDENT, _ALLOCATED = "#4c78a8", "#e45756"


class Sample(NamedTuple):
    """Figures after so many questions."""

    seconds: float
    questions: int
    figures: Figures


def line(sample: Sample) -> str:
    """Return the figures in one line."""
    figures = sample.figures
    return (
        f"{sample.seconds / 60:5.1f} min  {sample.questions:5} questions"
        f"  allocated {figures.allocated / MIB:6.1f} MiB  resident {figures.resident / MIB:6.1f} MiB"
        f"  {figures.kinds.total():6} objects  {figures.handles} handles  {figures.threads} threads"
    )


def draw(samples: Sequence[Sample]) -> str:
    """Draw resident and allocated memory over the questions, of two samples at least."""
    seconds, questions, _figures = samples[-1]
    title = f"The dashboard's memory over {questions} questions in {seconds / 60:.0f} minutes"
    highest = max(sample.figures.resident for sample in samples) / MIB
    step = 50 if highest > 200 else 20
    top = (int(highest // step) + 1) * step
    last = samples[-1].questions or 1
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{title}</text>',
        f'<text x="{_LEFT}" y="48" fill="{_RESIDENT}">resident memory, MiB</text>',
        f'<text x="{_LEFT + 180}" y="48" fill="{_ALLOCATED}">allocated memory, MiB</text>',
    ]
    for value in range(0, top + 1, step):
        y = _y(value, top)
        lines.append(f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="#ddd"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
    for part in range(6):
        questions = round(last * part / 5)
        x = _x(questions, last)
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - 26}" text-anchor="middle">{questions}</text>')
    lines.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">questions</text>')
    for colour, name in ((_RESIDENT, "resident"), (_ALLOCATED, "allocated")):
        points = " ".join(
            f"{_x(sample.questions, last):.1f},{_y(getattr(sample.figures, name) / MIB, top):.1f}"
            for sample in samples
        )
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    return "\n".join([*lines, "</svg>", ""])


def _x(questions: float, last: int) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * questions / last


def _y(value: float, top: int) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top
