from hypothesis import given, settings
from hypothesis import strategies as st

from tui.chat.conversation import Conversation
from tui.text import incomplete_end, without_controls
from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.layout.streaming_rows import DRAWN_ROWS, StreamingRows
from tui.ui.chat.transcript.layout.text_rows import MARKDOWN_LIMIT, text_rows
from tui.ui.chat.transcript.layout.wrapping import WrappedRows


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="a\x1b[]0;3m\x07\\P\r\n\u200b", max_size=60), st.integers(1, 9))
def test_sequences_that_arrive_in_pieces_are_removed_as_if_they_came_whole(text: str, size: int) -> None:
    pending, pieces = "", ""
    for start in range(0, len(text), size):
        pending += text[start : start + size]
        end = incomplete_end(pending)
        pieces += without_controls(pending[:end])
        pending = pending[end:]
    assert pieces + without_controls(pending) == without_controls(text)


def test_very_long_reply_shows_only_its_end() -> None:
    rows = StreamingRows()
    for number in range(50):
        rows.feed("".join(f"{number}.{line}\n" for line in range(1000)))
    drawn = rows.close()
    assert len(drawn) <= 2 * DRAWN_ROWS + 2
    assert "lines before this are kept and copied, but not shown" in drawn[0].content.plain
    left_out = int(drawn[0].content.plain.split()[1].replace(",", ""))
    assert left_out + len([row for row in drawn[1:] if row.content.plain]) == 50_000


def test_text_streamed_after_a_cut_is_drawn_correctly() -> None:
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


PIECES = (
    "a word ", "**b** ", "\n", "\n\n", "| a | b |\n|---|---|\n", "| 1 | 22222 |\n", "| x ", "- item\n",
    "1. n\n", "  - nested\n", "```py\n", "```markdown\n", "```\n", "x = 1\n", "> q\n", "> | a |\n> |--|\n",
    "   | a | b |\n   |--|--|\n   | 1 | 2 |\n", "y" * 50, "z" * 3000, "# H\n", "$$\n", "\\[", "漢字", "\t",
    "---\n", " ",
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.integers(1, 60))
def test_streamed_reply_equals_one_layout_of_the_whole(pieces: list[str], size: int) -> None:
    text = "".join(pieces)
    streamed = StreamingRows(block_limit=MARKDOWN_LIMIT)
    for start in range(0, len(text), size):
        streamed.feed(text[start : start + size])
    for row, whole_row in zip(streamed.close(), text_rows(text, is_reply=True), strict=True):
        assert (row.content, row.kind, row.cells) == (whole_row.content, whole_row.kind, whole_row.cells)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=25),
    st.lists(st.tuples(st.integers(1, 2500), st.sampled_from((0, 20, 20, 37))), min_size=1, max_size=20),
)
def test_streaming_layout_equals_a_new_layout(pieces: list[str], steps: list[tuple[int, int]]) -> None:
    text, start = "".join(pieces), 0
    conversation = Conversation()
    conversation.add_user("x")
    view = MessageView(conversation.begin_reply("m"))
    view.begin()
    drawn: list[object] = []
    last_width = 0
    for size, width in steps * 5:
        view.stream(text[start : start + size])
        start += size
        if not width:
            continue
        unchanged = view.lay_out(width)
        lines = [view.lines.line(y) for y in range(view.lines.count)]
        wrapped = WrappedRows(width)
        wrapped.extend(view.rows)
        assert [line.plain for line in lines if line is not None] == [line.plain for line in wrapped.lines]
        if width == last_width:
            assert all(line is old for line, old in zip(drawn[:unchanged], lines, strict=False))
        drawn, last_width = list(lines), width


def test_items_that_arrive_together_look_like_items_one_by_one() -> None:
    text = "1. n\n  - nested\n1. n\n- a\n    - b\n- c\n\n- d\n- e\nlazy\n- ```\n  x\n  ```\n- f\n"
    streamed = StreamingRows()
    for character in text:
        streamed.feed(character)
    rows = [(row.first_prefix.plain, row.content.plain) for row in streamed.close()]
    assert rows == [(row.first_prefix.plain, row.content.plain) for row in text_rows(text, is_reply=True)]
