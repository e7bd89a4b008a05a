"""Tree of ids: one branch is shown, and each place remembers the alternative shown last."""

from tui.chat.tree import Tree


def branching() -> Tree:
    """Question 1 with the answers 2 and 3, and question 4 with answer 5 after answer 2."""
    tree = Tree()
    for id, parent in ((1, None), (2, 1), (4, 2), (5, 4), (3, 1)):
        tree.add(id, parent)
    return tree


def test_a_new_message_is_shown() -> None:
    tree = branching()
    assert (tree.shown, tree.end) == ((1, 3), 3)
    assert tree.children(1) == (2, 3)


def test_showing_an_alternative_brings_back_the_branch_below_it() -> None:
    tree = branching()
    tree.show(2)
    assert tree.shown == (1, 2, 4, 5)


def test_shortened_branch_is_complete_again_when_shown() -> None:
    tree = branching()
    tree.show(5)
    tree.end_before(4)
    assert tree.shown == (1, 2)
    tree.show(5)
    assert tree.shown == (1, 2, 4, 5)


def test_messages_below_a_removed_turn_follow_its_parent() -> None:
    tree = branching()
    tree.show(5)
    assert tree.remove((1, 2, 3)) == (None, 4)
    assert (tree.shown, tree.parent(4)) == ((4, 5), None)
    assert 1 not in tree


def test_the_nearest_alternative_is_shown_in_place_of_a_removed_one() -> None:
    tree = branching()
    assert tree.remove((3,)) == (1, 2)
    assert tree.shown == (1, 2, 4, 5)


def test_all_descendants_are_below() -> None:
    assert sorted(branching().below((2,))) == [4, 5]
    assert branching().below((3,)) == ()


def test_stored_places_show_the_last_seen_alternative() -> None:
    tree = Tree([(1, None, 1), (2, 1, 3), (3, 1, 2)])
    assert tree.shown == (1, 2)
    # AND of equal ones the newest
    assert Tree([(1, None, 0), (2, 1, 0), (3, 1, 0)]).shown == (1, 3)
