"""Keys that the user chose: what cannot be one is told, and never ends the program."""

import re
from pathlib import Path

import pytest

from tests.ui.chat.chat_host import see, when
from tui.services.finding import SearchPaths
from tui.settings.app_folders import settings_file
from tui.settings.settings import Settings
from tui.settings.toml_reader import load_settings
from tui.ui.app import LlmtuiApp
from tui.ui.kit.keymap import binding_ids, is_key_name, key_problems


@pytest.mark.parametrize(
    "key",
    ["x", "+", "[", "é", "f5", "ctrl+x", "shift+left", "slash", "question_mark", "alt+x", "ctrl+@"],
)
def test_what_a_terminal_can_send_is_a_key(key: str) -> None:
    assert is_key_name(key)


@pytest.mark.parametrize("key", ["", "Ctrl+X", "ctrl-x", "ctrl+", "strg+x", "++", "\x1b", "nonsense", "esc"])
def test_what_it_cannot_send_is_none(key: str) -> None:
    assert not is_key_name(key)


def test_wrong_ids_and_keys_are_told_with_what_was_meant() -> None:
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
    text = (Path(__file__).parents[3] / "docs" / "keys.md").read_text(encoding="utf-8")
    listed = re.findall(r"\| `(\w+\.\w+)` \|$", text, re.MULTILINE)
    assert {*listed} == {id for id in binding_ids() if not id.startswith("toy.")}


async def test_of_many_wrong_settings_the_first_are_told_at_once_and_the_help_still_opens() -> None:
    file = settings_file()
    file.parent.mkdir(parents=True)
    file.write_text(
        "context = 1\nthreads = -1\nseed = -2\ntop_k = -1\ntop_p = 2\nmin_p = 2\n"
        '[keys]\n"chat.stop" = ""\n"chat.nope" = "f9"\nchat.new = "ctrl+y"\n'
    )
    settings, problems = load_settings()
    assert settings == Settings(keys={"chat.nope": "f9", "chat.new": "ctrl+y"})
    assert len(problems) == 7
    app = LlmtuiApp(settings, SearchPaths(), None, problems)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await when(pilot, lambda: len(app._notifications) == 2)
        told, keys = (each.message.splitlines() for each in app._notifications)
        assert told[0].startswith("· line 1: context is 1; expected")
        assert told[3].startswith("· line 4: top_k is -1; expected")
        assert told[4:] == ["· 3 more; the log has them"]
        assert keys == ["there is no action chat.nope; did you mean chat.new?"]
        await pilot.press("f1")
        await see(pilot, "Keys: Everywhere")
