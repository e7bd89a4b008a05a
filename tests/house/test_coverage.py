from tests.house.coverage import Coverage, read_report, report_lines


def entry(*figures: int) -> dict[str, dict[str, int]]:
    names = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    return {"summary": dict(zip(names, figures, strict=True))}


def test_a_room_is_the_sum_of_its_files():
    files = read_report(
        {"files": {"tui/fit/judge.py": entry(8, 6, 4, 1), "tui/fit/plans.py": entry(2, 2, 0, 0)}}
    )
    assert files["tui/fit/judge.py"] == Coverage(8, 6, 4, 1)
    lines = report_lines(files)
    assert lines[0] == "  lines  80.00 %   branches  25.00 %   missed     5  tui/fit"
    assert lines[-1] == "  lines  80.00 %   branches  25.00 %   missed     5  tui"
