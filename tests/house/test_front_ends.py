from tests.house.front_ends import check_doors, check_drawing
from tests.house.samples import program, texts


def test_what_draws_is_found_through_other_modules():
    sources = {
        "tui/ui/app.py": "import textual",
        "tui/fit/judge.py": "from tui.fit.paint import colour",
        "tui/fit/paint.py": "def colour():\n    from rich.color import Color",
        "tui/fit/sizes.py": "import msgspec",
    }
    result = check_drawing(program(sources))
    assert texts(result) == ["tui.fit.judge → tui.fit.paint", "tui.fit.paint → rich.color"]


def test_a_package_that_draws_is_imported_with_its_modules():
    sources = {
        "tui/chat/__init__.py": "import rich",
        "tui/chat/tree.py": "",
        "tui/services/host.py": "import tui.chat.tree",
    }
    result = check_drawing(program(sources))
    assert [finding.path for finding in result.findings] == ["tui/chat/__init__.py", "tui/services/host.py"]


def test_only_the_dashboard_command_knows_the_screen():
    sources = {
        "tui/cli/dashboard.py": "from tui.ui.app import App",
        "tui/cli/fit.py": "from tui.ui import app",
        "tui/ui/app.py": "import tui.cli.fit",
    }
    assert texts(check_doors(program(sources))) == ["tui.cli.fit → tui.ui.app", "tui.ui.app → tui.cli.fit"]
