"""Lines of a message: attachments above the text, JSON as a block of code."""

from tui.chat.messages import Attachment, Question, Reply
from tui.ui.chat.transcript.layout.json_answer import as_markdown
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
    return [view.lines.text_of(row) for row in range(view.lines.count)]


def test_json_answer_is_a_code_block_with_a_note():
    reply = Reply(1, '{"a": 1}', "Model", "end")
    assert as_markdown(reply.text) == '```json\n{"a": 1}\n```'
    assert describe_reply(reply) == "valid JSON"
    view = MessageView(reply)
    view.finish(reply)
    assert [block.strip() for block in view.code_blocks] == ['{"a": 1}']
    assert as_markdown("[Name], dear friend") == "[Name], dear friend"
