"""Memory: what a dry run predicted against the peak that the engine's process was seen to take."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.bench import common
from tests.bench.shapes import ZERO_MODELS, write_zero_model
from tui.engine.client import Engine
from tui.engine.protocol import Finished, Footprint, KvType, LoadSettings, SamplingSettings
from tui.units import format_bytes

TARGET = 2.0
"""Percent that the prediction may be off, of the measured peak."""
_TEXT = "The quick brown fox jumps over the lazy dog while seven wizards brew coffee in the kitchen. "


class Row(NamedTuple):
    """One model at one setting."""

    name: str
    settings: LoadSettings
    predicted: Footprint
    measured: int

    @property
    def off_percent(self) -> float:
        """Above zero where the prediction was too low."""
        return 100 * (self.measured / self.predicted.total_bytes - 1)


async def measure(name: str, path: Path, settings: LoadSettings, fill: float) -> Row:
    """Predict in one process, load and talk in another; `fill` is the part of the context that is used.

    Raises:
        SystemExit: the model could not be run, or the system does not tell the peak.
    """
    planner = await Engine.start()
    try:
        predicted = await planner.plan(path, settings)
    finally:
        await planner.close()
    engine = await Engine.start()
    try:
        await engine.load(path, settings)
        # A whole batch at least, so that every buffer is touched; about 21 tokens a sentence.
        tokens = max(settings.batch + 50, int(settings.context * fill))
        sampling = SamplingSettings(temperature=0.8, max_tokens=16)
        async for event in engine.generate((), sampling, text=_TEXT * (tokens // 21), ignore_end=True):
            if isinstance(event, Finished) and event.metrics.peak_bytes is not None:
                return Row(name, settings, predicted, event.metrics.peak_bytes)
    finally:
        await engine.close()
    raise SystemExit(f"{name} could not be measured")


def cases(folder: Path, quick: bool) -> list[tuple[str, Path, LoadSettings]]:
    """What is measured: the real model at several settings, and the zero models."""
    threads = psutil.cpu_count(logical=False) or 1
    model = common.model_path()
    kv_types: tuple[KvType, ...] = ("f16", "q8_0")
    found = [
        (common.MODEL_NAME, model, LoadSettings(context=context, kv_type=kv_type, threads=threads))
        for context in (2048, 8192)
        for kv_type in kv_types
    ]
    if not quick:
        for number, zero in enumerate(ZERO_MODELS):
            path = write_zero_model(folder / f"{number}.gguf", zero, model)
            found.append((zero.name, path, LoadSettings(context=2048, threads=threads)))
            found.append((zero.name, path, LoadSettings(context=8192, threads=threads)))
    return found


async def table(folder: Path, quick: bool, fill: float) -> list[Row]:
    """Measure and print, row by row."""
    print(f"{'model':22} {'context':>7} {'KV':5} {'weights':>9} {'KV cache':>9} {'compute':>9} {'process':>9}"
          f" {'predicted':>9} {'measured':>9} {'off':>7}")  # fmt: skip
    rows: list[Row] = []
    for name, path, settings in cases(folder, quick):
        row = await measure(name, path, settings, fill)
        plan = row.predicted
        parts = (plan.weights_bytes, plan.kv_bytes, plan.compute_bytes, plan.process_bytes, plan.total_bytes)
        sizes = " ".join(f"{format_bytes(size):>9}" for size in (*parts, row.measured))
        print(
            f"{name:22} {settings.context:>7} {settings.kv_type:5} {sizes} {row.off_percent:+6.1f}%",
            flush=True,
        )
        rows.append(row)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the real model only")
    parser.add_argument("--fill", type=float, default=0.0, help="part of the context that is really used")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(table(Path(folder), options.quick, options.fill))
    worst = max(abs(row.off_percent) for row in rows)
    return 0 if common.verdict("worst prediction", worst, TARGET, unit=" %") else 1


if __name__ == "__main__":
    sys.exit(main())
