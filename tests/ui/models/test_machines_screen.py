"""Table of models on several machines in the dashboard's dialog."""

import pytest
from textual.widgets import OptionList, Static

from tests.ui.host import Host
from tests.ui.model_samples import fit, model
from tests.waiting import until
from tui.engine.options import LoadSettings
from tui.fit.verdict import Verdict
from tui.hardware.profiles import PROFILES
from tui.services.side_by_side import ModelOnMachines, NamedMachine
from tui.ui.models.machines_screen import MachinesScreen

MACHINES = [NamedMachine(name, PROFILES[name]) for name in ("m1-8gb", "hp-i5-1035g1")]
ROWS = [
    ModelOnMachines(model("Large-8B"), (fit(Verdict.TOO_BIG, 5.8, max_context=None), fit())),
    ModelOnMachines(model("Small-3B"), (fit(), fit())),
]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_model_that_runs_on_both_is_first_and_enter_returns_the_highlighted_one(size):
    chosen = []
    app = Host()
    async with app.run_test(size=size) as pilot:
        screen = MachinesScreen(ROWS, MACHINES, LoadSettings(context=8192))
        await app.push_screen(screen, chosen.append)
        options = screen.query_one(OptionList)
        await until(lambda: options.option_count and "tok/s" in titles(screen), "the table")
        names = [options.get_option_at_index(index).prompt.plain[:8] for index in range(2)]
        assert names == ["Small-3B", "Large-8B"]
        assert "m1-8gb" in titles(screen)
        await pilot.press("j")
        await until(lambda: "hp-i5-1035g1:" in reasons(screen), "the reasons")
        await pilot.press("enter")
        await pilot.pause()
        # AND without a model
        app.push_screen(MachinesScreen([], MACHINES, LoadSettings()), chosen.append)
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
    assert [listed_model and listed_model.name for listed_model in chosen] == ["Large-8B", None]


def titles(screen):
    return str(screen.query_one("#machines-titles", Static).content)


def reasons(screen):
    return str(screen.query_one("#machines-reasons", Static).content)
