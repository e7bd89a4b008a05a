from tests.house.prefix_families import check_prefix_families, check_tiny_modules
from tests.house.samples import program, texts
from tests.house.tiny_modules import TINY_MODULES


def test_three_modules_with_one_prefix_are_a_family():
    names = ["chat", "chat_rows", "chat_keys", "chat_pane", "pane_tabs", "pane_title"]
    result = check_prefix_families(program({f"tui/ui/{name}.py": "" for name in names}))
    assert texts(result) == ["chat.py", "chat_rows.py", "chat_keys.py", "chat_pane.py"]
    assert result.measure == 1


def test_docstring_and_empty_lines_are_no_lines_of_a_module():
    docstring = '"""One.\n\nTwo.\n"""\n'
    statements = [f"a{number} = {number}" for number in range(15)]
    sources = {
        **dict.fromkeys(TINY_MODULES, ""),
        "tui/fit/full.py": docstring + "\n\n".join(statements),
        "tui/fit/tiny.py": docstring + "\n\n".join(statements[1:]),
    }
    assert [finding.path for finding in check_tiny_modules(program(sources)).findings] == ["tui/fit/tiny.py"]


def test_reason_for_a_module_that_is_gone_is_reported():
    findings = check_tiny_modules(program({})).findings
    assert [finding.path for finding in findings] == list(TINY_MODULES)
