"""A document holds all of a conversation, and a wrong one is refused by the place of the fault."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chat.conversations import (
    FILES,
    METRICS,
    PART_SETTINGS,
    RECEIPT,
    TEXT,
    add_thinking_reply,
    add_turn,
    edit_first_reply,
    only_record,
    recorded_conversation,
    result_of,
    shown_texts,
)
from tests.reasons import raises_sentence
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import Question, Reply
from tui.chat.presets import Preset
from tui.chat.storage import document
from tui.chat.storage.document import (
    DocumentError,
    conversation_from_json,
    conversation_to_json,
    file_stem,
    read_document,
    shown_conversation,
    write_new,
)
from tui.chat.storage.markdown import conversation_to_markdown
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore
from tui.services.sentences import sentence
from tui.ui.chat.transcript.layout.reply_note import describe_in_full


def check(record: ConversationRecord) -> None:
    question, reply = (stored.message for stored in record.shown_branch)
    assert question == Question(0, "Read these", FILES, pinned=True)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.thinking) == ("They say nothing.", "Let me see.\n> no")
    assert (reply.parts, reply.model, reply.finish) == (2, "Model Q4, then Other Q8", "end")
    assert reply.metrics is not None
    assert reply.metrics.generated_tokens == 22


PIRATE = Preset("pirate", {"": "Arr."}, {"temperature": 1.5}, own=True)


MANNER = Asking(PIRATE, {"top_k": 7, "seed": 42}, False, '{"type": "array"}', "keep_pinned", True)


def asked(conversation: Conversation, question: str, answer: str) -> Reply:
    """A turn as the engine tells of it; its prompt is all that was said."""
    conversation.add_user(question)
    conversation.begin_reply("Model Q4")
    conversation.set_prompt(prompt(conversation), PART_SETTINGS)
    conversation.append("Hm.", thinking=True)
    conversation.append(answer)
    return conversation.finish_reply("end", METRICS, f"<think>Hm.</think>{answer}<|im_end|>")


def prompt(conversation: Conversation) -> str:
    return "".join(f"{message.role}: {message.content}\n" for message in conversation.prompt_messages())


def record_after_change(store: ConversationStore, change: Any) -> ConversationRecord:
    document = json.loads(conversation_to_json(only_record(store), sentence))
    change(document)
    return conversation_from_json(json.dumps(document))


@pytest.fixture
def record(file: Path) -> ConversationRecord:
    """Two turns, the first with a receipt, the second answered twice."""
    store = ConversationStore(file)
    conversation, keeper = recorded_conversation(store, system="Be brief")
    add_turn(conversation, "Hello \ud800", "Hi \x1b[2J\x00")
    conversation.attach_receipt(2, RECEIPT)
    add_turn(conversation, "More", "First")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    conversation.append("Second")
    conversation.abort_reply("It broke.")
    assert keeper.conversation_id is not None
    record = result_of(store.read_conversation(keeper.conversation_id))
    store.close()
    return record


def spoiled_record(record: ConversationRecord, change: Any) -> str:
    document = json.loads(conversation_to_json(record, sentence))
    change(document)
    return json.dumps(document)


def check_edited(record: ConversationRecord) -> None:
    reply = record.shown_branch[-1].message
    assert isinstance(reply, Reply)
    assert (reply.text, reply.edited, reply.parts, reply.metrics) == (TEXT, True, 0, None)
    assert [stored.message.text for stored in record.messages] == [
        "A colour?",
        "Blue it is.",
        "Another?",
        "Red.",
        TEXT,
    ]


def test_a_document_has_every_field_of_a_message(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_thinking_reply(conversation)
    record = conversation_from_json(conversation_to_json(only_record(store), sentence))
    check(record)
    check(result_of(store.read_conversation(result_of(store.import_conversation(record)))))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"attachments": [', '"attachments": [7, ', r"attachments\[0\]"),
        ('"name": "notes.md"', '"name": 7', r"attachments\[0\]\.name"),
        ('"thinking": "', '"thinking": 7, "more": "', "thinking"),
        ('"parts": 2', '"parts": "many"', "parts"),
        ('"parts": 2', '"parts": 0', "parts"),
        ('"seen": 0', f'"seen": {2**64}', "seen"),
    ],
)
def test_invalid_field_is_refused_with_a_reason(
    store: ConversationStore, old: str, new: str, place: str
) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_thinking_reply(conversation)
    text = conversation_to_json(only_record(store), sentence)
    assert old in text
    with raises_sentence(DocumentError, rf"not whole: messages\[\d\]\.{place}: expected"):
        conversation_from_json(text.replace(old, new, 1))


def test_document_has_the_answer_settings_and_no_prompts(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    conversation.asking = MANNER
    asked(conversation, "a", "1")
    text = conversation_to_json(only_record(store), sentence)
    assert '"prompt' not in text.replace('"prompt_', "")
    record = conversation_from_json(text)
    assert (record.asking, record.left_out) == (MANNER, ())
    reply = record.messages[-1].message
    assert isinstance(reply, Reply)
    assert (reply.part_settings, reply.raw) == ((PART_SETTINGS,), None)
    copy = result_of(store.read_conversation(result_of(store.import_conversation(record))))
    assert (copy.asking, copy.messages[-1].message) == (MANNER, reply)


def test_invalid_answer_settings_are_reported_and_the_valid_ones_imported(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    conversation.asking = MANNER
    asked(conversation, "a", "1")

    def change(document: Any) -> None:
        document["manner"]["sampling"]["top_k"] = -3
        document["manner"]["preset"]["sampling"]["temperature"] = 7.5
        document["manner"]["think"] = "often"
        document["messages"][1]["asked"][0]["sampling"]["seed"] = "random"

    record = record_after_change(store, change)
    assert tuple(map(sentence, record.left_out)) == (
        "messages[1].asked[0].sampling.seed: expected int | null, got str",
        "manner.think: expected bool | null, got str",
        "manner.preset.sampling.temperature: expected a number from 0 to 5, got 7.5",
        "manner.sampling.top_k: expected a whole number from 0 to 1000000, got -3",
    )
    assert record.asking == msgspec.structs.replace(
        MANNER, preset=msgspec.structs.replace(PIRATE, sampling={}), sampling={"seed": 42}, think=None
    )


def test_document_restores_the_whole_conversation(record: ConversationRecord, tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    path.write_text(conversation_to_json(record, sentence))
    # WHEN it is imported twice elsewhere
    store = ConversationStore(tmp_path / "elsewhere" / "conversations.sqlite")
    ids = [result_of(store.import_conversation(read_document(path))) for _time in range(2)]
    # THEN both are the same as the one it was made of, branches and all
    assert ids[0] != ids[1]
    for id in ids:
        copy = result_of(store.read_conversation(id))
        assert (
            shown_texts(copy) == shown_texts(record) == ["Hello \ud800", "Hi \x1b[2J\x00", "More", "Second"]
        )
        assert [stored.message for stored in copy.messages] == [stored.message for stored in record.messages]
        assert conversation_to_json(copy, sentence) == conversation_to_json(record, sentence)
        assert (copy.settings, copy.system, copy.created) == (record.settings, "Be brief", record.created)
    assert len(result_of(store.list_conversations("second"))) == 2
    store.close()


def test_the_shown_branch_is_a_separate_conversation(record: ConversationRecord) -> None:
    conversation = shown_conversation(record)
    assert [message.text for message in conversation.messages] == shown_texts(record)
    assert conversation.system == "Be brief"


@pytest.mark.parametrize(
    ("change", "sentence_part"),
    [
        (lambda d: d.update(format="other"), "no conversation"),
        (lambda d: d.update(version=4), "newer"),
        (lambda d: d.update(version="1"), "newer"),
        (lambda d: d.pop("messages"), "not whole: messages: expected a list"),
        (lambda d: d.update(messages={"a": 1}), "not whole"),
        (lambda d: d.update(messages=[7]), "not whole"),
        (lambda d: d.update(title=3), "not whole"),
        (lambda d: d.update(created="now"), "not whole"),
        (lambda d: d.update(updated=1e300), "not whole"),
        (lambda d: d.update(last=99), "not whole"),
        (lambda d: d.update(last=[1]), "not whole"),
        (lambda d: d["messages"][0].update(parent=2), "not whole"),
        (lambda d: d["messages"][1].update(id=1), "not whole"),
        (lambda d: d["messages"][1].update(parent=9), "not whole"),
        (lambda d: d["messages"][1].update(role="system"), "not whole"),
        (lambda d: d["messages"][1].update(text=None), r"not whole: messages\[1\].text: expected a text"),
    ],
)
def test_invalid_document_is_refused_with_a_reason(
    record: ConversationRecord, change: Any, sentence_part: str
) -> None:
    with raises_sentence(DocumentError, sentence_part):
        conversation_from_json(spoiled_record(record, change))


@pytest.mark.parametrize("text", ["", "no", "[" * 100_000, "[]", "3", "{}", '{"format": []}'])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        conversation_from_json(text)


def test_impossible_figures_are_left_out(record: ConversationRecord) -> None:
    def change(document: Any) -> None:
        document["settings"] = {"context": "long"}
        document["messages"][1].update(metrics=[1], receipt={"seconds": 1}, finish="exploded")

    read = conversation_from_json(spoiled_record(record, change))
    assert read.settings is None
    assert shown_texts(read) == shown_texts(record)
    reply = read.messages[1].message
    assert (reply.metrics, reply.receipt, reply.finish) == (None, None, None)
    # AND each is named
    places = [sentence(why).partition(": ")[0] for why in read.left_out]
    assert places[:2] == ["messages[1].finish", "messages[1].metrics"]
    assert places[2].startswith("messages[1].receipt")
    assert sentence(read.left_out[-1]) == "settings.context: expected int, got str"


def test_unreadable_file_is_refused_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large.json").write_text("[" + "1," * 100)
    monkeypatch.setattr(document, "LARGEST_BYTES", 100)
    for name in ("missing.json", "bytes.json", "large.json", "nul\x00.json", "."):
        with pytest.raises(DocumentError):
            read_document(tmp_path / name)


def test_devices_and_pipes_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", Path(os.devnull)):
        with raises_sentence(DocumentError, "a device or a pipe"):
            read_document(path)


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    written = [write_new(tmp_path, "talk", "md", text) for text in ("one", "two", "three")]
    assert [path.name for path in written] == ["talk.md", "talk-2.md", "talk-3.md"]
    assert [path.read_text() for path in written] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("What is a fox?", "What-is-a-fox"),
        ("../../etc/passwd", "etc-passwd"),
        ("¿Qué tal?", "Qué-tal"),
        ("日本語", "日本語"),
        ("...", "conversation"),
        ("con", "conversation-con"),
        ("", "conversation"),
    ],
)
def test_a_title_makes_a_file_name(title: str, stem: str) -> None:
    assert file_stem(title) == stem


@given(st.text())
def test_any_title_makes_a_valid_file_name(title: str) -> None:
    stem = file_stem(title)
    assert stem
    assert len(stem.encode()) <= 250
    assert not set(stem) & set('/\\:*?"<>|.\x00\n ')


def test_a_document_marks_edited_replies(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    edit_first_reply(conversation)
    record = conversation_from_json(conversation_to_json(only_record(store), sentence))
    check_edited(record)
    check_edited(result_of(store.read_conversation(result_of(store.import_conversation(record)))))
    assert "*edited by you*" in conversation_to_markdown(shown_conversation(record), describe_in_full)
