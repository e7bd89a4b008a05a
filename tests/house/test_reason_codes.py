from tests.house.reason_codes import check_reason_codes
from tests.house.source import Module, Program

TABLE = """SENTENCES: Table = {
    "room.full": N_("{size:bytes} of {name}"),
    "room.split_part": Plural("{n} a", "{n} b", "n"),
}"""


def texts(*sources: str) -> list[str]:
    modules = [Module(f"tui/room/m{number}.py", source) for number, source in enumerate(sources)]
    return [finding.text for finding in check_reason_codes(Program(tuple(modules))).findings]


def test_a_reason_with_its_sentence_and_its_facts_is_in_order():
    assert texts(TABLE, 'reason("room.full", size=1, name="x"); reason(f"room.{kind}_part", n=2)') == []


def test_a_code_without_a_sentence_is_found():
    problems = texts(TABLE, 'reason("room.full", size=1, name=""); f"room.{kind}_part"; reason("room.lost")')
    assert problems == ["room.lost: no table has a sentence for it"]


def test_a_field_without_a_fact_is_found():
    assert texts(TABLE, 'reason("room.full", size=1); f"room.{kind}_part"') == [
        "room.full: its sentence names name"
    ]


def test_a_sentence_that_nothing_asks_for_is_found():
    assert texts(TABLE, 'reason("room.full", **facts)') == ["room.split_part: no reason has this code"]


def test_keys_of_actions_are_no_fields():
    table = 'T: Table = {"room.keys": Keyed("{chat.stop} ends {name}", "end {name}")}'
    assert texts(table, 'reason("room.keys", name="x")') == []
