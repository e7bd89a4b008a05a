"""Conversations in their file: all that was said, as it was said, and nothing twice."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chat.talks import (
    METRICS,
    RECEIPT,
    SETTINGS,
    got,
    keeping,
    only,
    talk_kept,
    texts,
    turn,
)
from tui.chat.conversation import Attachment, Question, Reply
from tui.chat.storage import schema as store_schema
from tui.chat.storage.recorder import ConversationRecorder
from tui.chat.storage.schema import StoreError
from tui.chat.storage.store import ConversationStore
from tui.chat.storage.text_codec import decode_text, encode_text
from tui.chat.storage.writes import title_from_text
from tui.sentences import reason

HOSTILE = [
    "\x1b[2J\x1b]0;title\x07 cleared",
    "lone \ud800 and \udfff surrogates",
    "half a pair \ud83d",
    "nul \x00 in the middle",
    "x" * 1_000_000,
    "'; DROP TABLE messages; --",
    "[bold]no markup[/] \u202e reversed",
    "\r\n\t \u2028 ends",
]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "conversations.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[ConversationStore]:
    store = ConversationStore(file)
    yield store
    assert store.close()


def count(file: Path, table: str) -> int:
    db = sqlite3.connect(file)
    (found,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    db.close()
    return int(found)


def test_a_conversation_is_there_at_the_next_start_with_all_that_belongs_to_it(file: Path) -> None:
    # GIVEN a conversation with a receipt and an interrupted reply
    store = ConversationStore(file)
    conversation, _keeper = keeping(store, system="Be brief")
    turn(conversation, "\n  What is a fox?\nReally.", "An animal.")
    conversation.attach_receipt(2, RECEIPT)
    conversation.add_user("More")
    conversation.begin_reply("Other Q8")
    conversation.append("It")
    conversation.abort_reply("The engine ended.")
    assert store.close()

    # WHEN the file is opened again
    again = ConversationStore(file)
    (row,) = got(again.list_conversations())
    record = got(again.read_conversation(row.id))

    # THEN nothing is missing
    assert (row.title, row.model, row.messages, row.pinned) == ("What is a fox?", "Other Q8", 4, False)
    assert row.created <= row.updated
    assert (record.system, record.settings, record.model) == ("Be brief", SETTINGS, "Other Q8")
    assert [kept.message for kept in record.shown_branch] == [
        Question(0, "\n  What is a fox?\nReally."),
        Reply(0, "An animal.", "Model Q4", "end", METRICS, None, RECEIPT),
        Question(0, "More"),
        Reply(0, "It", "Other Q8", None, None, "The engine ended."),
    ]
    assert count(file, "pieces") == 0
    again.close()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_comes_back_as_it_was(file: Path, text: str) -> None:
    talk_kept(file, (text, text), ("next", "yes"))
    store = ConversationStore(file)
    record = only(store)
    assert texts(record) == [text, text, "next", "yes"]
    # AND it can be searched without harm, and its title is one clean line
    assert got(store.list_conversations("yes")) != []
    assert "\x1b" not in record.title
    assert "\n" not in record.title
    assert len(record.title) <= 200
    store.close()


@given(st.text(st.characters(exclude_categories=())))
def test_packing_loses_nothing(text: str) -> None:
    assert decode_text(encode_text(text)) == text
    db = sqlite3.connect(":memory:")
    assert decode_text(db.execute("SELECT ?", (encode_text(text),)).fetchone()[0]) == text
    db.close()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a user's folders are closed to others as they are")
def test_what_was_said_is_nobody_elses_to_read(store: ConversationStore, file: Path) -> None:
    store.list_conversations().result()

    kept = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    assert file in kept
    assert [path.stat().st_mode & 0o077 for path in kept] == [0] * len(kept)


def test_a_reply_is_written_in_pieces_while_it_comes(store: ConversationStore, file: Path) -> None:
    conversation, _keeper = keeping(store)
    conversation.add_user("Tell me")
    conversation.begin_reply("Model Q4")
    written: list[str] = []
    for piece in ("one ", "two ", "three"):
        conversation.append(piece)
        written.append(piece)
        assert texts(only(store))[-1] == "".join(written)
    assert count(file, "pieces") == 3
    conversation.finish_reply("end")
    assert texts(only(store))[-1] == "one two three"
    assert count(file, "pieces") == 0


def test_pieces_that_come_together_are_written_together(store: ConversationStore, file: Path) -> None:
    conversation, _keeper = keeping(store)
    conversation.add_user("Tell me")
    conversation.begin_reply("Model Q4")
    for number in range(1000):
        conversation.append(f"{number} ")
    assert texts(only(store))[-1] == "".join(f"{number} " for number in range(1000))
    assert count(file, "pieces") < 50


def test_another_answer_takes_the_place_of_one_that_stays_in_the_file(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    turn(conversation, "Hello", "First")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    conversation.append("Second")
    conversation.finish_reply("end")
    turn(conversation, "And?", "So")

    record = only(store)
    assert texts(record) == ["Hello", "Second", "And?", "So"]
    question, first, second = record.messages[:3]
    assert first.message.text == "First"
    assert first.parent == second.parent == question.id
    (row,) = got(store.list_conversations())
    assert row.messages == 4


def test_a_question_that_was_put_back_is_not_kept(store: ConversationStore, file: Path) -> None:
    conversation, keeper = keeping(store)
    conversation.add_user("Anybody there?")
    conversation.begin_reply("no model")
    conversation.withdraw_question()
    assert got(store.list_conversations()) == []
    assert count(file, "messages") == 0
    assert keeper.conversation_id is None
    # AND the next one begins anew
    turn(conversation, "Now?", "Yes")
    assert texts(only(store)) == ["Now?", "Yes"]


def test_a_question_put_back_leaves_the_answers_it_had_before(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    turn(conversation, "a", "1")
    turn(conversation, "b", "2")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    assert conversation.withdraw_question() is None
    record = only(store)
    assert texts(record) == ["a", "1", "b", "2"]
    assert [message.text for message in conversation.messages] == ["a", "1", "b", "2"]
    assert [kept.message.text for kept in record.messages] == ["a", "1", "b", "2"]


def test_a_new_chat_is_a_new_conversation_and_ends_the_open_reply(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    conversation.add_user("Long story")
    conversation.begin_reply("Model Q4")
    conversation.append("Once")
    conversation.clear()
    turn(conversation, "Another", "one")
    newest, oldest = (got(store.read_conversation(row.id)) for row in got(store.list_conversations()))
    assert texts(newest) == ["Another", "one"]
    assert oldest.shown_branch[-1].message == Reply(0, "Once", "Model Q4", "stopped")


def test_a_reopened_conversation_goes_on_where_it_ended(file: Path) -> None:
    kept_as = talk_kept(file, ("a", "1"), ("b", "2"))
    store = ConversationStore(file)
    conversation, keeper = keeping(store)
    turn(conversation, "something else", "yes")
    keeper.reopen(kept_as, got(store.read_conversation(kept_as)))
    assert [message.text for message in conversation.messages] == ["a", "1", "b", "2"]
    assert len({message.id for message in conversation.messages} | {1, 2}) == 6
    turn(conversation, "c", "3")
    conversation.attach_receipt(conversation.messages[1].id, RECEIPT)
    record = got(store.read_conversation(kept_as))
    assert texts(record) == ["a", "1", "b", "2", "c", "3"]
    assert record.shown_branch[1].message == Reply(0, "1", "Model Q4", "end", METRICS, None, RECEIPT)
    assert len(got(store.list_conversations())) == 2
    store.close()


def test_a_reply_left_open_by_a_program_that_is_gone_is_interrupted(file: Path) -> None:
    # GIVEN a reply in the middle, by a process that no longer runs, and one by a process that does
    gone, alive = ConversationStore(file, writer="1:1:gone"), ConversationStore(file)
    for store, text in ((gone, "gone"), (alive, "alive")):
        conversation, _keeper = keeping(store)
        conversation.add_user(text)
        conversation.begin_reply("Model Q4")
        conversation.append("It was a")
        got(store.list_conversations())
    # WHEN a third one starts
    third = ConversationStore(file)
    found = {
        row.title: got(third.read_conversation(row.id)).shown_branch[-1].message
        for row in got(third.list_conversations())
    }
    # THEN only the first one is closed
    assert found["gone"] == Reply(0, "It was a", "Model Q4", interrupted=reason("chat.closed_while_writing"))
    assert isinstance(found["alive"], Reply)
    assert found["alive"].interrupted == reason("chat.still_being_written")
    conversation.append(" dark night")
    conversation.finish_reply("end")
    got(alive.list_conversations())
    (row,) = got(third.list_conversations("dark"))
    assert texts(got(third.read_conversation(row.id))) == ["alive", "It was a dark night"]
    for store in (gone, alive, third):
        store.close()


def test_closing_in_the_middle_of_a_reply_keeps_what_had_arrived(file: Path) -> None:
    store = ConversationStore(file)
    conversation, _keeper = keeping(store)
    conversation.add_user("Hello")
    conversation.begin_reply("Model Q4")
    conversation.append("It was a")
    assert store.close()
    again = ConversationStore(file)
    reply = only(again).shown_branch[-1].message
    assert isinstance(reply, Reply)
    assert (reply.text, reply.interrupted) == ("It was a", reason("chat.closed_while_writing"))
    again.close()


def test_two_at_once_write_their_own_conversations(file: Path) -> None:
    stores = [ConversationStore(file), ConversationStore(file)]
    talks = [keeping(store)[0] for store in stores]
    for number in range(30):
        for name, conversation in zip("ab", talks, strict=True):
            turn(conversation, f"{name}{number}", f"answer {name}{number}")
    for store in stores:
        assert store.close()
    again = ConversationStore(file)
    for row in got(again.list_conversations()):
        name = row.title[0]
        expected = [text for n in range(30) for text in (f"{name}{n}", f"answer {name}{n}")]
        assert texts(got(again.read_conversation(row.id))) == expected
    assert len(got(again.list_conversations())) == 2
    again.close()


def test_what_is_said_after_another_llmtui_deleted_the_conversation_is_kept(file: Path) -> None:
    one, two = ConversationStore(file), ConversationStore(file)
    conversation, keeper = keeping(one)
    turn(conversation, "a", "1")
    got(one.list_conversations())
    assert keeper.conversation_id is not None
    got(two.delete_conversation(keeper.conversation_id))
    conversation.begin_reply("Model Q4")
    conversation.append("said after it")
    conversation.finish_reply("end")
    assert got(one.list_conversations()) == []
    turn(conversation, "b", "2")
    assert only(one).title == "b"
    assert texts(only(two)) == ["said after it", "b", "2"]
    one.close()
    two.close()


def test_what_is_deleted_is_not_in_the_file_any_more(file: Path) -> None:
    kept_as = talk_kept(file, ("a secret xylophone", "zyzzyva"))
    store = ConversationStore(file)
    assert len(got(store.list_conversations("xylophone"))) == 1
    got(store.delete_conversation(kept_as))
    assert got(store.list_conversations()) == got(store.list_conversations("zyzzyva")) == []
    with pytest.raises(StoreError):
        got(store.read_conversation(kept_as))
    held = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"xylophone" not in held
    assert b"zyzzyva" not in held
    store.close()


def test_the_list_has_pinned_ones_first_then_the_newest(store: ConversationStore) -> None:
    for number, text in enumerate(("old", "middle", "new")):
        conversation, keeper = keeping(store)
        ConversationRecorder(store, conversation, clock=lambda number=number: 1000.0 + number)
        turn(conversation, text, "yes")
    rows = got(store.list_conversations())
    assert [row.title for row in rows] == ["new", "middle", "old"]
    got(store.pin_conversation(rows[2].id, True))
    got(store.rename_conversation(rows[0].id, "  newer\n name "))
    got(store.rename_conversation(rows[1].id, " \x00 "))
    assert [row.title for row in got(store.list_conversations())] == ["old", "newer name", "middle"]
    got(store.pin_conversation(rows[2].id, False))
    assert [row.title for row in got(store.list_conversations())] == ["newer name", "middle", "old"]
    assert keeper.conversation_id is None


@pytest.mark.parametrize("indexed", [True, False])
def test_a_search_finds_titles_and_texts(
    store: ConversationStore, indexed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    got(store.list_conversations())
    monkeypatch.setattr(store, "_has_index", indexed)
    for question, answer in (
        ("About Über-foxes", "They are quick"),
        ("日本語の質問", "C++ -> fast, 100 %"),
        ("Third", "Nothing\x1b[2J here"),
    ):
        conversation, _keeper = keeping(store)
        turn(conversation, question, answer)

    def found(query: str) -> list[str]:
        return sorted(row.title[0] for row in got(store.list_conversations(query)))

    assert found("uber quick") == ["A"]
    assert found("QUI") == ["A"]
    assert found("語の") == found("c++") == found("->") == ["日"]
    assert found("nothing here") == ["T"]
    assert found("quick nothing") == found("xyz") == []
    assert found('" OR * NEAR(') == []
    assert found("  ") == found("") == ["A", "T", "日"]
    conversation, _keeper = keeping(store)
    conversation.add_user("Zebras", (Attachment("Änderungen.md", "the crane\n" * 3000 + "a Kestrel\ud800"),))
    conversation.begin_reply("Model Q4")
    conversation.append("I see a heron->", thinking=True)
    conversation.append("Birds")
    conversation.finish_reply("end")
    for words in ("kestrel", "anderungen", "heron", "heron->", "crane birds"):
        assert found(words) == ["Z"], words
    # AND what is taken out is not found any more
    conversation.delete_turn(conversation.messages[0].id)
    assert found("kestrel") == found("heron") == []
    got(store.rename_conversation(got(store.list_conversations("nothing"))[0].id, "Called otherwise"))
    assert found("otherwise") == ["C"]


def test_what_another_answer_replaced_is_not_found(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    turn(conversation, "Hello", "aardvark")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    conversation.append("bear")
    conversation.finish_reply("end")
    assert got(store.list_conversations("aardvark")) == []
    assert len(got(store.list_conversations("bear"))) == 1


def test_receipts_of_an_older_or_newer_llmtui_can_be_read(file: Path) -> None:
    kept_as = talk_kept(file, ("a", "1"))
    older = msgspec.to_builtins(RECEIPT)
    del older["peak_bytes"]
    newer = {**msgspec.to_builtins(RECEIPT), "invented_later": [1, 2]}
    broken = {**msgspec.to_builtins(RECEIPT), "seconds": "many"}
    expected = [msgspec.structs.replace(RECEIPT, peak_bytes=None), RECEIPT, None, None]
    for value, receipt in zip((older, newer, broken, "no JSON"), expected, strict=True):
        with sqlite3.connect(file) as db:
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            db.execute("UPDATE messages SET receipt = ? WHERE role = 'assistant'", (text,))
        db.close()
        store = ConversationStore(file)
        reply = got(store.read_conversation(kept_as)).shown_branch[-1].message
        assert isinstance(reply, Reply)
        assert (reply.text, reply.receipt) == ("1", receipt)
        store.close()


def test_messages_stay_in_order_when_the_clock_goes_back(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    times = iter(range(1000, 0, -1))
    ConversationRecorder(store, conversation, clock=lambda: float(next(times)))
    turn(conversation, "a", "1")
    turn(conversation, "b", "2")
    assert texts(only(store)) == ["a", "1", "b", "2"]


def test_a_title_is_the_first_line_with_something_on_it() -> None:
    assert title_from_text("\n\t\n \x1b[31mHello\x1b[0m  you\nmore") == "Hello you"
    assert title_from_text("\x00\n") == "Untitled"
    assert len(title_from_text("y" * 10_000_000)) == 200
