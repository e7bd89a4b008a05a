import pytest

from tui.ui.chat.transcript.layout.json_answer import is_json, json_problem


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('{"a": [1, 2]}', True),
        (" [1]\n", True),
        ("{}", True),
        ("3", False),
        ('"x"', False),
        ("[Name], dear friend", False),
        ("[see] and [more]", False),
        ('{"a": 1', False),
        ('```json\n{"a": 1}\n```', False),
        ("[" * 100_000 + "]" * 100_000, False),
    ],
)
def test_only_a_whole_object_or_array_is_json(text: str, good: bool):
    assert is_json(text) is good


def test_the_position_of_an_error_in_json_is_shown():
    assert json_problem('{"a": 1}') is None
    assert json_problem('{"a": ') == "it ends before its end"
    assert json_problem('{"a": 1,\n b}') == "line 2, column 2"
