from hypothesis import given, settings
from hypothesis import strategies as st

from tui.chat.conversation import Conversation
from tui.text import incomplete_end, without_controls
from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.layout.streaming_rows import DRAWN_ROWS, StreamingRows


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="a\x1b[]0;3m\x07\\P\r\n\u200b", max_size=60), st.integers(1, 9))
def test_sequences_that_arrive_in_pieces_are_removed_as_if_they_came_whole(text: str, size: int) -> None:
    held, pieces = "", ""
    for at in range(0, len(text), size):
        held += text[at : at + size]
        end = incomplete_end(held)
        pieces += without_controls(held[:end])
        held = held[end:]
    assert pieces + without_controls(held) == without_controls(text)


def test_of_a_very_long_reply_only_the_end_is_drawn() -> None:
    rows = StreamingRows()
    for number in range(50):
        rows.feed("".join(f"{number}.{line}\n" for line in range(1000)))
    drawn = rows.close()
    assert len(drawn) <= 2 * DRAWN_ROWS + 2
    assert "lines before this are kept and copied, but not shown" in drawn[0].content.plain
    left_out = int(drawn[0].content.plain.split()[1].replace(",", ""))
    assert left_out + len([row for row in drawn[1:] if row.content.plain]) == 50_000


def test_text_that_streams_after_a_cut_is_drawn_right() -> None:
    conversation = Conversation()
    conversation.add_user("x")
    view = MessageView(conversation.begin_reply("m"))
    view.begin()
    for number in range(30):
        view.stream("".join(f"{number}.{line}\n" for line in range(1000)))
        view.lay_out(40)
    texts = [view.lines.text_of(y) for y in range(view.lines.count)]
    assert texts[-2] == "29.999"
    assert texts[-3] == "29.998"
    assert len(texts) < 2 * DRAWN_ROWS + 10
