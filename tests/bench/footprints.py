"""Footprints: what is predicted against the peak that the engine's process was seen to take."""

import argparse
import asyncio
import random
import statistics
import string
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.bench import common, rules
from tests.bench.shapes import write_model
from tests.models.catalogue.entries import RETIRED
from tui.engine.client import Engine
from tui.engine.footprint import Footprint
from tui.engine.install import installed_build
from tui.engine.options import AnswerRequest, LoadSettings, SamplingSettings
from tui.engine.protocol import Finished
from tui.fit import formula
from tui.fit.sizing import Sizer
from tui.models.catalogue.catalogue import load_catalogues
from tui.models.model import Model, ModelFile, Shape
from tui.models.model_file import model_file
from tui.units import format_bytes

ENGINE_TARGET, FORMULA_TARGET = 1.0, 3.0
"""Percent that a prediction may be off, of the measured peak."""
_THREADS = psutil.cpu_count(logical=False) or 1


class Case(NamedTuple):
    """A model and how it is loaded."""

    name: str
    """Of the catalogue; the one that the package carries when `quant` is empty."""
    quant: str
    settings: LoadSettings
    kind: str
    """Of its cache."""


class Row(NamedTuple):
    """One case as measured, in bytes."""

    measured: int
    engine: int
    formula: int
    bits: float
    """By the rule of bits."""
    parts: float
    """By the rule of parts."""

    def off(self, predicted: float) -> float:
        """Percent; above zero where the prediction is too high."""
        return 100 * (predicted / self.measured - 1)


def _case(name: str, quant: str, kind: str, context: int, **settings: object) -> Case:
    return Case(name, quant, LoadSettings(context=context, threads=_THREADS, **settings), kind)  # type: ignore[arg-type]


REAL = (
    _case("", "", "few KV heads", 2048),
    _case("", "", "few KV heads", 8192),
    _case("", "", "few KV heads", 2048, kv_type="q8_0"),
    _case("", "", "few KV heads", 4096, kv_type="q8_0"),
    _case("", "", "few KV heads", 4096, kv_type="q4_0"),
)
# The larger ones read in smaller batches, so that they are done in a minute each.
MADE_UP = (
    _case("gemma-3-270m-it", "Q8_0", "window", 4096),
    _case("Qwen3-0.6B", "Q8_0", "few KV heads", 2048),
    _case("gemma-3-1b-it", "Q4_K_M", "window", 2048),
    _case("gemma-3-1b-it", "Q4_K_M", "window, all kept", 2048, swa_full=True),
    _case("LFM2.5-1.2B-Instruct", "Q4_K_M", "convolution", 2048),
    _case("Llama-3.2-1B-Instruct", "Q4_K_M", "few KV heads", 2048),
    _case("granite-4.0-h-1b", "Q4_K_M", "hybrid", 2048),
    _case("Falcon-H1-1.5B-Instruct", "Q4_K_M", "side by side", 2048),
    _case("SmolLM2-1.7B-Instruct", "Q4_K_M", "all KV heads", 2048),
    _case("Qwen3.5-2B", "Q4_K_M", "delta net", 2048),
    _case("Phi-4-mini-instruct", "Q4_K_M", "few KV heads", 768, batch=128),
    _case("granite-4.0-h-tiny", "Q4_K_M", "hybrid, experts", 768),
    _case("falcon-mamba-7b-instruct", "Q4_K_M", "state only", 768, batch=128),
    _case("gemma-3n-E2B-it", "Q8_0", "shared", 768),
    _case("Qwen2.5-7B-Instruct", "Q4_K_M", "few KV heads", 768, batch=128),
    _case("LFM2.5-8B-A1B", "Q4_K_M", "convolution, experts", 768),
    _case("Llama-3.1-8B-Instruct", "Q8_0", "few KV heads", 768, batch=128),
    _case("DeepSeek-V2-Lite-Chat", "Q4_K_M", "latent, experts", 768),
    _case("gpt-oss-20b", "MXFP4", "window, experts", 768),
)


def _prompt(tokens: int) -> str:
    """Letters that no vocabulary here merges, one token each: rows all over the table."""
    letters = random.Random(1)
    return "".join(letters.choice(string.ascii_lowercase) for _ in range(tokens))


async def peak(path: Path, settings: LoadSettings, fill: float, made_up: bool) -> int:
    """Load in a process of its own, fill that part of the context, and generate a little.

    Raises:
        SystemExit: the model could not be run, or the system does not tell the peak.
    """
    # A whole batch at least, so that every buffer is touched.
    wanted = max(settings.batch + 8, int(settings.context * fill))
    wanted = min(wanted, settings.context - 24)
    text = _prompt(wanted) if made_up else " fox" * wanted
    engine = await Engine.start()
    try:
        await engine.load(path, settings)
        sampling = SamplingSettings(temperature=0.8, max_tokens=16)
        async for event in engine.generate(AnswerRequest(sampling=sampling, raw_text=text, ignore_end=True)):
            if isinstance(event, Finished) and event.metrics.peak_bytes is not None:
                if event.metrics.context_used < wanted:
                    raise SystemExit(f"{path.name}: only {event.metrics.context_used} tokens were read")
                return event.metrics.peak_bytes
    finally:
        await engine.close()
    raise SystemExit(f"{path.name} could not be measured")


async def predict(file: ModelFile, settings: LoadSettings) -> Footprint:
    """As the list does it: the engine's plan, and the vocabulary measured apart.

    Raises:
        SystemExit: the engine would not size it.
    """
    sizer = Sizer(installed_build())
    try:
        model = Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)
        footprint = (await sizer.size(model, settings)).footprint
    finally:
        await sizer.close()
    if footprint is None or footprint.source != "engine":
        raise SystemExit(f"{file.name} was not sized by the engine")
    return footprint


async def measure(case: Case, path: Path, fill: float) -> Row:
    """Predict and measure one case."""
    file = model_file(path, "benchmark")
    shape: Shape | None = file.shape
    if shape is None:
        raise SystemExit(f"{file.name}: {file.shape_reason}")
    predicted = await predict(file, case.settings)
    measured = await peak(path, case.settings, fill, bool(case.quant))
    quant = case.quant or file.quant
    return Row(
        measured,
        predicted.total_bytes,
        formula.footprint(shape, file.weights_bytes, case.settings).total_bytes,
        rules.by_bits(shape, quant),
        rules.by_parts(shape, quant, case.settings),
    )


async def table(folder: Path, cases: list[Case], fill: float) -> list[Row]:
    """Measure and print, row by row; each file is gone before the next is written."""
    entries = {entry.name: entry for entry in load_catalogues(own=RETIRED).entries}
    print(f"{'model':25} {'cache':20} {'context':>7} {'KV':4} {'measured':>9} {'engine':>9} {'off':>6}"
          f" {'formula':>9} {'off':>6} {'bits':>6} {'parts':>6}")  # fmt: skip
    rows: list[Row] = []
    for case in cases:
        path = common.model_path()
        if case.quant:
            path = write_model(
                folder / f"{case.name}.{case.quant}.gguf", entries[case.name].shape, case.quant
            )
        row = await measure(case, path, fill)
        if case.quant:
            path.unlink()
        sizes = [format_bytes(size) for size in (row.measured, row.engine, row.formula)]
        print(
            f"{(case.name or common.MODEL_NAME)[:25]:25} {case.kind:20} {case.settings.context:>7}"
            f" {case.settings.kv_type:4} {sizes[0]:>9} {sizes[1]:>9} {row.off(row.engine):+5.1f}%"
            f" {sizes[2]:>9} {row.off(row.formula):+5.1f}%"
            f" {row.off(row.bits):+5.0f}% {row.off(row.parts):+5.0f}%",
            flush=True,
        )
        rows.append(row)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the real model only")
    parser.add_argument("--largest", type=float, default=12.0, help="leave out models of more GiB than this")
    parser.add_argument("--fill", type=float, default=1.0, help="part of the context that is really used")
    parser.add_argument("--only", default="", help="only models with this in their names")
    parser.add_argument("--folder", type=Path, default=None, help="where the made-up files are written")
    options = parser.parse_args()
    entries = {entry.name: entry for entry in load_catalogues(own=RETIRED).entries}
    cases = [case for case in (*REAL, *(() if options.quick else MADE_UP)) if options.only in case.name]
    cases = [
        case
        for case in cases
        if not case.quant or _gib(entries[case.name].shape, case.quant) <= options.largest
    ]
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        rows = asyncio.run(table(Path(folder), cases, options.fill))
    columns: list[tuple[str, Callable[[Row], float], float | None]] = [
        ("engine", lambda row: row.off(row.engine), ENGINE_TARGET),
        ("formula", lambda row: row.off(row.formula), FORMULA_TARGET),
        ("rule of bits", lambda row: row.off(row.bits), None),
        ("rule of parts", lambda row: row.off(row.parts), None),
    ]
    met = True
    for name, off, target in columns:
        all_off = [abs(off(row)) for row in rows]
        print(f"{name}: median {statistics.median(all_off):.1f} %, worst {max(all_off):.1f} %")
        if target is not None:
            met &= common.verdict(f"worst of the {name}", max(all_off), target, unit=" %")
    return 0 if met else 1


def _gib(shape: Shape, quant: str) -> float:
    from tui.models.quantizations import weights_bytes

    return weights_bytes(shape, quant) / 2**30


if __name__ == "__main__":
    sys.exit(main())
