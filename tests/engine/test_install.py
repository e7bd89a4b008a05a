"""Build of the installed engine, and the command that installs it."""

import sys
from pathlib import Path

import pytest

from tui.engine import install
from tui.engine.install import build_command, install_command, origin_by_tags, wanted_engine


def test_command_names_the_required_version() -> None:
    assert wanted_engine() == "llama-cpp-python==0.3.36"


def test_plain_environment_uses_its_own_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/srv/my tools/bin/python")
    assert install_command(prefix=Path("/srv/my tools")) == (
        '"/srv/my tools/bin/python" -m pip install llama-cpp-python==0.3.36'
    )


def test_home_folder_is_abbreviated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ana"))
    monkeypatch.setattr(sys, "executable", "/home/ana/.venv/bin/python")
    assert install_command().startswith("~/.venv/bin/python -m pip install ")


def test_pipx_installs_into_its_own_environment() -> None:
    prefix = Path("/home/ana/.local/share/pipx/venvs/llmtui")
    assert install_command("--no-cache-dir", prefix) == (
        "pipx runpip llmtui install --no-cache-dir llama-cpp-python==0.3.36"
    )


def test_uv_installs_without_pip() -> None:
    command = install_command("--force-reinstall", Path("/home/ana/.local/share/uv/tools/llmtui"))
    assert command.startswith("uv pip install --python ")
    assert command.endswith(" --reinstall-package llama-cpp-python llama-cpp-python==0.3.36")


def test_build_command_leaves_out_what_is_not_used() -> None:
    command = build_command("-DGGML_CUDA=on", windows=False)
    arguments, _quote, line = command.removeprefix('CMAKE_ARGS="').partition('" ')
    option, include = arguments.split(" -DCMAKE_PROJECT_llama_cpp_INCLUDE=")
    assert option == "-DGGML_CUDA=on"
    assert Path(include.replace("$HOME", str(Path.home()))).is_file()
    # AND it replaces the engine alone, by one that is built
    assert " --force-reinstall --no-cache-dir --no-deps --no-binary llama-cpp-python " in line


def test_build_command_can_be_pasted_where_folders_have_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_ENGINE_PARTS", Path("/home/ana lopez/llmtui/parts.cmake"))
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ana lopez"))
    quoted = "'-DCMAKE_PROJECT_llama_cpp_INCLUDE=$HOME/llmtui/parts.cmake'"
    assert build_command(windows=False).startswith(f'CMAKE_ARGS="{quoted}" ')
    assert build_command(windows=True).startswith(f'$env:CMAKE_ARGS="{quoted}"; ')


def test_tags_of_a_wheel_tell_who_built_it_on_linux_only() -> None:
    wheel = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-{}\n"
    assert origin_by_tags(wheel.format("manylinux_2_17_x86_64")) == "published"
    assert origin_by_tags(wheel.format("musllinux_1_2_aarch64")) == "published"
    assert origin_by_tags(wheel.format("linux_x86_64")) == "built"
    assert origin_by_tags(wheel.format("macosx_14_0_arm64")) is None
    assert origin_by_tags("") is None


def test_installed_build_is_identified_without_loading_it() -> None:
    install.installed_build.cache_clear()
    build = install.installed_build()

    assert build is not None
    assert build.startswith("llama-cpp-python ")
    assert len(build.split()) > 2


def test_version_is_the_same_without_the_folder_that_has_it_in_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install.installed_build.cache_clear()
    build = install.installed_build()
    monkeypatch.setattr(install, "_version_beside", lambda _package: "")
    install.installed_build.cache_clear()
    assert install.installed_build() == build


def test_no_engine_has_no_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    install.installed_build.cache_clear()
    try:
        assert install.installed_build() is None
    finally:
        install.installed_build.cache_clear()
