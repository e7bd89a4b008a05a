"""Waiting: how the engine's threads wait for one another, on a quiet machine and beside busy programs.

Each round measures every way to wait in turn, so that a machine that slows down slows all of them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.bench import common
from tests.bench.shapes import write_model
from tui.models.catalogue.catalogue import load_catalogue

WAYS: dict[str, dict[str, str]] = {
    "default": {},
    "passive": {"OMP_WAIT_POLICY": "passive"},
    "spin 1000": {"GOMP_SPINCOUNT": "1000"},
    "spin 10000": {"GOMP_SPINCOUNT": "10000"},
    "spin 100000": {"GOMP_SPINCOUNT": "100000"},
}
"""Environment of the engine's process, by the name of the way to wait."""
_LARGER = "Llama-3.2-1B-Instruct"
_PROMPT_TOKENS = 256
_BUSY = "while True: pass"


@contextmanager
def busy_programs(count: int) -> Iterator[None]:
    """Run programs of ordinary priority that each take all of a core."""
    programs = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def measure(model: Path, way: str, tokens: int, threads: int) -> tuple[float, float]:
    """Tokens per second of the prompt and of the generation, in a process of its own."""
    argv = [sys.executable, "-m", "tests.bench.waiting", "--child", str(model)]
    argv += ["--tokens", str(tokens), "--threads", str(threads)]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))
    }
    done = subprocess.run(argv, env={**environment, **WAYS[way]}, stdout=subprocess.PIPE, check=True)
    figures = json.loads(done.stdout)
    return figures["prompt_tps"], figures["generation_tps"]


def child(model_path: Path, tokens: int, threads: int) -> None:
    """Measure in this process and print the figures as JSON."""
    import ctypes

    from tests.bench.bare_loop import chain, generate, lib, load, no_log
    from tui.engine.options import LoadSettings, SamplingSettings
    from tui.engine.process import NICENESS

    os.nice(NICENESS)
    lib.llama_log_set(no_log, ctypes.c_void_p(0))
    lib.llama_backend_init()
    model, context = load(model_path, LoadSettings(context=2048, threads=threads))
    prompt = [300 + 7 * number % 1000 for number in range(_PROMPT_TOKENS)]
    sampler = chain(SamplingSettings(temperature=0))
    print(json.dumps(generate(model, context, sampler, prompt, tokens)))


def compare(model: Path, busy: int, ways: Sequence[str], options: argparse.Namespace) -> None:
    """Measure every way in turns beside `busy` programs, and print the ratios to the default."""
    figures: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    tokens = options.tokens if busy == 0 else max(10, options.tokens // 4)
    with busy_programs(busy):
        for number in range(options.rounds):
            start = number % len(ways)
            for way in (*ways[start:], *ways[:start]):
                figures[way].append(measure(model, way, tokens, options.threads))
    for way, rounds in figures.items():
        prompt, generation = (statistics.median(column) for column in zip(*rounds, strict=True))
        ratios = [
            statistics.median(
                mine[column] / plain[column] for mine, plain in zip(rounds, figures["default"], strict=True)
            )
            for column in (0, 1)
        ]
        print(
            f"      {busy} busy, {way:12} prompt {prompt:7.1f} tok/s ({ratios[0]:.2f})"
            f"  generation {generation:6.1f} tok/s ({ratios[1]:.2f})",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=120)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or os.cpu_count())
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 2], help="programs beside the engine")
    parser.add_argument("--small", action="store_true", help="only the small model")
    parser.add_argument("--child", type=Path, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        child(options.child, options.tokens, options.threads)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        models = [common.model_path()]
        if not options.small:
            entry = next(entry for entry in load_catalogue().entries if entry.name == _LARGER)
            models.append(write_model(Path(folder) / f"{_LARGER}.gguf", entry.shape, "Q4_K_M"))
        for model in models:
            print(f"{model.name}, {options.threads} threads")
            for busy in options.busy:
                compare(model, busy, options.ways, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
