"""Report of the rules as text: the figure, the rooms it comes from, and the files or lines to work on."""

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.house.rule import Finding, Result, Rule, share
from tests.house.source import PACKAGE

WORST_FILES = 15
LISTED_FINDINGS = 40
"""A rule with no more findings than this shows them all in place of tables."""


def verdict_line(rule: Rule, result: Result, *, is_whole: bool) -> str:
    """Return the rule's figure, and whether the bound holds if it is the figure of a whole folder."""
    measure = _figure(result.measure, result)
    if rule.bound is None:
        return f"{rule.name:17} {measure:>8}  informs     {rule.title}"
    bound = f"≤ {_figure(rule.bound, result)}"
    mark = "  " if not is_whole else "ok" if rule.is_kept_by(result) else "NO"
    return f"{rule.name:17} {measure:>8}  {mark} {bound:8} {rule.title}"


def detail_lines(result: Result, base: str) -> Iterator[str]:
    """Yield the findings when they are few, else tables of the rooms below `base` and of the worst files."""
    if len(result.findings) <= LISTED_FINDINGS and result.unit != "percent":
        yield from finding_lines(result.findings)
        return
    counts = result.findings_by_file()
    rooms, room_population = (_by_room(table, base) for table in (counts, result.population))
    for room in sorted(room_population or rooms):
        yield f"    {_count(rooms[room], room_population.get(room))}  {room}"
    yield f"  worst {WORST_FILES} files:"
    for path, count in counts.most_common(WORST_FILES):
        yield f"    {_count(count, result.population.get(path))}  {path}"


def finding_lines(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield one line for each finding, `path:line: text`, below the heading of its group."""
    heading = ""
    for finding in findings:
        if finding.group != heading:
            heading = finding.group
            yield f"  {heading}"
        yield f"{finding.path}:{finding.line}: {_one_line(finding.text)}"


def _count(count: int, total: int | None) -> str:
    return f"{count:5}" if total is None else f"{count:5} of {total:5}  {share(count, total):5.1f} %"


def _figure(measure: float, result: Result) -> str:
    return f"{measure:.2f} %" if result.unit == "percent" else f"{measure:g}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _by_room(table: Mapping[str, int], base: str) -> Counter[str]:
    """Sum a table of files up by the folders right below `base`."""
    rooms: Counter[str] = Counter()
    depth = base.count("/") + 2
    for path, count in table.items():
        folders = path.split("/")[:-1][:depth]
        rooms["/".join(folders) or PACKAGE] += count
    return rooms
