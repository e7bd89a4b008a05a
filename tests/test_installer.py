"""`install.py`: the engine that it chooses, and how it is built."""

import os
import platform
import shlex
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import install
from tui.engine.install import wanted_engine

PYTHON = Path(sys.executable)
VERSION = wanted_engine().partition("==")[2]
XEON = "processor\t: 0\nflags\t\t: fpu sse4_2 avx f16c fma avx2 bmi2 avx512f\n"


@pytest.fixture(autouse=True)
def pip_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of the user's pip do not matter, and nothing is asked of a network."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip-cache"))
    monkeypatch.delenv("CMAKE_ARGS", raising=False)
    monkeypatch.setattr(install, "lacking_instructions", list)


def wheel_index(folder: Path, *versions: str) -> str:
    """Return the address of an index of wheels with no more than their names and versions in them."""
    project = folder / "llama-cpp-python"
    project.mkdir(parents=True)
    names = [f"llama_cpp_python-{version}-py3-none-any.whl" for version in versions]
    (project / "index.html").write_text("".join(f'<a href="{name}">{name}</a>\n' for name in names))
    for name, version in zip(names, versions, strict=True):
        facts = f"llama_cpp_python-{version}.dist-info"
        with zipfile.ZipFile(project / name, "w") as wheel:
            wheel.writestr(
                f"{facts}/METADATA", f"Metadata-Version: 2.1\nName: llama_cpp_python\nVersion: {version}\n"
            )
            wheel.writestr(f"{facts}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{facts}/RECORD", "")
    return folder.as_uri()


def test_engine_is_the_one_that_the_package_requires() -> None:
    assert install.engine_requirement() == wanted_engine()


def test_published_wheel_of_the_version_is_taken(tmp_path: Path) -> None:
    index = wheel_index(tmp_path / "index", "0.1.0", VERSION)
    assert install.missing_wheel(PYTHON, wanted_engine(), index, 60) is None


def test_index_without_the_version_is_no_help(tmp_path: Path) -> None:
    index = wheel_index(tmp_path / "index", "0.1.0")
    assert install.missing_wheel(PYTHON, wanted_engine(), index, 60) == (
        f"none of version {VERSION} for this system"
    )


def test_index_that_cannot_be_reached_is_named() -> None:
    # Nothing listens on the port of a socket that is bound and not listening.
    with socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{refusing.getsockname()[1]}/whl/cpu"
        why_not = install.missing_wheel(PYTHON, wanted_engine(), index, 60)
    assert why_not == f"none for this system, or {index} cannot be reached"


def test_index_that_does_not_answer_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/whl/cpu"
        why_not = install.missing_wheel(PYTHON, wanted_engine(), index, 0.5)
    assert why_not == f"{index} does not answer within 0.5 s"


def test_processor_that_is_too_old_for_the_wheel_gets_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(XEON)
    assert install.lacking_instructions(cpuinfo) == []
    cpuinfo.write_text(XEON.replace(" avx2", "").replace(" bmi2", ""))
    assert install.lacking_instructions(cpuinfo) == ["avx2", "bmi2"]
    # AND where nothing is listed, nothing is said
    assert install.lacking_instructions(tmp_path / "missing") == []
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert install.lacking_instructions(cpuinfo) == []


def test_too_old_processor_is_the_reason_before_any_index_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "lacking_instructions", lambda: ["avx2"])
    assert install.missing_wheel(PYTHON, wanted_engine(), "nowhere") == "this processor has no avx2"


def test_build_arguments_keep_those_of_the_user_and_a_path_with_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "ENGINE_PARTS", tmp_path / "my folder" / "parts.cmake")
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_CUDA=on -DX='a b'")
    assert shlex.split(install.build_arguments()) == [
        f"-DCMAKE_PROJECT_llama_cpp_INCLUDE={(tmp_path / 'my folder' / 'parts.cmake').as_posix()}",
        "-DGGML_CUDA=on",
        "-DX=a b",
    ]


def test_builds_are_kept_apart_from_those_of_other_programs(tmp_path: Path) -> None:
    assert install.build_cache(PYTHON) == ["--cache-dir", str(tmp_path / "pip-cache" / "llmtui")]


def test_builds_are_not_kept_where_pip_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    assert install.build_cache(PYTHON) == []


@pytest.mark.skipif(shutil.which("cmake") is None, reason="CMake is not installed")
def test_parts_are_left_out_although_the_package_forces_them_in(tmp_path: Path) -> None:
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.21)\n"
        "project(llama_cpp NONE)\n"
        'option(LLAVA_BUILD "" ON)\n'
        'set(LLAMA_BUILD_COMMON ON CACHE BOOL "" FORCE)\n'
        "add_subdirectory(inner)\n"
    )
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.14...3.28)\n"
        "project(inner NONE)\n"
        'option(LLAMA_BUILD_COMMON "" OFF)\n'
        'message(STATUS "common=${LLAMA_BUILD_COMMON} images=${LLAVA_BUILD}")\n'
    )
    command = ["cmake", "-S", str(tmp_path), "-B", str(tmp_path / "build")]
    for arguments, outcome in (([], "common=ON images=ON"), (None, "common=OFF images=OFF")):
        chosen = shlex.split(install.build_arguments()) if arguments is None else arguments
        answer = subprocess.run([*command, *chosen], capture_output=True, text=True, check=True)
        assert outcome in answer.stdout


def test_engine_is_installed_once_into_a_new_environment(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    index = wheel_index(tmp_path / "index", VERSION)
    arguments = ["--only-engine", "--quiet", "--wheels", index, "--venv", str(tmp_path / "venv")]

    assert install.main(arguments) == 0
    assert f"engine: llama-cpp-python=={VERSION}, ready-made" in capfd.readouterr().out
    python = install.environment_python(tmp_path / "venv")
    assert install.installed_version(python) == VERSION
    # AND the next time it stays
    assert install.main(arguments) == 0
    assert "which was there already" in capfd.readouterr().out


def test_failure_says_what_is_missing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    index = wheel_index(tmp_path / "index", "0.1.0")
    arguments = ["--only-engine", "--wheels", index, "--venv", str(tmp_path / "venv")]

    assert install.main([*arguments, "--engine", "published"]) == 1
    assert f"There is no ready-made engine: none of version {VERSION}" in capfd.readouterr().err
    # AND where it cannot be built either, a compiler may be what is missing
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert install.main(arguments) == 1
    assert "install one" in capfd.readouterr().err


def test_environment_that_cannot_be_created_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "call", lambda _command: 1)
    with pytest.raises(install.InstallError, match="python3-venv"):
        install.environment_python(tmp_path / "venv")
