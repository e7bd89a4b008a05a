from tests.house.samples import program, texts
from tests.house.vague_names import check_vague_names, check_vague_parameters, check_vague_tests

SOURCE = """
class Pool:
    rest: int
    held = 0

def free(self, most, *others, path=lambda near: near):
    _left, size = 1, 2
    for each in [other for other in others]:
        self.kept = each
    with open(path) as found_file:
        while (one := size):
            given += 1
"""


def test_stored_names_are_counted_at_each_place_that_binds_them():
    result = check_vague_names(program({"tui/fit/pools.py": SOURCE}))
    assert texts(result) == ["rest", "held", "_left", "each", "other", "one", "given"]
    assert result.population == {"tui/fit/pools.py": 9}


def test_parameters_and_attributes_are_a_figure_of_their_own():
    result = check_vague_parameters(program({"tui/fit/pools.py": SOURCE}))
    assert sorted(texts(result)) == ["kept", "most", "near", "others"]
    assert result.measure == 80


def test_both_kinds_of_names_in_the_tests_are_a_figure_of_their_own():
    sources = program(
        {"tui/fit/pools.py": SOURCE}, tests={"tests/fit/test_pools.py": "rest = max(one=1)\ndef f(each): ..."}
    )
    result = check_vague_tests(sources)
    assert sorted(texts(result)) == ["each", "rest"]
    assert result.population == {"tests/fit/test_pools.py": 2}
    assert set(check_vague_names(sources).population) == {"tui/fit/pools.py"}
