"""What of a message is drawn: what is attached, and JSON as JSON."""

import pytest

from tui.chat.messages import Attachment, Question, Reply
from tui.ui.chat.transcript.layout.json_answer import as_markdown, is_json, json_problem
from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.layout.reply_note import describe_reply


def test_a_question_shows_what_is_attached_to_it_above_its_text():
    files = (Attachment("a.md", "x" * 2048), Attachment("b.txt", "año"))
    assert lines(Question(1, "Why?", files)) == ["▪ a.md · 2.00 KiB", "▪ b.txt · 4 B", "Why?"]
    assert lines(Question(1, "", files[:1])) == ["▪ a.md · 2.00 KiB"]
    assert lines(Question(1, "Why?")) == ["Why?"]
    assert lines(Reply(1, "Since.", "Model")) == ["Since."]


def lines(message):
    """What is drawn of it at the usual width."""
    view = MessageView(message)
    view.lay_out(60)
    return [view.lines.text_of(at) for at in range(view.lines.count)]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('{"a": [1, 2]}', True),
        (" [1]\n", True),
        ("{}", True),
        ("3", False),
        ('"x"', False),
        ("[Name], dear friend", False),
        ("[see] and [more]", False),
        ('{"a": 1', False),
        ('```json\n{"a": 1}\n```', False),
        ("[" * 100_000 + "]" * 100_000, False),
    ],
)
def test_only_a_whole_object_or_array_is_json(text: str, good: bool):
    assert is_json(text) is good


def test_where_json_ends_too_soon_or_goes_wrong_is_told():
    assert json_problem('{"a": 1}') is None
    assert json_problem('{"a": ') == "it ends before its end"
    assert json_problem('{"a": 1,\n b}') == "line 2, column 2"


def test_an_answer_in_json_is_a_block_of_it_and_says_so():
    reply = Reply(1, '{"a": 1}', "Model", "end")
    assert as_markdown(reply.text) == '```json\n{"a": 1}\n```'
    assert describe_reply(reply) == "valid JSON"
    view = MessageView(reply)
    view.finish(reply)
    assert [block.strip() for block in view.code_blocks] == ['{"a": 1}']
    assert as_markdown("[Name], dear friend") == "[Name], dear friend"
