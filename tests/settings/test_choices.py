"""Choices of the dashboard that the next start knows."""

import logging
from pathlib import Path

import pytest

from tui.settings.choices import Choices, ChoiceStore, apply_choices
from tui.settings.settings import Settings


def test_choices_are_kept_one_by_one_also_beside_another_dashboard(tmp_path: Path) -> None:
    path = tmp_path / "state" / "choices.json"
    assert ChoiceStore(path).read() == Choices()
    first_store, second_store = ChoiceStore(path), ChoiceStore(path)
    first_store.keep(theme="nord")
    second_store.keep(context=4096, kv_type="q8_0")
    first_store.keep(sort="speed", theme="dracula")
    assert ChoiceStore(path).read() == Choices("dracula", "speed", 4096, "q8_0")
    assert [file.name for file in path.parent.iterdir()] == ["choices.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"context": "long"}', b'{"context": 1}', b'{"kv_type": "q3"}', b"\xff\xfe"],
)
def test_a_broken_file_is_ignored_with_a_line_in_the_log_and_mended_by_the_next_choice(
    content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "choices.json"
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert ChoiceStore(path).read() == Choices()
    assert str(path) in caplog.text
    ChoiceStore(path).keep(sort="size")
    assert ChoiceStore(path).read() == Choices(sort="size")


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    store = ChoiceStore(tmp_path / "file" / "choices.json")
    store.keep(theme="nord")
    assert store.read() == Choices()
    assert "cannot be kept" in caplog.text


def test_a_file_of_a_newer_version_is_read_for_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "choices.json"
    path.write_text('{"theme": "nord", "colour": 7}')
    assert ChoiceStore(path).read() == Choices("nord")


def test_the_users_file_wins_where_it_names_a_setting() -> None:
    settings = Settings(theme="llmtui-light", context=2048, kv_type="f16")
    choices = Choices("nord", "speed", 4096, "q8_0")
    assert apply_choices(settings, choices, ("theme",)) == Settings(
        theme="llmtui-light", context=4096, kv_type="q8_0"
    )
    assert apply_choices(settings, Choices(), ()) == settings
