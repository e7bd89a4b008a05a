"""The installed engine: its build, read without loading it, and the command that installs it."""

import importlib.metadata
import importlib.util
import re
import sys
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


def install_command(options: str = "", prefix: Path | None = None) -> str:
    """The line for a shell.

    Args:
        options: options of pip, such as those that build it anew.
        prefix: the environment's folder; this one's unless a test says otherwise.
    """
    parts = (prefix or Path(sys.prefix)).parts
    what = " ".join(part for part in (options, wanted_engine()) if part)
    if "pipx" in parts:
        # pipx knows only its own options.
        return f"pipx runpip llmtui install {what}"
    if "uv" in parts and "tools" in parts:
        return f"uv pip install --python {_quoted(Path(sys.executable))} {_for_uv(what)}"
    return f"{_quoted(Path(sys.executable))} -m pip install {what}"


def wanted_engine() -> str:
    """The engine as this llmtui requires it: `llama-cpp-python==0.3.36`."""
    try:
        wanted = importlib.metadata.requires("llmtui") or []
    except importlib.metadata.PackageNotFoundError:
        wanted = []
    pinned = re.compile(rf"{DISTRIBUTION}[=<>~!\d.,\s]*$")
    return next((each.replace(" ", "") for each in wanted if pinned.match(each)), DISTRIBUTION)


def _for_uv(what: str) -> str:
    return what.replace("--force-reinstall", "--reinstall-package " + DISTRIBUTION).replace(
        "--no-cache-dir", "--no-cache"
    )


def _quoted(path: Path) -> str:
    text = str(path)
    home = str(Path.home())
    if sys.platform != "win32" and home != "/" and text.startswith(f"{home}/"):
        text = "~" + text.removeprefix(home)
    return f'"{text}"' if " " in text else text
