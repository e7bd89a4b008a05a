"""Names of keys, and key names in sentences on the screen."""

import ast
import re
from pathlib import Path

import pytest

import tui.ui
import tui.ui.dashboard.dashboard
import tui.ui.models.changes_screen
from tests.reasons import because
from tests.ui.host import Host
from tui.ui.chat import branch_words
from tui.ui.chat.pane import ChatPane, still_answering
from tui.ui.chat.settings.ask_settings import TABS
from tui.ui.kit.keyboard.names import complete_keymap, key_name, keys_of, sentence_with_keys, with_keys
from tui.ui.kit.keyboard.tables import keys_on_screen
from tui.ui.models.notices import no_match, no_model_loaded

ROOM = Path(tui.ui.__file__).parent


class Remapped(Host):
    """A chat whose keys the user has chosen."""

    def __init__(self, keys):
        super().__init__(ChatPane)
        self.set_keymap(complete_keymap(keys))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("escape", "Esc"),
        ("ctrl+l", "Ctrl+L"),
        ("ctrl+shift+left", "Ctrl+Shift+←"),
        ("f12", "F12"),
        ("question_mark", "?"),
        ("N", "N"),
        ("d", "d"),
        ("shift+tab", "Shift+Tab"),
        ("left_curly_bracket", "{"),
        ("alt+enter", "Alt+Enter"),
        ("ctrl+plus", "Ctrl++"),
        ("space", "Space"),
    ],
)
def test_a_key_has_its_usual_name(key, name):
    assert key_name(key) == name


def test_without_settings_sentences_name_the_default_keys():
    assert branch_words.ask_to_delete(1).endswith("Press d again; what followed stays.")
    assert still_answering() == "Still answering; press Esc to stop first."
    assert no_model_loaded() == "No model is loaded: F2, choose one and press Enter."
    assert with_keys("{changes.take} applies") == "Enter applies"


async def test_sentences_name_the_keys_of_the_user():
    app = Remapped({"chat.delete": "x,delete", "chat.stop": "ctrl+x", "chat.edit": "left_curly_bracket"})
    async with app.run_test():
        assert branch_words.ask_to_delete(2) == (
            "Delete this question and its 2 answers? Press x again; what followed stays."
        )
        assert still_answering() == "Still answering; press Ctrl+X to stop first."
        assert branch_words.no_other_version().startswith("There is no other version: { edits a question")
        assert keys_of("chat.delete") == ("x", "Delete")


async def test_an_action_without_a_key_is_left_out():
    app = Remapped({"chat.regenerate": "ctrl+l"})
    async with app.run_test():
        assert keys_of("chat.continue") == ()
        assert with_keys("{chat.continue} goes on.", "It can go on.") == "It can go on."
        assert with_keys("{chat.continue} goes on") == ""
        lines = {line.id: line.keys for section in keys_on_screen(app) for line in section.lines}
        assert lines["chat.continue"] == "no key"
        assert lines["chat.regenerate"] == "Ctrl+L"


async def test_new_key_for_stopping_keeps_the_key_that_leaves_an_edit():
    app = Remapped({"chat.stop": "ctrl+x"})
    async with app.run_test(size=(80, 30)) as pilot:
        pane = app.query_one(ChatPane)
        question = pane.conversation.add_user("Why?")
        pane.conversation.begin_reply("m")
        pane.conversation.append("So.")
        pane.conversation.finish_reply("end")
        pane.transcript.show(pane.conversation.messages)
        pane.transcript.marked = question.id
        pane.transcript.focus()
        await pilot.pause()
        await pilot.press("e")
        await pilot.pause()
        assert pane.editing is not None
        await pilot.press("escape")
        await pilot.pause()
        assert pane.editing is None


def test_values_that_look_like_fields_stay_as_they_are():
    assert with_keys("{chat.edit} {name}", name="{chat.stop}") == "e {chat.stop}"
    assert with_keys("{no.such} {name}", "only {name}", name="x") == "only x"


def test_singular_and_plural_work_with_key_names():
    assert "Esc shows the 1 model again." in no_match("x", 1).text


def test_sentences_name_only_existing_actions():
    known_ids = {*_all_ids(), *(f"ask.{name}" for name, _title, _key in TABS)}
    named = {
        (path.name, action_id)
        for path in ROOM.rglob("*.py")
        for text in _strings(path)
        for action_id in re.findall(r"\{([a-z_]+\.[a-z_]+)\}", text)
    }
    assert len(named) > 30
    unknown = {(path, action_id) for path, action_id in named if action_id not in known_ids}
    assert unknown - {("names.py", "chat.stop")} == set()


def test_no_sentence_has_a_fixed_key_name():
    bound_key = re.compile(r"\^[a-z]\b|\bCtrl\+[A-Z]|\bF\d\b|\bEsc\b|\bpress [a-zA-Z]\b")
    sentences_with_keys = {
        (path.name, text)
        for path in ROOM.rglob("*.py")
        if path.name != "names.py"
        for text in _translated_texts(path)
        if bound_key.search(text)
    }
    assert sentences_with_keys == set()


def _all_ids():
    """Yield the ids of all bindings, read from the source, so that modules not imported count too."""
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Binding":
                ids = [keyword.value for keyword in node.keywords if keyword.arg == "id"]
                yield from (id_node.value for id_node in ids if isinstance(id_node, ast.Constant))


def _strings(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _translated_texts(path):
    """Yield the texts that are passed to gettext."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def test_reasons_become_sentences_one_after_another_and_none_adds_nothing() -> None:
    first, second = because("no sensor"), because("no driver")
    both = sentence_with_keys(first, None, second)
    assert both.startswith(sentence_with_keys(first))
    assert both.endswith(sentence_with_keys(second))
    assert sentence_with_keys(None) == ""
