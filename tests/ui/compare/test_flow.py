"""A comparison through its screens: refusals, scripted answers, and the real engine from the list."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest
from textual.app import App

from tests.chat.scripted_comparison import ScriptedHost, engines
from tests.services.trials.scripted_trials import TrialHost, perfect
from tests.ui.compare.comparisons import ONE, THREE, TWO, words
from tests.ui.dashboard.running_dashboard import ask, load_first, running
from tests.ui.host import machine
from tests.ui.model_samples import POOL, fit
from tests.waiting import until
from tui.chat.comparing.comparison import PromptCase, own_case, task_case
from tui.chat.comparing.tasks import tasks_named
from tui.chat.trials.result import Score
from tui.chat.trials.task_file import built_in_set
from tui.engine.options import AnswerRequest, LoadSettings
from tui.fit.load_plan import LoadPlan
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.compare import flow as flow_module
from tui.ui.compare.flow import CompareFlow
from tui.ui.compare.screen import ComparisonScreen
from tui.ui.compare.setup_screen import CompareSetup, OwnPrompt
from tui.ui.compare.trials_screen import TrialsScreen


class ScriptedScreens:
    """An app in which every screen that is opened ends at once with the next result."""

    def __init__(self, *results: object) -> None:
        self.results = list(results)
        self.screens: list[CompareSetup | ComparisonScreen | TrialsScreen] = []

    async def push_screen_wait(self, screen: CompareSetup | ComparisonScreen | TrialsScreen) -> object:
        self.screens.append(screen)
        # As a person does who waits for the answers.
        if isinstance(screen, ComparisonScreen) and screen._comparisons.run is not None:
            await until(lambda: screen._comparisons.run is None, "the end")
        if isinstance(screen, TrialsScreen):
            await until(lambda: screen.run_under_way is None, "the end of the tasks")
        return self.results.pop(0)

    @property
    def names(self) -> list[str]:
        return [type(screen).__name__ for screen in self.screens]


class Workplace:
    """A flow with a scripted host, and what it did beside the screens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pools: list[object] = []
        self.stopped_measuring = 0
        self.ended = 0
        self.host = ScriptedHost()
        self.host.model = None
        pane = SimpleNamespace(
            pools_here=self.pools,
            fits={ONE.key: fit()},
            machine=None,
            settings=LoadSettings(context=512),
            measurements_here=None,
        )
        measurement = SimpleNamespace(add_reply=lambda *_reply: None, stop=self._count_stop)
        workbench = SimpleNamespace(
            host=self.host, measurement=measurement, settings=Settings(max_tokens=40), sizer=None
        )

        async def plan(_sizer: object, _model: object, load: LoadSettings, *_arguments: object) -> LoadPlan:
            return LoadPlan(load, fit(), None)

        monkeypatch.setattr(flow_module, "plan_load", plan)
        self.workbench, self.pane = workbench, pane
        self.flow = self.new_flow()

    def new_flow(self) -> CompareFlow:
        workbench, pane = cast(Any, self.workbench), cast(Any, self.pane)
        return CompareFlow(workbench, pane, cast(Any, None), self._count_end)

    def use(self, host: TrialHost) -> None:
        self.workbench.host, self.pane.machine, host.model = host, machine(), None
        self.flow = self.new_flow()

    def _count_stop(self) -> None:
        self.stopped_measuring += 1

    def _count_end(self) -> None:
        self.ended += 1

    async def open(self, models: list, draft: str, *results: object) -> ScriptedScreens:
        screens = ScriptedScreens(*results)
        await self.flow.open(cast(App[Any], screens), models, draft)
        assert screens.results == []
        return screens


@pytest.fixture
def workplace(monkeypatch: pytest.MonkeyPatch) -> Workplace:
    return Workplace(monkeypatch)


def test_without_marks_or_before_the_machine_is_known_there_is_a_refusal(workplace: Workplace):
    flow = workplace.flow
    assert "Mark two or more models with Space" in flow.refusal([])
    assert "has not been looked at yet" in flow.refusal([ONE])
    workplace.pools.append(POOL)
    assert flow.refusal([ONE, TWO]) == ""
    assert "Mark two or more models" in flow.refusal([])


async def test_a_setup_that_is_left_compares_nothing(workplace: Workplace):
    screens = await workplace.open([ONE, TWO], "A draft.", None)
    assert screens.names == ["CompareSetup"]
    assert (workplace.host.log, workplace.ended, workplace.stopped_measuring) == ([], 0, 0)


async def test_chosen_cases_run_and_more_can_follow(workplace: Workplace):
    task = task_case(tasks_named(["arithmetic-en"])[0])
    chosen: list[tuple[PromptCase, ...]] = [(own_case("Say hello."), task), (task,)]
    # WHEN the user asks twice, and leaves the second answers
    screens = await workplace.open([ONE, TWO], "", chosen[0], True, chosen[1], False)
    assert screens.names == ["CompareSetup", "ComparisonScreen"] * 2
    # THEN both were carried out on a machine that measures nothing meanwhile, and no model is loaded
    assert workplace.host.log.count("ask One") == 3
    assert workplace.host.loaded is None
    assert (workplace.stopped_measuring, workplace.ended) == (2, 2)
    assert not workplace.flow.is_under_way
    # AND the own prompt of the first is proposed for the second
    first, second = (screen for screen in screens.screens if isinstance(screen, CompareSetup))
    assert (first._prompt, second._prompt) == ("", "Say hello.")
    assert first._max_tokens == 40
    assert [item.fit for item in first._models] == [fit(), None]

    # AND the newest comparison is shown at once where the same models or none are marked
    workplace.pools.append(POOL)
    for models in ([TWO, ONE], []):
        assert workplace.flow.refusal(models) == ""
        assert (await workplace.open(models, "", False)).names == ["ComparisonScreen"]
    for models in ([ONE, THREE], [ONE]):
        assert (await workplace.open(models, "", None)).names == ["CompareSetup"]
    again = await workplace.open([], "A draft.", True, None)
    assert again.names == ["ComparisonScreen", "CompareSetup"]
    setup = again.screens[1]
    assert isinstance(setup, CompareSetup)
    assert [item.model for item in setup._models] == [ONE, TWO]
    assert setup._prompt == "A draft."


@pytest.mark.usefixtures("own_home")
async def test_tasks_are_asked_from_where_they_ended_and_complete_ones_are_shown(workplace: Workplace):
    # GIVEN a run of the trials of tool calls that is stopped in the middle
    def reply(_name: str, request: AnswerRequest) -> str:
        if host.log.count("ask One") == 5 and len(host.requests) == 5:
            screens.screens[-1].run_under_way.stop()
        return perfect("One", request)

    host = TrialHost(reply)
    workplace.use(host)
    screens = ScriptedScreens(built_in_set(), False)
    await workplace.flow.open(cast(App[Any], screens), [ONE], "")
    assert screens.names == ["CompareSetup", "TrialsScreen"]
    board = screens.screens[-1]._board()
    assert (board.ended, len(board.sides[0].results)) == ("stopped", 5)
    assert (workplace.ended, host.loaded, workplace.flow.is_under_way) == (1, None, False)

    # WHEN they are asked again THEN only the others are
    screens = ScriptedScreens(built_in_set(), False)
    await workplace.flow.open(cast(App[Any], screens), [ONE], "")
    assert screens.screens[-1]._board().sides[0].score == Score(36)
    assert host.log.count("ask One") == 36

    # AND then they are only shown, until the user asks all of them again
    screens = ScriptedScreens(built_in_set(), False)
    await workplace.flow.open(cast(App[Any], screens), [ONE], "")
    assert host.log.count("ask One") == 36
    screens = ScriptedScreens(built_in_set(), True, False)
    await workplace.flow.open(cast(App[Any], screens), [ONE], "")
    assert host.log.count("ask One") == 72


# With the real engine


@pytest.mark.usefixtures("own_home")
async def test_two_models_are_compared_from_the_list_and_the_chat_stays(tmp_path: Path, smollm2: Path):
    # With one byte more, since the same content twice is one row.
    copy = tmp_path / "Copy-Q4_1.gguf"
    copy.write_bytes(smollm2.read_bytes() + b"\0")
    settings = Settings(temperature=0, max_tokens=6, context=512, measure_speed=False)
    async with running(settings=settings, places=SearchPaths(files=(copy,))) as (pilot, dashboard):
        # GIVEN a chat with a loaded model, and two models marked
        await until(lambda: dashboard.reading is not None, "a reading")
        await load_first(pilot, dashboard)
        await ask(pilot, "Name a colour.")
        # Its receipt comes with the next reading.
        await until(lambda: (last := dashboard.chat.conversation.last_reply) and last.receipt, "the receipt")
        chat_messages = dashboard.chat.conversation.messages
        await pilot.press("f2")
        local_models = [model for model in dashboard.models.listing.shown_models if model.file]
        for model in local_models:
            dashboard.models.listing.highlight(model.key)
            await until(lambda model=model: dashboard.models.highlighted == model, "the highlight")
            await pilot.press("space")
        await until(lambda: len(dashboard.models.marked) == 2, "the marks")

        # WHEN they are asked the same
        await pilot.press("C")
        await until(lambda: isinstance(pilot.app.screen, CompareSetup) and pilot.app.screen.is_mounted)
        assert "is unloaded first" in words(pilot.app.screen, "#setup-words")
        pilot.app.screen.query_one(OwnPrompt).text = "Say hello."
        await pilot.press("enter")
        most_loaded = 0

        def over() -> bool:
            nonlocal most_loaded
            loaded = [engine for engine in engines() if _maps(engine, "Q4_1.gguf")]
            most_loaded = max(most_loaded, len(loaded))
            return isinstance(pilot.app.screen, ComparisonScreen) and not dashboard.comparing

        await until(over, "the comparison")

        # THEN each has answered, never two of them in memory, and the chat is what it was
        screen = pilot.app.screen
        assert most_loaded <= 1
        assert [side.model for side in screen.comparison.sides] == local_models
        assert all(cell.text for side in screen.comparison.sides for cell in side.cells)
        assert dashboard.engine_pid is None
        assert dashboard.chat.conversation.messages == chat_messages

        # AND the speeds that were seen are known from now on
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        assert dashboard.models.listing.loaded_key is None
        await until(lambda: dashboard.models.settled, "every size")
        fits = [dashboard.models.fits[model.key] for model in local_models]
        assert all(fit.measured_bytes for fit in fits)

        # AND one can come back to what was compared
        await pilot.press("C")
        await until(lambda: isinstance(pilot.app.screen, ComparisonScreen), "the results again")
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")


def _maps(engine: psutil.Process, name: str) -> bool:
    try:
        return name in Path(f"/proc/{engine.pid}/maps").read_text()
    except OSError:
        return False
