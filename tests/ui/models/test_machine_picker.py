"""Every verdict for another machine: chosen, shown plainly, and never loaded by."""

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tests.ui.models.what_if_dashboard import OWN, choose, open_picker, running
from tests.waiting import until
from tui.fit.pools import pools
from tui.fit.rates import Rates
from tui.fit.speed import Speeds
from tui.fit.verdict import Fit, Verdict
from tui.hardware.profiles import PROFILES
from tui.services.model_columns import pace_shown
from tui.services.sentences import sentence
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.palette import palette_commands
from tui.ui.models.machine_picker import MachinePicker
from tui.ui.models.machines_screen import MachinesScreen
from tui.ui.models.what_if import WhatIfLine
from tui.units import GIB

RATES = Rates(2e10, {"Q4_K": 8e-11, "Q8_0": 6e-11}, 1e-4, 1.0, {"Q4_K": 1e-11, "Q8_0": 3e-11}, 2e-5)


M1 = PROFILES["m1-8gb"]


NAMES = list(PROFILES)


ORDER = [Verdict.FITS, Verdict.TIGHT, Verdict.SPLIT, Verdict.TOO_BIG, Verdict.UNKNOWN]


async def choose_m1(pilot: Pilot[None], dashboard: Dashboard) -> None:
    await choose(pilot, dashboard, 1 + NAMES.index("m1-8gb"))


def fits(dashboard: Dashboard) -> dict[str, Fit]:
    return dict(dashboard.models.fits)


def banner_text(dashboard: Dashboard) -> str:
    """What stands over the list; empty when nothing does."""
    line = dashboard.query_one(WhatIfLine)
    return str(line.render()) if line.display else ""


async def test_verdicts_are_for_the_chosen_machine_until_it_is_left() -> None:
    async with running() as (pilot, dashboard):
        local_fit = dashboard.models.detail.fit
        assert banner_text(dashboard) == ""
        # WHEN the MacBook is chosen
        await choose_m1(pilot, dashboard)
        # THEN every verdict is for its one pool, all of it free
        (pool,) = pools(M1, None)
        assert {fit.pool for fit in fits(dashboard).values()} == {pool, None}
        assert dashboard.models.detail.fit.pool == pool
        assert "5.33 GiB of unified memory" in sentence(dashboard.models.detail.fit.reason)
        big = next(model for model in dashboard.models.listing.models if model.name == "Qwen3-32B")
        assert fits(dashboard)[big.key].verdict is Verdict.TOO_BIG
        # AND what is recommended is in the order of these verdicts
        listed_fits = [
            fits(dashboard)[model.key]
            for model in dashboard.models.listing.shown_models
            if not model.on_disk and not model.entry.superseded_by
        ]
        assert big not in dashboard.models.listing.shown_models
        verdicts = [fit.verdict for fit in listed_fits if pace_shown(fit) != "slow"]
        assert verdicts == sorted(verdicts, key=ORDER.index)
        # WHEN this machine is chosen again
        await choose(pilot, dashboard, 0)
        # THEN its own verdicts are back
        assert banner_text(dashboard) == ""
        assert dashboard.models.detail.fit.pool.capacity_bytes == local_fit.pool.capacity_bytes


async def test_the_gauges_go_on_with_this_machine_without_the_mark() -> None:
    async with running() as (pilot, dashboard):
        row = dashboard.query_one(GaugeRow)
        await until(lambda: row.mark is not None, "the mark")
        await choose_m1(pilot, dashboard)
        assert (row.mark, row.gpu_mark) == (None, None)
        # AND readings that come later change neither the verdicts nor the mark
        (pool,) = pools(M1, None)
        reading_before = dashboard.reading
        await until(lambda: dashboard.reading is not reading_before, "another reading")
        assert row.machine is dashboard.machine
        assert row.mark is None
        assert dashboard.models.detail.fit.pool == pool
        await choose(pilot, dashboard, 0)
        await until(lambda: row.mark is not None, "the mark again")


async def test_escape_leaves_everything_as_it_is() -> None:
    async with running() as (pilot, dashboard):
        await choose_m1(pilot, dashboard)
        picker = await open_picker(pilot)
        # The machine that counts now is highlighted.
        assert picker.query_one(OptionList).highlighted == 1 + NAMES.index("m1-8gb")
        await pilot.press("j", "j", "k", "escape")
        await until(lambda: pilot.app.screen is dashboard)
        assert dashboard.models.what_if is M1


async def test_every_machine_is_listed_with_its_description() -> None:
    async with running((80, 24)) as (pilot, _dashboard):
        picker = await open_picker(pilot)
        options = [str(option.prompt).removeprefix("  ") for option in picker.query_one(OptionList).options]
        assert options[0] == "This machine"
        assert [option.split()[0] for option in options[1:]] == [*PROFILES, *OWN]
        assert options[1 + NAMES.index("pc-12gb")].endswith("  PC, 32 GB, RTX 4070 12 GB")
        assert options[-1].endswith("  8 GB, Apple GPU")
        # AND below them stands what the system of the highlighted one takes
        system = picker.query_one("#machine-system", Static)
        assert "free now" in str(system.render())
        await pilot.press("down")
        await until(lambda: str(system.render()) == "Nothing else runs there, and its system takes 2.00 GiB.")
        assert pilot.app.screen.region.contains_region(system.region)


async def test_the_mouse_chooses_and_changes_a_machine() -> None:
    async with running() as (pilot, dashboard):
        await open_picker(pilot)
        await pilot.click(OptionList, offset=(3, 1 + NAMES.index("pc-24gb")))
        await until(lambda: banner_text(dashboard), "the line")
        assert dashboard.models.what_if is PROFILES["pc-24gb"]
        await pilot.click(WhatIfLine)
        await until(lambda: isinstance(pilot.app.screen, MachinePicker), "the picker")
        await pilot.click(OptionList, offset=(3, 0))
        await until(lambda: dashboard.models.what_if is None, "this machine")


async def test_a_size_makes_a_machine_like_this_one() -> None:
    async with running() as (pilot, dashboard):
        picker = await open_picker(pilot)
        await pilot.press("tab", "enter")
        problem = picker.query_one("#machine-problem", Static)
        await until(lambda: problem.display, "the problem")
        assert str(problem.render()) == "Type a number of GB."
        await pilot.press(*"9000x", "enter")
        await until(lambda: "9000" in str(problem.render()), "the other problem")
        assert str(problem.render()) == "9000 GB of memory is not from 1 to 4096 GB."
        await pilot.press("backspace")
        await until(lambda: not problem.display, "the end of the problem")
        picker.query_one(Input).value = "6.5"
        await pilot.press("enter")
        await until(lambda: banner_text(dashboard), "the line")
        assert banner_text(dashboard) == "What if: a machine like this with 6.5 GB · m changes it"
        assert dashboard.models.what_if.ram_bytes == 13 * GIB // 2
        assert dashboard.models.what_if.system == dashboard.machine.system


async def test_speed_holds_for_a_machine_like_this_one_only() -> None:
    async with running() as (pilot, dashboard):
        # GIVEN what was measured here
        dashboard.models.show_measurements(Speeds(RATES))
        await until(lambda: dashboard.models.detail.fit.speed, "the speed")
        model = dashboard.models.highlighted
        local_fit = fits(dashboard)[model.key]
        assert local_fit.prompt_speed.value
        picker = await open_picker(pilot)
        picker.query_one(Input).value = "64"
        picker.query_one(Input).focus()
        await pilot.press("enter")
        await until(lambda: banner_text(dashboard) and fits(dashboard).get(model.key), "the line")
        similar_fit = fits(dashboard)[model.key]
        assert (similar_fit.speed, similar_fit.prompt_speed) == (local_fit.speed, local_fit.prompt_speed)
        # AND what is measured meanwhile counts for it
        dashboard.models.show_measurements(Speeds(None))
        await until(lambda: fits(dashboard)[model.key].speed.value is None, "the change")
        dashboard.models.show_measurements(Speeds(RATES))
        await choose_m1(pilot, dashboard)
        other_fit = fits(dashboard)[model.key]
        assert other_fit.speed.value not in (None, local_fit.speed.value)
        assert other_fit.prompt_speed.value not in (None, local_fit.prompt_speed.value)
        assert other_fit.measured_bytes is None
        dashboard.models.show_measurements(Speeds(None))
        assert fits(dashboard)[model.key].speed == other_fit.speed


async def test_machines_with_the_same_memory_have_the_same_verdicts() -> None:
    async with running() as (pilot, dashboard):
        await choose(pilot, dashboard, 1 + len(NAMES))
        first = fits(dashboard)
        await choose(pilot, dashboard, 2 + len(NAMES))
        assert banner_text(dashboard) == "What if: second, 20 GB · m changes it"
        assert fits(dashboard) == first
        assert len(first) == len(dashboard.models.listing.models)


async def test_the_palette_and_a_second_context_know_the_machine() -> None:
    async with running() as (pilot, dashboard):
        commands = {command.title: command for command in palette_commands([dashboard.models])}
        assert commands["Models: machine (m)"].help == "Judge the models for another machine"
        await choose_m1(pilot, dashboard)
        await pilot.press("right_square_bracket")
        await until(lambda: dashboard.models.detail.fit.context == 4096, "the other context")
        assert {fit.pool for fit in fits(dashboard).values()} == {*pools(M1, None), None}


async def test_marked_machines_are_compared_side_by_side() -> None:
    async with running((80, 24)) as (pilot, dashboard):
        await open_picker(pilot)
        await pilot.press("down", "space")
        picker = pilot.app.screen
        assert isinstance(picker, MachinePicker)
        note = picker.query_one("#machine-system", Static)
        await until(lambda: "Enter compares m1-8gb" in str(note.render()), "the note")
        await pilot.press("down", "enter")
        await until(lambda: isinstance(pilot.app.screen, MachinesScreen), "the table")
        assert pilot.app.screen.query_one(OptionList).option_count == len(dashboard.models.listing.models)
        # The verdicts of the list stay those of this machine.
        await pilot.press("enter")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        assert dashboard.models.what_if is None
        # AND a mark can be taken back
        await open_picker(pilot)
        await pilot.press("down", "space", "space", "enter")
        await until(lambda: dashboard.models.what_if is M1, "the machine")
