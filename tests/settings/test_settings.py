"""Settings beside the manual, the engine and the chat."""

import ast
import inspect
import re
from pathlib import Path

import msgspec
import pytest
import tomli

from tui.chat.context import FULL_CONTEXT_POLICIES
from tui.engine.options import KV_TYPES
from tui.settings.settings import SAMPLING_KEYS, MachineSettings, PresetSettings, Settings
from tui.settings.toml_reader import load_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_the_kv_types_are_those_of_the_engine():
    # The engine's room is above the settings, so they cannot take the list from there.
    for kv_type in KV_TYPES:
        assert Settings(kv_type=kv_type).kv_type in KV_TYPES
    assert Settings.__annotations__["kv_type"].__args__ == KV_TYPES


@pytest.mark.parametrize("struct", [Settings, MachineSettings, PresetSettings])
def test_each_setting_has_a_description(struct: type[msgspec.Struct]):
    (body,) = ast.parse(inspect.getsource(struct)).body
    assert isinstance(body, ast.ClassDef)
    explained = {
        field.target.id
        for field, text in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }
    assert explained == set(struct.__struct_fields__)


def test_manual_shows_the_default_of_every_setting(file: Path):
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    (example,) = [text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "kv_type" in text]
    file.write_text(example, encoding="utf-8")
    settings, problems = load_settings(file)
    assert problems == ()
    assert set(tomli.loads(example)) == set(Settings.__struct_fields__)
    # These are empty when left out, which would show nothing.
    empty = (
        "folders",
        "skip_stores",
        "keys",
        "stop",
        "machines",
        "presets",
        "language",
        "preset_language",
        *SAMPLING_KEYS,
    )
    values = {name: getattr(settings, name) for name in empty if name != "max_tokens"}
    assert settings == msgspec.structs.replace(Settings(), **values)


def test_the_policies_are_those_of_the_chat():
    assert Settings.__annotations__["when_full"].__args__ == FULL_CONTEXT_POLICIES
