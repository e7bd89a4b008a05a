"""Check of the user's keys: mistakes are reported, and never end the program."""

import re
from pathlib import Path

import pytest

from tui.ui.kit.keyboard.keymap import binding_ids, is_key_name, key_problems


@pytest.mark.parametrize(
    "key",
    ["x", "+", "[", "é", "f5", "ctrl+x", "shift+left", "slash", "question_mark", "alt+x", "ctrl+@"],
)
def test_a_key_that_a_terminal_can_send_is_accepted(key: str) -> None:
    assert is_key_name(key)


@pytest.mark.parametrize("key", ["", "Ctrl+X", "ctrl-x", "ctrl+", "strg+x", "++", "\x1b", "nonsense", "esc"])
def test_a_key_that_a_terminal_cannot_send_is_rejected(key: str) -> None:
    assert not is_key_name(key)


def test_wrong_ids_and_keys_are_reported_with_a_suggestion() -> None:
    assert key_problems({"chat.stop": "ctrl+x, f9", "models.up": "u"}) == []
    assert key_problems(
        {"chat.stpo": "ctrl+x", "app.quit": "Ctrl+X", "\x1b[1mzzz": "f9", "chat.new": "f9,\x1b[1mqq"}
    ) == [
        "there is no action chat.stpo; did you mean chat.stop?",
        'app.quit is "Ctrl+X", which is no key; did you mean "ctrl+x"?',
        "there is no action zzz; docs/keys.md lists them",
        'chat.new is "qq", which is no key; expected one such as "ctrl+x", "f5" or "x"',
    ]


def test_the_manual_lists_every_id() -> None:
    text = (Path(__file__).parents[4] / "docs" / "keys.md").read_text(encoding="utf-8")
    listed = re.findall(r"\| `(\w+\.\w+)` \|$", text, re.MULTILINE)
    assert {*listed} == {id for id in binding_ids() if not id.startswith("toy.")}
