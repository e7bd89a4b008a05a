"""Tables of keys read from the bindings."""

from typing import ClassVar

from textual.app import App
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen

from tests.docs.key_bindings import key_owners
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


class ToyButton(Vertical):
    BINDINGS: ClassVar = [Binding("u", "five", "Five", id="toy_button.five")]


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


def test_keys_of_one_title_stand_together():
    class Quiet(Vertical):
        BINDING_GROUP_TITLE = "Loud"
        BINDINGS: ClassVar = [Binding("v", "four", "Four", id="quiet.four")]

    sections = collect_keys([Loud(), ToyButton(), Quiet()])
    assert [(section.title, len(section.lines)) for section in sections] == [("Loud", 4), ("Toy button", 1)]


def test_every_class_with_keys_has_a_title_of_its_own():
    untitled = [
        owner.__name__
        for owner in key_owners()
        if not issubclass(owner, App | Screen) and owner.BINDING_GROUP_TITLE is None
    ]
    assert untitled == []
