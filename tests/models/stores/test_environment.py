"""Folders of a user on each system."""

import os
from pathlib import Path, PurePosixPath

import pytest

from tui.models.stores.environment import Environment, System, this_environment

HOME = Path("/home/ana")


@pytest.mark.parametrize(
    ("system", "cache", "data", "config"),
    [
        ("linux", ".cache", ".local/share", ".config"),
        ("macos", "Library/Caches", "Library/Application Support", "Library/Application Support"),
        ("windows", "AppData/Local", "AppData/Local", "AppData/Roaming"),
    ],
)
def test_folders_without_variables(system: System, cache: str, data: str, config: str):
    user = Environment(home=HOME, system=system)

    assert (user.cache_folder, user.data_folder, user.config_folder) == (
        HOME / cache,
        HOME / data,
        HOME / config,
    )


def test_variables_go_first_on_the_systems_that_have_them():
    variables = {"XDG_CACHE_HOME": "/c", "XDG_DATA_HOME": "~/d", "XDG_CONFIG_HOME": "  "}
    linux = Environment(home=HOME, variables=variables)
    assert (linux.cache_folder, linux.data_folder) == (Path("/c"), HOME / "d")
    # A variable that is empty is not set.
    assert linux.config_folder == HOME / ".config"

    windows = Environment(home=HOME, variables={"LOCALAPPDATA": "/l", "APPDATA": "/r"}, system="windows")
    assert (windows.data_folder, windows.config_folder) == (Path("/l"), Path("/r"))
    assert Environment(home=HOME, variables=variables, system="macos").cache_folder == HOME / "Library/Caches"


def test_a_tilde_is_the_home_of_the_user_on_every_system():
    user = Environment(home=HOME)

    assert (user.expand("~"), user.expand("~/x"), user.expand("~\\x")) == (HOME, HOME / "x", HOME / "x")
    assert PurePosixPath(user.expand("~other/x")) == PurePosixPath("~other/x")


def test_this_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OLLAMA_MODELS", "/x")

    user = this_environment()

    assert (user.home, user.path("OLLAMA_MODELS")) == (Path.home(), Path("/x"))
    assert user.models_folder is not None
    assert user.is_superuser == (os.geteuid() == 0)
