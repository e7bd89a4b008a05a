"""Saved reasons: a sentence for older programs, the code and facts beside it."""

import json
import sqlite3
from pathlib import Path

import msgspec
import pytest

from tests.chat.conversations import RECEIPT, only_record, recorded_conversation, result_of
from tui.chat.messages import Reply
from tui.chat.receipt import Energy, Receipt
from tui.chat.storage.rows import read_messages
from tui.chat.storage.saved_reasons import (
    decode_interruption,
    decode_receipt,
    encode_interruption,
    encode_receipt,
    receipt_fields,
)
from tui.chat.storage.schema import SCHEMA_STEPS
from tui.chat.storage.store import ConversationStore
from tui.sentences import reason
from tui.services.sentences import sentence

IN_USE = reason("chat.file_in_use", file="a.sqlite")
PACKAGE, GAP = reason("services.package_power"), reason("services.power_gap")


def with_energy(energy: Energy) -> Receipt:
    return msgspec.structs.replace(RECEIPT, energy=energy)


def test_an_interruption_is_a_sentence_with_its_code_and_facts_beside_it() -> None:
    text, saved = encode_interruption(IN_USE, sentence)
    assert text == sentence(IN_USE)
    assert isinstance(text, str)
    assert decode_interruption(text, saved) == IN_USE
    assert encode_interruption(None, sentence) == (None, None)


def test_sentence_of_an_older_program_replaces_the_code() -> None:
    _text, saved = encode_interruption(IN_USE, sentence)
    assert decode_interruption("The disk is on fire.", saved) == "The disk is on fire."
    assert decode_interruption(None, saved) is None
    assert encode_interruption("The disk is on fire.", sentence) == ("The disk is on fire.", None)


@pytest.mark.parametrize("saved", ["{", "[]", '{"sentence": "Gone."}', '{"code": 3, "sentence": "Gone."}'])
def test_a_damaged_code_leaves_the_sentence(saved: str) -> None:
    assert decode_interruption("Gone.", saved) == "Gone."


def test_code_in_place_of_a_sentence_is_read() -> None:
    assert decode_interruption(json.dumps({"code": "chat.disk_full", "facts": {}}), None) == reason(
        "chat.disk_full"
    )


@pytest.mark.parametrize("energy", [Energy(54.0, PACKAGE), Energy(None, reason=GAP), Energy(1.0, "the GPU")])
def test_a_receipt_keeps_its_reasons_and_older_programs_read_sentences(energy: Energy) -> None:
    text = encode_receipt(with_energy(energy), sentence)
    assert text is not None
    fields = json.loads(text)
    assert decode_receipt(fields) == with_energy(energy)
    # An older program knows texts only, and passes over other keys.
    sentences = {key: why for key, why in fields["energy"].items() if key in ("source", "reason") and why}
    assert list(sentences.values()) in (["processor package"], [sentence(GAP)], ["the GPU"])


def test_a_receipt_with_damaged_codes_keeps_its_sentences() -> None:
    fields = receipt_fields(with_energy(Energy(None, reason=GAP)), sentence)
    assert fields is not None
    for codes in (3, {"reason": 3}, {"reason": {"facts": {}}}):
        fields["energy"]["codes"] = codes
        receipt = decode_receipt(fields)
        assert receipt is not None
        assert receipt.energy == Energy(None, reason=sentence(GAP))
    assert decode_receipt(None) is encode_receipt(None, sentence) is None


def test_a_file_has_the_sentence_where_older_programs_look_for_it(tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite"
    store = ConversationStore(file, sentence=sentence)
    conversation, _recorder = recorded_conversation(store)
    conversation.add_user("What is a fox?")
    conversation.begin_reply("Model Q4")
    reply = conversation.abort_reply(IN_USE)
    conversation.attach_receipt(reply.id, with_energy(Energy(None, reason=GAP)))
    saved = only_record(store).shown_branch[-1].message
    assert isinstance(saved, Reply)
    assert saved.interrupted == IN_USE
    assert saved.receipt == with_energy(Energy(None, reason=GAP))
    conversation.begin_reply("Model Q4")
    assert store.close()
    with sqlite3.connect(file) as db:
        rows = db.execute(
            "SELECT interrupted FROM messages WHERE role = 'assistant' ORDER BY number"
        ).fetchall()
        # AND the reply that was left open has one, too
        assert rows == [(sentence(IN_USE),), (sentence(reason("chat.closed_while_writing")),)]
        # WHEN an older program writes another sentence there
        db.execute("UPDATE messages SET interrupted = 'Its own words.' WHERE interrupted IS NOT NULL")
    db.close()
    store = ConversationStore(file)
    (row,) = result_of(store.list_conversations())
    replies = [stored.message for stored in result_of(store.read_conversation(row.id)).messages]
    # THEN that one counts
    assert {reply.interrupted for reply in replies if isinstance(reply, Reply)} == {"Its own words."}
    assert store.close()


def test_a_file_that_cannot_be_changed_is_read_without_the_column() -> None:
    db = sqlite3.connect(":memory:")
    for step in SCHEMA_STEPS:
        for statement in step:
            db.execute(statement)
    db.execute("INSERT INTO conversations (id, title, created, updated) VALUES (1, 'a', 0, 0)")
    db.execute(
        "INSERT INTO messages (id, conversation, number, role, at, interrupted)"
        " VALUES (2, 1, 1, 'assistant', 0, 'The engine died.')"
    )
    (stored,) = read_messages(db, 1)
    assert isinstance(stored.message, Reply)
    assert stored.message.interrupted == "The engine died."
    db.close()
