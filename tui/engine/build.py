"""Which engine is installed, told without loading it."""

import importlib.metadata
import importlib.util
from functools import cache
from pathlib import Path

DISTRIBUTION = "llama-cpp-python"


@cache
def installed_build() -> str | None:
    """What identifies the installed engine's build, or None when no engine is installed.

    The version alone does not: the same version is built for CPU, Metal, CUDA or Vulkan, and each sizes a
    model its own way, so the library's size and date are part of it.
    """
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        return None
    try:
        version = importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        version = "unknown"
    marks = [f"{DISTRIBUTION} {version}"]
    for library in sorted((Path(spec.origin).parent / "lib").glob("*llama.*")):
        stat = library.stat()
        marks.append(f"{stat.st_size:x}.{stat.st_mtime_ns:x}")
    return " ".join(marks)
