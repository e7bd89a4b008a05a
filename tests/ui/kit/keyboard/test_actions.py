"""Actions of keys."""

from tui.ui.kit.keyboard.actions import FORWARD, forwarded_action, has_effect, is_forwarded, is_movement


class Door:
    """A node that tells which of its keys do something."""

    def has_effect(self, action: str) -> bool:
        return action != "close('door')"


def test_movements_are_recognised_with_their_arguments() -> None:
    assert is_movement("move(-1)")
    assert is_movement("first")
    assert not is_movement("remove")


def test_key_of_another_pane_is_recognised_by_its_action() -> None:
    assert is_forwarded(f"{FORWARD}('regenerate')")
    assert not is_forwarded("regenerate")
    assert forwarded_action(f"{FORWARD}('regenerate')") == "regenerate"


def test_node_decides_by_the_whole_action_and_other_keys_have_an_effect() -> None:
    assert not has_effect(Door(), "close('door')")
    assert has_effect(Door(), "close('window')")
    assert has_effect(object(), "anything")
