import pytest

from tests.house.lone_subclasses import check_lone_subclasses
from tests.house.samples import program, texts

BASE = "class Scroll:\n    def copy(self) -> 'Scroll':\n        return Scroll()\n"
SUBCLASS = "from tui.ui.scroll import Scroll\nclass Transcript(Scroll): pass\n"


def findings(more: str = "") -> list[str]:
    sources = {"tui/ui/scroll.py": BASE, "tui/ui/transcript.py": SUBCLASS + more}
    return texts(check_lone_subclasses(program(sources)))


def test_a_base_that_only_its_subclass_names_is_found():
    assert findings() == ["Scroll ← Transcript (tui/ui/transcript.py)"]


@pytest.mark.parametrize(
    "use",
    [
        "Scroll()",
        "def show(scroll: 'Scroll | None'): ...",
        "isinstance(pane, Scroll)",
        "class Log(Scroll): pass",
    ],
)
def test_any_other_use_keeps_a_base(use: str):
    assert findings(use) == []


def test_bases_of_exceptions_and_messages_may_stay():
    source = "class Failure(Exception): pass\nclass Refusal(Failure): pass\n"
    source += "class Event(Message): pass\nclass Chosen(Event): pass"
    assert check_lone_subclasses(program({"tui/engine/failures.py": source})).measure == 0
