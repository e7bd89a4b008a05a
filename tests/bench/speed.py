"""Speed: tokens per second that a few seconds of calibration predict, against models that really generate."""

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.bench import common
from tui.engine.client import Engine
from tui.engine.protocol import LoadSettings, SkippedVocabulary
from tui.fit import formula
from tui.fit.calibrate import calibrate
from tui.fit.rates import Rates, token_seconds
from tui.models.active import active_bytes_of
from tui.models.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.models.stub import write_stub

TARGET = 20.0
"""Percent that half of the predictions may be off."""
_CONTEXT, _SECONDS = 512, 2.0
MODELS = (
    ("SmolLM2-135M-Instruct", "Q8_0"),
    ("SmolLM2-135M-Instruct", "F16"),
    ("gemma-3-270m-it", "Q4_K_M"),
    ("Qwen3-0.6B", "Q8_0"),
    ("Qwen3-0.6B", "Q4_K_M"),
    ("gemma-3-1b-it", "Q4_K_M"),
    ("Llama-3.2-1B-Instruct", "Q4_K_M"),
    ("Llama-3.2-1B-Instruct", "Q8_0"),
    ("LFM2.5-1.2B-Instruct", "Q4_K_M"),
    ("SmolLM2-1.7B-Instruct", "Q6_K"),
    ("Llama-3.2-3B-Instruct", "Q4_K_M"),
    ("Qwen3-4B", "Q4_K_M"),
    ("granite-4.0-h-tiny", "Q4_K_M"),
    ("Qwen2.5-7B-Instruct", "Q4_K_M"),
)


class Row(NamedTuple):
    """Tokens per second of one model."""

    measured: float
    predicted: float

    @property
    def off_percent(self) -> float:
        """Above zero where the prediction is too fast."""
        return 100 * (self.predicted / self.measured - 1)


async def measure(engine: Engine, path: Path, model: Model, settings: LoadSettings, rates: Rates) -> Row:
    """Generate with zeros for weights, which takes as long as with any others.

    Raises:
        SystemExit: the model's parts are not known.
    """
    shape, active = model.shape, active_bytes_of(model)
    if shape is None or active is None:
        raise SystemExit(f"{model.name}: what a token reads is not known")
    write_stub(path, shape, model.quant)
    skip = SkippedVocabulary(shape.architecture, shape.vocabulary)
    timed = await engine.time(path, settings, skip, _SECONDS)
    path.unlink()
    # On average over the measurement a quarter of the context was in use.
    used = formula.kv_bytes(shape, settings) // 4
    return Row(1 / timed.token_seconds, 1 / token_seconds(active, shape.layers, used, rates))


async def table(folder: Path, threads: int) -> list[Row]:
    """Calibrate, then measure and print row by row."""
    rates = (await calibrate(threads)).cpu
    print(
        f"memory {rates.bandwidth / 1e9:.1f} GB/s, {rates.layer_seconds * 1e6:.0f} µs a layer; GB/s by type:"
    )
    print("  " + "  ".join(f"{name} {1e-9 / each:.1f}" for name, each in rates.type_seconds.items()))
    print(f"{'model':25} {'type':7} {'measured':>9} {'predicted':>9} {'off':>7}")
    entries = {entry.name: entry for entry in load_catalogue().entries}
    settings = LoadSettings(context=_CONTEXT, threads=threads, gpu_layers=0)
    rows: list[Row] = []
    engine = await Engine.start()
    try:
        for name, quant in MODELS:
            model = catalogue_model(entries[name], quant)
            row = await measure(engine, folder / "model.gguf", model, settings, rates)
            print(
                f"{name:25} {quant:7} {row.measured:7.1f}/s {row.predicted:7.1f}/s {row.off_percent:+6.0f}%",
                flush=True,
            )
            rows.append(row)
    finally:
        await engine.close()
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or 1)
    parser.add_argument("--noise", type=float, default=5.0, help="percent of the machine that others may use")
    options = parser.parse_args()
    print(f"others use {common.wait_for_quiet(options.noise, 60):.0f} % of the machine")
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(table(Path(folder), options.threads))
    middle = statistics.median(abs(row.off_percent) for row in rows)
    print(f"worst {max(abs(row.off_percent) for row in rows):.0f} %")
    return 0 if common.verdict("median error of the prediction", middle, TARGET, unit=" %") else 1


if __name__ == "__main__":
    sys.exit(main())
