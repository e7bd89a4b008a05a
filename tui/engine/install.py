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
    """Return a text that identifies the installed engine's build; None when no engine is installed.

    The same version is built for CPU, Metal, CUDA or Vulkan, and each needs other buffers for a model, so the
    size and date of the library are part of the text.
    """
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        return None
    try:
        version = importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        version = "unknown"
    parts = [f"{DISTRIBUTION} {version}"]
    for library in sorted((Path(spec.origin).parent / "lib").glob("*llama.*")):
        stat = library.stat()
        parts.append(f"{stat.st_size:x}.{stat.st_mtime_ns:x}")
    return " ".join(parts)


def install_command(options: str = "", prefix: Path | None = None) -> str:
    """Return the line for a shell that installs the engine beside this llmtui, however that was installed.

    Args:
        options: options of pip, such as those that build it anew.
        prefix: the environment's folder; this one's unless a test says otherwise.
    """
    parts = (prefix or Path(sys.prefix)).parts
    arguments = " ".join(part for part in (options, wanted_engine()) if part)
    if "pipx" in parts:
        # pipx knows only its own options.
        return f"pipx runpip llmtui install {arguments}"
    if "uv" in parts and "tools" in parts:
        return f"uv pip install --python {_quoted(Path(sys.executable))} {_for_uv(arguments)}"
    return f"{_quoted(Path(sys.executable))} -m pip install {arguments}"


def wanted_engine() -> str:
    """Return the requirement of this llmtui, such as `llama-cpp-python==0.3.36`."""
    try:
        requirements = importlib.metadata.requires("llmtui") or []
    except importlib.metadata.PackageNotFoundError:
        requirements = []
    pinned = re.compile(rf"{DISTRIBUTION}[=<>~!\d.,\s]*$")
    return next((line.replace(" ", "") for line in requirements if pinned.match(line)), DISTRIBUTION)


def _for_uv(arguments: str) -> str:
    return arguments.replace("--force-reinstall", "--reinstall-package " + DISTRIBUTION).replace(
        "--no-cache-dir", "--no-cache"
    )


def _quoted(path: Path) -> str:
    text = str(path)
    home = str(Path.home())
    if sys.platform != "win32" and home != "/" and text.startswith(f"{home}/"):
        text = "~" + text.removeprefix(home)
    return f'"{text}"' if " " in text else text
