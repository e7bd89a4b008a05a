"""Sentences of all rooms in one table: complete, without a clash, in text and in JSON."""

import string
from collections.abc import Iterator

import pytest

from tui.chat.sentences import SENTENCES as CHAT
from tui.engine.sentences import SENTENCES as ENGINE
from tui.fit.sentences import SENTENCES as FIT
from tui.hardware.sentences import SENTENCES as HARDWARE
from tui.models.sentences import SENTENCES as MODELS
from tui.sentences import Entry, Keyed, Plural, Reason, reason
from tui.services.sentences import SENTENCES, json_fields, saved_sentence, sentence, sentences
from tui.settings.sentences import SENTENCES as SETTINGS

ROOMS = {
    "chat": CHAT,
    "engine": ENGINE,
    "fit": FIT,
    "hardware": HARDWARE,
    "models": MODELS,
    "services": SENTENCES,
    "settings": SETTINGS,
}


def forms(entry: Entry) -> Iterator[str]:
    """Every sentence that an entry may become."""
    if isinstance(entry, Plural):
        yield from (entry.singular, entry.plural)
    elif isinstance(entry, Keyed):
        yield from (entry.text, entry.without_keys)
    else:
        yield entry


def fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("room", ROOMS)
def test_codes_have_their_rooms_name_and_every_form_can_be_filled(room: str):
    for code, entry in ROOMS[room].items():
        assert code.startswith(f"{room}."), code
        for text in forms(entry):
            # Names of facts are words; a name with a point is the id of an action.
            assert all(name.isidentifier() or "." in name for name in fields(text)), code


@pytest.mark.parametrize("room", ROOMS)
def test_a_sentence_without_keys_names_none_and_needs_no_other_facts(room: str):
    for code, entry in ROOMS[room].items():
        if isinstance(entry, Keyed):
            assert not any("." in name for name in fields(entry.without_keys)), code
            assert fields(entry.without_keys) <= fields(entry.text), code


def test_reason_may_contain_a_reason_of_another_room():
    why = reason("services.too_big", model="Big", why=reason("fit.elsewhere", place="a server"))
    inner = sentence(reason("fit.elsewhere", place="a server"))
    assert sentence(why) == f"Big is too big: {inner}."


def test_keys_are_named_where_all_of_them_are_bound():
    why = reason("services.choose_model")
    assert sentence(why) == "Choose one in the list."
    assert sentence(why, lambda _action: "Enter") == "Choose one in the list and press Enter."
    assert sentence(why, lambda _action: "") == "Choose one in the list."


def test_sentences_follow_one_another_and_none_is_empty():
    assert sentences(()) == ""
    assert sentences([reason("services.no_token"), reason("services.load_again")]) == (
        "no token was generated Load the model again."
    )


def test_json_has_the_sentence_and_the_code_or_neither():
    assert json_fields("text_reason", reason("services.no_token")) == {
        "text_reason": "no token was generated",
        "text_reason_code": "services.no_token",
    }
    assert json_fields("text_reason", None) == {"text_reason": None, "text_reason_code": None}


@pytest.mark.parametrize(
    ("saved", "text"),
    [
        ("Words of an older version.", "Words of an older version."),
        ("", ""),
        (reason("services.no_token"), "no token was generated"),
        (reason("services.of_a_newer_version", size=1), "services.of_a_newer_version"),
        (reason("services.memory_short"), "services.memory_short"),
        (reason("services.memory_short", free="little"), "services.memory_short"),
        (reason("services.several_models", name="x", count="some"), "services.several_models"),
    ],
    ids=[
        "words",
        "no words",
        "code",
        "unknown code",
        "fact missing",
        "fact of another type",
        "count of another type",
    ],
)
def test_a_saved_reason_is_shown_whatever_version_saved_it(saved: Reason | str, text: str):
    assert saved_sentence(saved) == text
