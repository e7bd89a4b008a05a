from tests.house.circles import check_circles
from tests.house.samples import program, texts


def test_deferred_and_typing_imports_close_a_circle():
    sources = {
        "tui/fit/judge.py": "from tui.fit import plans",
        "tui/fit/plans.py": "def plan():\n    from tui.fit.sizes import size",
        "tui/fit/sizes.py": "if TYPE_CHECKING:\n    import tui.fit.judge",
        "tui/fit/user.py": "from tui.fit.judge import judge",
    }
    result = check_circles(program(sources))
    assert result.measure == 3
    assert texts(result) == [
        "tui.fit.judge → tui.fit.plans",
        "tui.fit.plans → tui.fit.sizes",
        "tui.fit.sizes → tui.fit.judge",
    ]


def test_two_circles_have_two_headings():
    sources = {
        "tui/a.py": "import tui.b",
        "tui/b.py": "import tui.a",
        "tui/c.py": "from . import d",
        "tui/d.py": "from .c import name",
        "tui/e.py": "import tui.a, tui.c",
    }
    result = check_circles(program(sources))
    assert len({finding.group for finding in result.findings}) == 2
    assert {finding.path for finding in result.findings} == {"tui/a.py", "tui/b.py", "tui/c.py", "tui/d.py"}


def test_a_computed_name_imports_the_whole_package():
    sources = {
        "tui/cli/main.py": 'import_module(f"tui.cli.{command}")',
        "tui/cli/run.py": "from tui.cli.main import main",
    }
    assert check_circles(program(sources)).measure == 2


def test_a_chain_is_no_circle():
    sources = {"tui/a.py": "import tui.b, tui.c", "tui/b.py": "import tui.c", "tui/c.py": "import os"}
    assert check_circles(program(sources)).measure == 0
