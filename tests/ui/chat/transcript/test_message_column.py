from tui.chat.messages import Question
from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.message_column import GAP, MessageColumn

WIDTH = 20


def view(message_id: int, lines: int) -> MessageView:
    return MessageView(Question(message_id, "\n".join(["word"] * lines)))


def column(*line_counts: int) -> MessageColumn:
    messages = MessageColumn()
    messages.set_views([view(number, count) for number, count in enumerate(line_counts, 1)], WIDTH)
    for index, shown_view in enumerate(messages.views):
        shown_view.lay_out(WIDTH)
        messages.measure(index)
    return messages


def test_views_stand_below_one_another_with_a_gap() -> None:
    messages = column(1, 3, 2)
    assert messages.tops == [0, 1 + GAP, 4 + 2 * GAP, 6 + 3 * GAP]
    assert messages.height == messages.tops[-1]
    messages.add(view(9, 1))
    assert messages.tops[-2] == 6 + 3 * GAP
    assert [shown_view.order for shown_view in messages.views] == [0, 1, 2, 3]


def test_a_line_belongs_to_the_view_that_it_stands_in_or_next_to() -> None:
    messages = column(1, 3, 2)
    assert [messages.index_at(y) for y in (-5, 0, 1, 2, 4, 5, 6, 100)] == [0, 0, 0, 1, 1, 1, 2, 2]


def test_a_message_is_found_by_its_id() -> None:
    messages = column(1, 1)
    assert messages.index_of(2) == 1
    assert messages.index_of(7) is None
    assert messages.index_of(None) is None
    assert MessageColumn().index_of(1) is None


def test_only_measured_heights_are_taken_over() -> None:
    messages = MessageColumn()
    long_line = MessageView(Question(1, "word " * 40))
    messages.set_views([long_line], WIDTH)
    estimate = messages.height
    long_line.lay_out(WIDTH)
    assert messages.has_new_height(0)
    assert messages.height == estimate
    messages.measure(0)
    assert not messages.has_new_height(0)
    assert messages.height == long_line.height(WIDTH) + GAP != estimate
