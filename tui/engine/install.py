"""The installed engine: its build, read without loading it, and the command that installs it."""

import importlib.util
import re
import sys
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

WheelOrigin: TypeAlias = Literal["published", "built"]

DISTRIBUTION = "llama-cpp-python"
_ENGINE_PARTS = Path(__file__).with_name("engine_parts.cmake")
_REBUILD = "--force-reinstall --no-cache-dir --no-deps --no-binary llama-cpp-python"


@cache
def installed_build() -> str | None:
    """Return a text that identifies the installed engine's build; None when no engine is installed.

    The same version is built for CPU, Metal, CUDA or Vulkan, and each needs other buffers for a model, so the
    size and date of the library are part of the text.
    """
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    parts = [f"{DISTRIBUTION} {_version_beside(package) or _distribution_version()}"]
    for library in sorted((package / "lib").glob("*llama.*")):
        stat = library.stat()
        parts.append(f"{stat.st_size:x}.{stat.st_mtime_ns:x}")
    return " ".join(parts)


def _version_beside(package: Path) -> str:
    """Return the version that the folder of the installation's data has in its name; empty where unclear.

    `importlib.metadata` would tell it, too, but reading that module is a fiftieth of the dashboard's start.
    """
    name = DISTRIBUTION.replace("-", "_")
    folders = list(package.parent.glob(f"{name}-*.dist-info"))
    return folders[0].name[len(name) + 1 : -len(".dist-info")] if len(folders) == 1 else ""


def _distribution_version() -> str:
    import importlib.metadata

    try:
        return importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


@cache
def wheel_origin() -> WheelOrigin | None:
    """Return who built the installed engine: its publisher, or this machine; None where that is unknown.

    On Linux the tags of a wheel tell: only what runs on many distributions may be published. Elsewhere both
    have the same tags.
    """
    import importlib.metadata

    try:
        wheel = importlib.metadata.distribution(DISTRIBUTION).read_text("WHEEL") or ""
    except importlib.metadata.PackageNotFoundError:
        return None
    return origin_by_tags(wheel)


def origin_by_tags(wheel: str) -> WheelOrigin | None:
    """Return the origin of a wheel by the tags in its file `WHEEL`; None where they do not tell."""
    tags = re.findall(r"^Tag: (.*)$", wheel, re.MULTILINE)
    if any("manylinux" in tag or "musllinux" in tag for tag in tags):
        return "published"
    return "built" if any("-linux_" in tag for tag in tags) else None


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


def build_command(options: str = "", *, windows: bool = sys.platform == "win32") -> str:
    """Return the line for a shell that builds the engine's parts that llmtui uses for this machine.

    Args:
        options: options of CMake, such as those for a GPU.
        windows: write it for PowerShell.
    """
    parts = _ENGINE_PARTS.as_posix()
    quote = "'" if " " in parts else ""
    include = f"{quote}-DCMAKE_PROJECT_llama_cpp_INCLUDE={_with_home_variable(parts)}{quote}"
    arguments = " ".join(part for part in (options, include) if part)
    setting = f'$env:CMAKE_ARGS="{arguments}"; ' if windows else f'CMAKE_ARGS="{arguments}" '
    return setting + install_command(_REBUILD)


def wanted_engine() -> str:
    """Return the requirement of this llmtui, such as `llama-cpp-python==0.3.36`."""
    import importlib.metadata

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


def _with_home_variable(path: str) -> str:
    """Return a path with `$HOME` for the home folder; shells and PowerShell know it inside double quotes."""
    home = Path.home().as_posix()
    return "$HOME" + path.removeprefix(home) if home != "/" and path.startswith(f"{home}/") else path


def _quoted(path: Path) -> str:
    text = str(path)
    home = str(Path.home())
    if sys.platform != "win32" and home != "/" and text.startswith(f"{home}/"):
        text = "~" + text.removeprefix(home)
    return f'"{text}"' if " " in text else text
