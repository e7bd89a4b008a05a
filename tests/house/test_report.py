from tests.house.report import detail_lines, finding_lines, verdict_line
from tests.house.rule import Finding, Result, Rule

RESULT = Result(
    (Finding("tui/fit/judge.py", 3, "rest"), Finding("tui/ui/app.py", 7, "each")),
    "percent",
    {"tui/fit/judge.py": 4, "tui/ui/app.py": 6},
)
RULE = Rule("vague", "Vague names", lambda program: RESULT, 10.0)


def test_a_broken_bound_is_marked_for_the_whole_folder_only():
    assert not RULE.is_kept_by(RESULT)
    assert "NO" in verdict_line(RULE, RESULT, is_whole=True)
    assert "NO" not in verdict_line(RULE, RESULT, is_whole=False)


def test_a_share_is_shown_by_room_and_by_file():
    assert [" ".join(line.split()) for line in detail_lines(RESULT, "tui")] == [
        "1 of 4 25.0 % tui/fit",
        "1 of 6 16.7 % tui/ui",
        "worst 15 files:",
        "1 of 4 25.0 % tui/fit/judge.py",
        "1 of 6 16.7 % tui/ui/app.py",
    ]


def test_a_folder_keeps_its_findings_and_its_population():
    part = RESULT.within("tui/fit")
    assert part.measure == 25
    assert list(finding_lines(part.findings)) == ["tui/fit/judge.py:3: rest"]
