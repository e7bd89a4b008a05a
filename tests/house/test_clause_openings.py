from tests.house.clause_openings import check_clause_openings
from tests.house.samples import program, texts

SOURCE = '''"""What a pool holds."""

class Pool:
    """Memory that a model can live in."""

    size: int
    """How large it is."""

    async def free(self):
        """Whether
        it is free."""

    def whatever(self):
        """Whatever is left."""
'''


def test_docstrings_of_modules_classes_and_functions_are_counted():
    result = check_clause_openings(program({"tui/fit/pools.py": SOURCE}))
    assert texts(result) == ["What a pool holds.", "Whether"]
    assert result.measure == 50
