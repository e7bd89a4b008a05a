from tests.house.class_names import check_class_names, check_message_names
from tests.house.samples import program, texts

TWO_PANES = {
    "tui/ui/list.py": "class List:\n    class Chosen(Message): pass\nclass Row: pass",
    "tui/ui/tree.py": "class Tree:\n    class Chosen(Message): pass\nclass Row: pass",
}


def test_classes_of_one_name_are_found():
    result = check_class_names(program(TWO_PANES))
    assert texts(result) == ["Row", "Row"]
    assert result.measure == 1


def test_nested_messages_are_a_figure_of_their_own():
    result = check_message_names(program(TWO_PANES))
    assert texts(result) == ["List.Chosen", "Tree.Chosen"]
    assert result.measure == 1


def test_a_message_may_descend_from_another():
    sources = {
        "tui/ui/chips.py": "class Chip:\n    class Event(Message): pass\n    class Leave(Event): pass",
        "tui/ui/bar.py": "class Bar:\n    class Leave(Message): pass",
    }
    assert check_class_names(program(sources)).measure == 0
    assert check_message_names(program(sources)).measure == 1
