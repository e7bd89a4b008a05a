"""Tables of keys read from the bindings."""

from typing import ClassVar

from textual.binding import Binding
from textual.containers import Vertical

from tui.ui.kit.keyboard.tables import KeyLine, KeySection, collect_keys


class ToyPane(Vertical):
    BINDINGS: ClassVar = [
        Binding("x,ctrl+y", "one", "One", id="toy.one", tooltip="Does one thing"),
        Binding("z", "two", "Two", id="toy.two", key_display="zed"),
        Binding("q", "none", "Textual's own, without id"),
    ]


class Loud(ToyPane):
    BINDING_GROUP_TITLE = "Loud"
    BINDINGS: ClassVar = [Binding("w", "three", "Three", id="toy.three")]


def test_keys_come_from_the_bindings_each_class_once():
    assert collect_keys([ToyPane(), ToyPane()]) == [
        KeySection(
            "Toy pane",
            (KeyLine("toy.one", "x  Ctrl+Y", "Does one thing"), KeyLine("toy.two", "z", "Two")),
        )
    ]


def test_inherited_keys_are_listed_too():
    (section,) = collect_keys([Loud()])
    assert section.title == "Loud"
    assert [line.id for line in section.lines] == ["toy.three", "toy.one", "toy.two"]
