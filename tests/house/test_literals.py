import pytest

from tests.house.literals import EXCEPTIONS, LISTS, check_literals
from tests.house.samples import program, texts
from tests.house.sentences import strings
from tests.house.source import read_program

DEFINITIONS = """
Verdict = Literal["too big", "fits"]

class Size(Enum):
    LARGE = "very large"

def known(value, source): ...
"""


def findings(code: str) -> list[str]:
    return texts(check_literals(program({"tui/ui/pane.py": f"{DEFINITIONS}\n{code}"})))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("x = 'other maker'", "other maker"),
        ("x = f'{count} models here'", "{} models here"),
        ("x = 'Reading speed'", "Reading speed"),
        ("x = f'line {number}, task \"{task}\"'", 'line {}, task "{}"'),
        ("_('{a} is here').format(a='the first')", "the first"),
    ],
)
def test_finds_phrases_of_two_words(code: str, text: str):
    assert findings(code) == [text]


@pytest.mark.parametrize(
    "code",
    [
        "x = _('other maker')",
        "x = 'Intel UHD Graphics'",
        "x = 'bold underline'",
        "x = 'llmtui pull'",
        "x = 'c.deleted IS NULL'",
        "x = '$text not bold'",
        "x = cast('dict[str, int]', y)",
        "x = step('task', 1)",
        "x = \"step('task', 1)\"",
        "x = 'too big'",
        "x = 'very large'",
        "x = known(1, 'device tree')",
        "DEFAULT_SOURCE = 'device tree'",
        "log.warning('not there')",
        "x = 'is full'",
    ],
)
def test_leaves_out_what_nobody_reads(code: str):
    assert findings(code) == []


def test_each_exception_is_in_the_program():
    modules = read_program().modules
    present = {text for module in modules for _node, text in strings(module)}
    assert set().union(*EXCEPTIONS.values()) <= present
    assert {module.path for module in modules} >= LISTS
