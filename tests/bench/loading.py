"""Loading: what mapping the file and repacking the weights cost in memory and gain in speed, both ways."""

import argparse
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from llama_cpp import llama_cpp as lib

from tests.bench import bare_loop, common
from tests.bench.shapes import write_model
from tui.engine.options import LoadSettings
from tui.engine.process import NICENESS, file_bytes, resident_bytes
from tui.models.catalogue.catalogue import load_catalogue
from tui.units import MIB

MODELS = (("", ""), ("Llama-3.2-1B-Instruct", "Q4_0"), ("Llama-3.2-1B-Instruct", "Q4_K_M"))
"""The real one, and made-up ones of a type that llama.cpp repacks well and of one that it repacks badly."""
_WAYS = (("mapped", True, False), ("mapped, repacked", True, True), ("read", False, False))
_PROMPT, _GENERATED = 512, 48
_TOKEN = 7
"""Any will do: the time of a decode does not depend on which it is."""


def child(path: Path, threads: int, mapped: bool, repacked: bool) -> None:
    """Load one way in this process, read a prompt, generate, and print the figures as JSON."""
    os.nice(NICENESS)
    lib.llama_log_set(bare_loop.no_log, ctypes.c_void_p(0))
    lib.llama_backend_init()
    start = time.monotonic()
    settings = LoadSettings(context=1024, threads=threads)
    _model, context = bare_loop.load(path, settings, mapped=mapped, repacked=repacked)
    decode(context, 1)
    loaded = time.monotonic() - start
    start = time.monotonic()
    decode(context, _PROMPT)
    read = time.monotonic() - start
    start = time.monotonic()
    for _token in range(_GENERATED):
        decode(context, 1)
    generated = time.monotonic() - start
    resident, from_files = resident_bytes() or 0, file_bytes()
    print(
        json.dumps(
            {
                "load_seconds": loaded,
                "prompt_tps": _PROMPT / read,
                "generation_tps": _GENERATED / generated,
                "own_bytes": resident - from_files,
                "file_bytes": from_files,
            }
        )
    )


def decode(context: object, count: int) -> None:
    """Run so many tokens.

    Raises:
        SystemExit: the engine would not.
    """
    tokens = (lib.llama_token * count)(*[_TOKEN] * count)
    if lib.llama_decode(context, lib.llama_batch_get_one(tokens, count)):
        raise SystemExit("the tokens could not be decoded")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or 1)
    parser.add_argument("--noise", type=float, default=5.0, help="percent of the machine that others may use")
    parser.add_argument("--child", nargs=3, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        path, mapped, repacked = options.child
        child(Path(path), options.threads, mapped == "True", repacked == "True")
        return 0
    print(f"others use {common.wait_for_quiet(options.noise, 60):.0f} % of the machine")
    print(f"{'model':32} {'way':18} {'load':>7} {'own':>9} {'mapped':>9} {'prompt':>9} {'generation':>11}")
    entries = {entry.name: entry for entry in load_catalogue().entries}
    with tempfile.TemporaryDirectory() as folder:
        for name, quant in MODELS:
            path = common.model_path()
            if name:
                path = write_model(Path(folder) / f"{name}.{quant}.gguf", entries[name].shape, quant)
            for way, mapped, repacked in _WAYS:
                argv = [sys.executable, "-m", "tests.bench.loading", "--threads", str(options.threads)]
                argv += ["--child", str(path), str(mapped), str(repacked)]
                figures = json.loads(subprocess.run(argv, stdout=subprocess.PIPE, check=True).stdout)
                print(
                    f"{f'{name} {quant}' if name else common.MODEL_NAME:32} {way:18}"
                    f" {figures['load_seconds']:5.2f} s {figures['own_bytes'] / MIB:5.0f} MiB"
                    f" {figures['file_bytes'] / MIB:5.0f} MiB {figures['prompt_tps']:7.0f}/s"
                    f" {figures['generation_tps']:9.1f}/s",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
