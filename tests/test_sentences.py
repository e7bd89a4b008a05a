import pytest

from tui.sentences import Keyed, Plural, ReasonedError, Table, reason, sentence_from

TABLE: Table = {
    "room.size": "It needs {size:bytes} of {name}.",
    "room.numbers": "{share:.1f} of {tokens:,}, {plain}",
    "room.inner": "Not loaded: {why}",
    "room.many": Plural("{count} model", "{count} models", "count"),
    "room.keys": Keyed("Press {chat.stop} to end {name}.", "End {name}."),
}


def test_facts_are_formatted_by_their_field():
    assert (
        sentence_from(TABLE, reason("room.size", size=3 << 30, name="a\x1b[31mb"))
        == "It needs 3.00 GiB of ab."
    )


@pytest.mark.usefixtures("in_spanish")
def test_numbers_are_written_as_the_language_does_where_the_field_has_a_form():
    why = reason("room.numbers", share=0.54, tokens=32768, plain=0.5)
    assert sentence_from(TABLE, why) == "0,5 of 32\u202f768, 0.5"


def test_a_reason_inside_a_reason_becomes_its_sentence():
    inner = reason("room.size", size=1024, name="x")
    assert sentence_from(TABLE, reason("room.inner", why=inner)) == "Not loaded: It needs 1.00 KiB of x."


@pytest.mark.parametrize(("count", "text"), [(1, "1 model"), (2, "2 models")])
def test_the_count_chooses_the_form(count: int, text: str):
    assert sentence_from(TABLE, reason("room.many", count=count)) == text


def test_a_key_is_named_where_there_is_one_and_braces_in_facts_stay():
    why = reason("room.keys", name="{chat.stop}")
    assert sentence_from(TABLE, why, lambda _: "}") == "Press } to end {chat.stop}."
    assert sentence_from(TABLE, why) == "End {chat.stop}."


def test_an_error_says_its_code_and_facts_in_the_log():
    assert str(ReasonedError(reason("room.size", size=1, name="x"))) == "room.size(size=1, name='x')"


def test_reasons_are_equal_and_hash_alike_by_code_and_facts():
    assert {reason("room.size", size=1, name="x"), reason("room.size", size=1, name="x")} == {
        reason("room.size", size=1, name="x")
    }


def test_reason_without_a_sentence_shows_its_code():
    assert sentence_from(TABLE, reason("room.forgotten", size=1)) == "room.forgotten"
