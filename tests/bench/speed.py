"""Speed: tokens per second that a few seconds of calibration predict, against models that really run."""

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
from tui.engine.options import LoadSettings
from tui.engine.protocol import SkippedVocabulary
from tui.fit import formula
from tui.fit.calibrate import calibrate
from tui.fit.quiet import MachineBusyError
from tui.fit.rates import Rates, prompt_token_seconds, token_seconds
from tui.hardware.detect import detect_machine
from tui.models.active_weights import active_bytes_of, prompt_weights_of
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.gguf.stub import write_stub
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.services.sentences import sentence

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


class Figure(NamedTuple):
    """Tokens per second."""

    measured: float
    predicted: float

    @property
    def off_percent(self) -> float:
        """Above zero where the prediction is too fast."""
        return 100 * (self.predicted / self.measured - 1)

    def __str__(self) -> str:
        return f"{self.measured:7.1f}/s {self.predicted:7.1f}/s {self.off_percent:+6.0f}%"


class Row(NamedTuple):
    """The two speeds of one model."""

    generation: Figure
    prompt: Figure


async def measure(engine: Engine, path: Path, model: Model, settings: LoadSettings, rates: Rates) -> Row:
    """Read and generate with zeros for weights, which takes as long as with any others.

    Raises:
        SystemExit: the model's parts are not known.
    """
    shape, active, weights = model.shape, active_bytes_of(model), prompt_weights_of(model)
    if shape is None or active is None or weights is None:
        raise SystemExit(f"{model.name}: what a token reads is not known")
    write_stub(path, shape, model.quant)
    skip = SkippedVocabulary(shape.architecture, shape.vocabulary)
    timed = await engine.time(path, settings, skip, _SECONDS)
    path.unlink()
    # On average over the measurement a quarter of the context was in use.
    used = formula.kv_bytes(shape, settings) // 4
    prompt = prompt_token_seconds(weights, shape.layers, rates)
    if prompt is None:
        raise SystemExit("how fast prompts are read was not measured")
    return Row(
        Figure(1 / timed.token_seconds, 1 / token_seconds(active, shape.layers, used, rates)),
        Figure(timed.prompt_tps, 1 / prompt),
    )


async def table(folder: Path, threads: int) -> list[Row]:
    """Calibrate, then measure and print row by row."""
    rates = (await calibrate(threads, detect_machine().cpu)).cpu
    print(
        f"memory {rates.bandwidth / 1e9:.1f} GB/s, {rates.layer_seconds * 1e6:.0f} µs a layer; GB/s by type:"
    )
    print("  " + "  ".join(f"{name} {1e-9 / seconds:.1f}" for name, seconds in rates.type_seconds.items()))
    print(f"prompts: {rates.prompt_layer_seconds * 1e6:.0f} µs a layer; billion weights a second by type:")
    print("  " + "  ".join(f"{name} {1e-9 / seconds:.0f}" for name, seconds in rates.prompt_seconds.items()))
    columns = f"{'measured':>9} {'predicted':>9} {'off':>7}"
    print(f"{'':33} {'generation':27}   prompt")
    print(f"{'model':25} {'type':7} {columns}   {columns}")
    entries = {entry.name: entry for entry in load_catalogue().entries}
    settings = LoadSettings(context=_CONTEXT, threads=threads, gpu_layers=0)
    rows: list[Row] = []
    engine = await Engine.start()
    try:
        for name, quant in MODELS:
            model = catalogue_model(entries[name], quant)
            row = await measure(engine, folder / "model.gguf", model, settings, rates)
            print(f"{name:25} {quant:7} {row.generation}   {row.prompt}", flush=True)
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
        try:
            rows = asyncio.run(table(Path(folder), options.threads))
        except MachineBusyError as error:
            # Not a figure that is wrong: with another program at work this is the right answer.
            print(sentence(error.reason))
            return 0
    offs = [abs(row.generation.off_percent) for row in rows]
    prompt_offs = [abs(row.prompt.off_percent) for row in rows]
    middle = statistics.median(offs)
    print(f"worst {max(offs):.0f} %")
    print(f"prompts: median error {statistics.median(prompt_offs):.0f} %, worst {max(prompt_offs):.0f} %")
    return 0 if common.verdict("median error of the prediction", middle, TARGET, unit=" %") else 1


if __name__ == "__main__":
    sys.exit(main())
