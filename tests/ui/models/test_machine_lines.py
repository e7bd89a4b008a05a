"""Lines of the table of models on several machines."""

import msgspec
import pytest
from rich.cells import cell_len

from tests.ui.model_samples import fit, model
from tui.fit.verdict import Speed, Verdict
from tui.hardware.profiles import PROFILES
from tui.services.side_by_side import ModelOnMachines, NamedMachine
from tui.ui.models.machine_lines import reason_texts, side_by_side_lines

MACHINES = [NamedMachine(name, PROFILES[name]) for name in ("m1-8gb", "hp-i5-1035g1")]
SLOW = msgspec.structs.replace(fit(), speed=Speed(2.7, "estimated"), max_context=27904)
ROWS = [
    ModelOnMachines(model("Llama-3.1-8B-Instruct"), (fit(Verdict.TOO_BIG, 5.8, max_context=None), SLOW)),
    ModelOnMachines(model("模型-非常长的名字-" * 4), (fit(), fit(Verdict.TIGHT))),
]


def text(line):
    return "".join(piece.text for piece in line)


@pytest.mark.parametrize("width", [72, 110])
def test_every_line_has_a_group_of_cells_for_each_machine(width):
    (groups, titles), lines = side_by_side_lines(ROWS, MACHINES, width)
    assert text(groups).split() == ["m1-8gb", "hp-i5-1035g1"]
    assert text(titles).split().count("tok/s") == 2
    assert all(cell_len(text(line)) <= width for line in (groups, titles, *lines))
    assert "~2.7    27k" in text(lines[0])
    assert ("○ too big" in text(lines[0])) is (width > 100)
    # A slow speed has the colour of what is tight.
    assert {piece.role for piece in lines[0] if "~2.7" in piece.text} == {"$fit-tight"}
    # Columns stand below their headings.
    start = text(titles).index("tok/s") + len("tok/s")
    assert text(lines[0])[:start].endswith("n/a")


def test_the_reasons_name_the_machine_and_the_speed_where_it_runs():
    first, second = reason_texts(ROWS[0], MACHINES)
    assert first.startswith("m1-8gb: ")
    assert "tok/s" not in first
    assert second.startswith("hp-i5-1035g1: ")
    assert "about 2.7 tok/s" in second
