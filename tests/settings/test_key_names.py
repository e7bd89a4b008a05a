"""Names of keys and ids of actions that are known without the screen."""

import pytest
from textual.keys import Keys, _character_to_key

from tests.docs.key_bindings import action_id_lines
from tui.settings.key_names import ACTION_IDS_FILE, action_ids, is_key_name

NO_KEYBOARD_HAS = {Keys.Any, Keys.ScrollUp, Keys.ScrollDown, Keys.Ignore}


@pytest.mark.parametrize(
    "key",
    ["x", "+", "[", "é", "f5", "ctrl+x", "shift+left", "slash", "question_mark", "alt+x", "ctrl+@", "minus"],
)
def test_a_key_that_a_terminal_can_send_is_accepted(key: str) -> None:
    assert is_key_name(key)


@pytest.mark.parametrize(
    "key", ["", "Ctrl+X", "ctrl-x", "ctrl+", "strg+x", "++", "\x1b", "nonsense", "esc", "f25", "null"]
)
def test_a_key_that_a_terminal_cannot_send_is_rejected(key: str) -> None:
    assert not is_key_name(key)


@pytest.mark.parametrize("key", [key for key in Keys if key not in NO_KEYBOARD_HAS])
def test_every_key_that_the_screens_library_names_is_accepted(key: Keys) -> None:
    assert is_key_name(key.value)


@pytest.mark.parametrize("character", [chr(code) for code in range(0x21, 0x7F)])
def test_every_character_of_a_keyboard_is_accepted_by_its_name(character: str) -> None:
    assert is_key_name(character)
    assert is_key_name(_character_to_key(character))


def test_the_ids_are_those_of_the_bindings():
    assert ACTION_IDS_FILE.read_text(encoding="utf-8") == action_id_lines(), "python -m tests.docs writes it"
    assert "app.quit" in action_ids()
