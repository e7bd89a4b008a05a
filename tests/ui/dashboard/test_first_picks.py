"""Picks that nobody asked for: when they are looked for, and when not."""

from types import SimpleNamespace
from typing import Any

from tui.ui.dashboard.first_picks import FirstPicks


class Parts:
    """Stand-ins for the parts of a dashboard that shows an empty chat, and for its workers."""

    def __init__(self) -> None:
        self.searches: list[Any] = []
        self.models: Any = SimpleNamespace(pick_basis=(1,), recommend="recommend")
        self.chat: Any = SimpleNamespace(conversation=SimpleNamespace(messages=[]))
        self.host: Any = SimpleNamespace(model=None, loading=False)
        screen: Any = SimpleNamespace(run_worker=lambda work, **_options: self.searches.append(work))
        self.picks = FirstPicks(screen, self.models, self.chat, self.host)


def test_looks_once_for_the_same_facts_after_the_scan() -> None:
    parts = Parts()
    parts.picks.update()
    assert parts.searches == []
    parts.picks.scan_ended()
    for _reading in range(3):
        parts.picks.update()
    assert parts.searches == ["recommend"]
    # WHEN the facts change THEN it looks again
    parts.models.pick_basis = (2,)
    parts.picks.update()
    assert len(parts.searches) == 2


def test_does_not_look_while_the_chat_shows_something_else_or_facts_are_missing() -> None:
    parts = Parts()
    parts.picks.scan_ended()
    for change in (
        lambda: setattr(parts.models, "pick_basis", None),
        lambda: setattr(parts.host, "model", "loaded"),
        lambda: setattr(parts.host, "loading", True),
        lambda: parts.chat.conversation.messages.append("a question"),
    ):
        change()
        parts.picks.update()
        parts.models.pick_basis = (1,)
    assert parts.searches == []
