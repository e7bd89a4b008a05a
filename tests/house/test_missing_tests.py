from pathlib import Path

from tests.house.missing_tests import check_missing_tests
from tests.house.samples import program, texts


def test_a_test_has_the_place_and_the_name_of_its_module(tmp_path: Path):
    test = tmp_path / "tests" / "fit" / "test_judge.py"
    test.parent.mkdir(parents=True)
    test.touch()
    paths = [
        "tui/__main__.py",
        "tui/fit/__init__.py",
        "tui/fit/judge.py",
        "tui/engine/judge.py",
        "tui/text.py",
    ]
    result = check_missing_tests(program(dict.fromkeys(paths, ""), tmp_path))
    assert texts(result) == ["tests/engine/test_judge.py", "tests/test_text.py"]
