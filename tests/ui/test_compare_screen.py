"""What to ask, and the answers side by side: both screens, and the way through them with the real engine."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import msgspec
import psutil
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.chat.compared import MIB, ScriptedHost, died, engines, model, ready
from tests.saying import saying
from tests.ui.dashboard.test_dashboard import ask, load_first, running
from tests.ui.host import Host, machine, memory, reading
from tests.ui.model_samples import POOL, fit
from tests.waiting import until
from tui.chat.comparing.comparison import Comparison, ComparisonStep, PreparedLoad, own_case, task_case
from tui.chat.comparing.tasks import all_tasks, tasks_named
from tui.engine.protocol import Failed
from tui.fit.verdict import Speed, Verdict
from tui.services.comparing.comparison_run import ComparisonRun
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.compare.flow import CompareFlow
from tui.ui.compare.lines import case_line, foot_lines, head_line, length_words, model_line
from tui.ui.compare.screen import CaseList, ComparisonScreen
from tui.ui.compare.setup_screen import CHOSEN, CompareSetup, OwnPrompt, SetupModel, TaskList
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.pieces import plain, width_of

ONE, TWO, THREE = model("One"), model("Two", 200 * MIB), model("Three")
HELLO = own_case("Say hello.")
SUM = task_case(tasks_named(["arithmetic-en"])[0])


class StandIn:
    """Comparisons as the screen needs them."""

    def __init__(self, *past: Comparison, run: ComparisonRun | None = None) -> None:
        self.past = list(past)
        self.run = run
        self.changes = 0

    @property
    def all(self) -> Sequence[Comparison]:
        return (*self.past, self.run.comparison) if self.run else tuple(self.past)

    def stop(self) -> None:
        assert self.run is not None
        self.run.stop()


async def compared(host: ScriptedHost | None = None, *models, prepare=ready) -> Comparison:
    run = ComparisonRun(models or (ONE, TWO), (HELLO, SUM), host or ScriptedHost(), prepare)
    return await run.run()


@asynccontextmanager
async def shown(
    comparing: StandIn, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot, ComparisonScreen, list[bool | None]]]:
    app = Host(GaugeRow)
    results: list[bool | None] = []
    async with app.run_test(size=size, notifications=True) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = machine()
        row.reading = reading(held=memory(used=3.0))
        screen = ComparisonScreen(comparing, row)
        app.push_screen(screen, results.append)
        await until(lambda: screen.is_mounted and screen.columns and texts(screen)[0], "the answers")
        yield pilot, screen, results


def words(screen, selector: str) -> str:
    return screen.query_one(selector, Static).visual.plain


def texts(screen) -> list[str]:
    """Each column's answer and foot."""
    found = []
    for column in screen.columns:
        parts = [column.query_one(name, Static).visual.plain for name in (".answer-text", ".answer-foot")]
        found.append("\n".join(parts).strip())
    return found


# The lines


async def test_a_prompts_line_has_a_mark_for_each_model():
    found = await compared(ScriptedHost({SUM.prompt: "399, or 7"}))
    assert plain(case_line(found, 0, 30)) == "Your prompt                · ·"
    assert plain(case_line(found, 1, 30)) == "Arithmetic, English        ? ?"
    for width in (8, 12, 20, 60):
        assert width_of(case_line(found, 1, width)) <= width


async def test_short_titles_stand_where_the_long_ones_have_no_room():
    cases = [task_case(task) for task in all_tasks()]
    found = await ComparisonRun((ONE, TWO), cases, ScriptedHost(), ready).run()
    wide, narrow = ([plain(case_line(found, n, width)) for n in range(len(cases))] for width in (60, 19))
    assert [line.split("  ")[0] for line in wide] == [case.title for case in cases]
    assert [line[:15].rstrip() for line in narrow] == [case.brief for case in cases]
    assert len(set(narrow)) == len(cases)
    assert all(width_of(case_line(found, n, 19)) == 19 for n in range(len(cases)))


async def test_the_foot_has_the_figures_and_what_the_check_says():
    found = await compared(ScriptedHost({SUM.prompt: "399"}, device_bytes=64 * MIB))
    side = found.sides[0]
    lines = [plain(line) for line in foot_lines(found, side, side.cells[1])]
    figures = "10.0 tok/s · first token 0.6 s · peak 150 MiB · on the GPU 64.0 MiB"
    assert lines == [figures, "✓ pass: 399 is right"]


async def test_the_head_says_what_goes_on_and_what_came_of_it():
    found = await compared()
    assert plain(head_line(found, None, 80)).startswith("Done")
    doing = plain(head_line(found, ComparisonStep("answering", 1, 0), 80))
    assert "Two Q4_1: Your prompt (1 of 2)" in doing
    assert width_of(head_line(found, ComparisonStep("answering", 1, 0), 20)) <= 20


def test_what_it_will_take_is_told_only_where_every_speed_is_known():
    speeds = (Speed(10.0, "measured"), Speed(5.0, "estimated"))
    fits = [msgspec.structs.replace(fit(), speed=speed) for speed in speeds]
    told = length_words(2, (SUM,), fits)
    assert told == "2 models, 1 prompt, at most 1 min 18 s of writing"
    assert length_words(2, (SUM,), [fits[0], None]) == "2 models, 1 prompt"
    assert length_words(2, (), fits) == "2 models, 0 prompts"


def test_a_models_line_keeps_its_verdict_where_it_is_narrow():
    line = plain(model_line(model("A-very-long-name-of-a-model-Instruct"), fit(Verdict.TOO_BIG), 40))
    assert "too big" in line
    assert "Q4_1" in line


# What to ask


@asynccontextmanager
async def setup(
    size: tuple[int, int] = (120, 40), prompt: str = "", loaded: str = ""
) -> AsyncIterator[tuple[Pilot, CompareSetup, list]]:
    app = Host()
    results: list = []
    async with app.run_test(size=size) as pilot:
        screen = CompareSetup([SetupModel(ONE, fit()), SetupModel(TWO, None)], prompt, loaded)
        app.push_screen(screen, results.append)
        await until(lambda: screen.is_mounted and words(screen, "#setup-models"), "the models")
        yield pilot, screen, results


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 60)])
async def test_everything_to_choose_is_on_the_screen_at_every_size(size):
    async with setup(size, loaded="Big Q8_0") as (pilot, screen, _results):
        await pilot.pause()
        for selector in ("#setup-models", "OwnPrompt", "TaskList", "#setup-words"):
            region = screen.query_one(selector).region
            assert region.height > 0, selector
            assert screen.region.contains_region(region), selector
        assert screen.query_one(TaskList).size.height >= 3
        assert "Big Q8_0 is unloaded first" in words(screen, "#setup-words")


async def test_tasks_are_chosen_one_by_one_or_all():
    async with setup() as (pilot, screen, results):
        tasks = screen.query_one(TaskList)
        await pilot.press("space", "j", "j", "space")
        await until(lambda: len(screen.cases) == 2, "two tasks")
        prompts = [str(option.prompt) for option in tasks.options]
        assert [prompt.startswith(CHOSEN) for prompt in prompts[:4]] == [True, False, True, False]
        assert "2 models, 2 prompts" in words(screen, "#setup-words")
        await pilot.press("a")
        await until(lambda: len(screen.cases) == len(all_tasks()), "all tasks")
        await pilot.press("a")
        await until(lambda: not screen.cases, "no task")
        await pilot.press("G", "space", "enter")
        await until(lambda: results, "the end")
        assert [case.name for case in results[0]] == [all_tasks()[-1].name]


async def test_nothing_to_ask_is_said_and_mended():
    async with setup() as (pilot, screen, results):
        await pilot.press("enter")
        await until(lambda: "Write a prompt" in words(screen, "#setup-problem"), "the problem")
        assert results == []
        await pilot.press("space")
        await until(lambda: words(screen, "#setup-problem") == "", "no problem")


async def test_a_prompt_of_ones_own_comes_first_and_keeps_its_lines():
    async with setup() as (pilot, screen, results):
        await pilot.press("space", "shift+tab")
        await until(lambda: screen.query_one(OwnPrompt).has_focus, "the prompt")
        await pilot.press("H", "i", "ctrl+j", "a", "space", "enter")
        await until(lambda: results, "the end")
        first, second = results[0]
        assert (first.name, first.prompt) == ("prompt", "Hi\na")
        assert second.name == all_tasks()[0].name


async def test_what_was_being_written_is_the_prompt_and_esc_asks_nothing():
    async with setup(prompt="Translate \x1b[31mthis.") as (pilot, screen, results):
        assert screen.query_one(OwnPrompt).text == "Translate this."
        assert screen.query_one(OwnPrompt).has_focus
        await pilot.press("escape")
        await until(lambda: results, "the end")
        assert results == [None]


async def test_a_click_chooses_a_task():
    async with setup() as (pilot, screen, _results):
        tasks = screen.query_one(TaskList)
        await until(
            lambda: tasks.region.height == len(all_tasks()) and words(screen, "#setup-words"), "its place"
        )
        await pilot.pause()
        await pilot.click(TaskList, offset=(6, 3))
        await until(lambda: [case.name for case in screen.cases] == [all_tasks()[3].name], "the task")


# The answers


@pytest.mark.parametrize(("width", "count"), [(80, 1), (100, 2), (120, 2), (200, 3)])
async def test_as_many_answers_stand_side_by_side_as_there_is_room_for(width: int, count: int):
    found = await compared(None, ONE, TWO, THREE)
    async with shown(StandIn(found), (width, 30)) as (pilot, screen, _results):
        await until(lambda: len(screen.columns) == count, "the columns")
        await pilot.pause()
        for column in screen.columns:
            assert screen.region.contains_region(column.region)
            assert column.size.width >= 32
            assert column.scroll.size.height >= 3
        gauge = screen.query_one("#memory")

        def held() -> str:
            lines = range(gauge.size.height)
            return "".join(segment.text for line in lines for segment in gauge.render_line(line))

        await until(lambda: "3.0 / 8.0 GiB" in held(), "the memory")


async def test_one_at_a_time_left_and_right_go_through_the_models():
    found = await compared(None, ONE, TWO)
    async with shown(StandIn(found), (80, 24)) as (pilot, screen, _results):
        titles = []
        for key in ("right", "right", "left"):
            titles.append(str(screen.columns[0].border_title))
            await pilot.press(key)
        titles.append(str(screen.columns[0].border_title))
        assert titles == ["One Q4_1", "Two Q4_1", "Two Q4_1", "One Q4_1"]


async def test_the_highlighted_prompts_answers_are_shown():
    host = ScriptedHost({SUM.prompt: "It is [bold]399[/bold]", HELLO.prompt: "\x1b[31mGood day.\x07"})
    async with shown(StandIn(await compared(host))) as (pilot, screen, _results):
        assert [text.splitlines()[0] for text in texts(screen)] == ["Good day.", "Good day."]
        assert words(screen, "#comparison-prompt") == "Say hello."
        await pilot.press("j")
        await until(lambda: texts(screen)[0].startswith("It is [bold]399[/bold]"), "the other answers")
        assert all("✓ pass: 399 is right" in text for text in texts(screen))
        assert [str(column.border_subtitle) for column in screen.columns] == ["1 of 1 passed"] * 2


async def test_why_there_is_no_answer_stands_where_it_would_be():
    why = Failed(0, "memory", saying("Too big: it needs 9 GiB."), saying("Choose a smaller one."))

    async def prepare(each) -> PreparedLoad:
        plan = await ready(each)
        return PreparedLoad(plan.settings, refused=why if each is ONE else None)

    found = await compared(ScriptedHost({HELLO.prompt: died()}), prepare=prepare)
    async with shown(StandIn(found)) as (_pilot, screen, _results):
        refused, broken = texts(screen)
        assert refused == "! Too big: it needs 9 GiB. Choose a smaller one."
        assert broken == "Half an\n! The engine's process ended. Load it again."


async def test_esc_stops_it_and_then_leaves():
    host = ScriptedHost({HELLO.prompt: None})
    run = ComparisonRun((ONE, TWO), (HELLO, SUM), host, ready)
    comparing = StandIn(run=run)

    async def to_its_end() -> None:
        await run.run()
        comparing.run, comparing.past = None, [run.comparison]
        comparing.changes += 1

    task = asyncio.create_task(to_its_end())
    await until(lambda: run.comparison.sides[0].cells[0].text == "It goes on", "the answer")
    async with shown(comparing) as (pilot, screen, results):
        comparing.changes += 1
        await until(lambda: texts(screen)[0].startswith("It goes on"), "the answer on the screen")
        assert "One Q4_1: Your prompt (1 of 2)" in words(screen, "#comparison-head")
        await pilot.press("escape")
        await task
        await until(lambda: "Stopped" in words(screen, "#comparison-head"), "the end")
        assert "Stopped before its end." in texts(screen)[0]
        assert results == []
        await pilot.press("escape")
        await until(lambda: results, "the way out")
        assert results == [False]


async def test_asking_something_else_is_told_to_the_owner():
    async with shown(StandIn(await compared())) as (pilot, _screen, results):
        await pilot.press("n")
        await until(lambda: results, "the way out")
        assert results == [True]


async def test_earlier_comparisons_can_be_come_back_to():
    first, second = await compared(None, ONE, TWO), await compared(None, THREE, TWO)
    async with shown(StandIn(first, second)) as (pilot, screen, _results):
        await until(lambda: str(screen.columns[0].border_title) == "Three Q4_1", "the second")
        await pilot.press("left_square_bracket")
        await until(lambda: str(screen.columns[0].border_title) == "One Q4_1", "the first")
        assert str(screen.query_one(CaseList).border_subtitle).startswith("1 of 2")
        await pilot.press("right_square_bracket")
        await until(lambda: str(screen.columns[0].border_title) == "Three Q4_1", "the second")


async def test_it_is_written_as_markdown_into_the_data_folder_and_said_where(own_home: Path):
    async with shown(StandIn(await compared())) as (pilot, _screen, _results):
        await pilot.press("e", "e")
        await until(lambda: len(pilot.app._notifications) == 2, "the notices")
        files = sorted((own_home / "data" / "llmtui" / "comparisons").iterdir())
        assert len(files) == 2
        assert all(file.read_text().startswith("# Comparison: 2 models") for file in files)
        assert all("comparisons" in note.message for note in pilot.app._notifications)


async def test_a_folder_that_cannot_be_written_is_said(own_home: Path):
    (own_home / "data").mkdir(parents=True, exist_ok=True)
    (own_home / "data" / "llmtui").write_text("a file where the folder should be")
    async with shown(StandIn(await compared())) as (pilot, _screen, _results):
        await pilot.press("e")
        await until(lambda: pilot.app._notifications, "the notice")
        (note,) = pilot.app._notifications
        assert note.message.startswith("It could not be written")


# With the real engine


@pytest.mark.usefixtures("own_home")
async def test_two_models_are_compared_from_the_list_and_the_chat_stays(tmp_path: Path, smollm2: Path):
    copy = tmp_path / "Copy-Q4_1.gguf"
    shutil.copyfile(smollm2, copy)
    settings = Settings(temperature=0, max_tokens=6, context=512, measure_speed=False)
    async with running(settings=settings, places=SearchPaths(files=(copy,))) as (pilot, dashboard):
        # GIVEN a chat with a loaded model, and two models marked
        await until(lambda: dashboard.reading is not None, "a reading")
        await load_first(pilot, dashboard)
        await ask(pilot, "Name a colour.")
        # Its receipt comes with the next reading.
        await until(lambda: (last := dashboard.chat.conversation.last_reply) and last.receipt, "the receipt")
        talked = dashboard.chat.conversation.messages
        await pilot.press("f2")
        here = [each for each in dashboard.models.listing.shown_models if each.file]
        for one in here:
            dashboard.models.listing.highlight(one.key)
            await until(lambda one=one: dashboard.models.highlighted == one, "the highlight")
            await pilot.press("space")
        await until(lambda: len(dashboard.models.marked) == 2, "the marks")

        # WHEN they are asked the same
        await pilot.press("C")
        await until(lambda: isinstance(pilot.app.screen, CompareSetup) and pilot.app.screen.is_mounted)
        assert "is unloaded first" in words(pilot.app.screen, "#setup-words")
        pilot.app.screen.query_one(OwnPrompt).text = "Say hello."
        await pilot.press("enter")
        most = 0

        def over() -> bool:
            nonlocal most
            loaded = [engine for engine in engines() if _maps(engine, "Q4_1.gguf")]
            most = max(most, len(loaded))
            return isinstance(pilot.app.screen, ComparisonScreen) and not dashboard.comparing

        await until(over, "the comparison")

        # THEN each has answered, never two of them in memory, and the chat is what it was
        screen = pilot.app.screen
        assert most <= 1
        assert [side.model for side in screen.comparison.sides] == here
        assert all(cell.text for side in screen.comparison.sides for cell in side.cells)
        assert dashboard.engine_pid is None
        assert dashboard.chat.conversation.messages == talked

        # AND the speeds that were seen are known from now on
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        assert dashboard.models.listing.loaded_key is None
        await until(lambda: dashboard.models.settled, "every size")
        fits = [dashboard.models.fits[one.key] for one in here]
        assert all(each.measured_bytes for each in fits)

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


def test_without_marks_or_before_the_machine_is_known_it_is_said_what_to_do():
    pools: list[object] = []
    pane = SimpleNamespace(pools_here=pools)
    comparing = CompareFlow(
        SimpleNamespace(host=None, measurement=SimpleNamespace(add_reply=None), settings=Settings()),
        pane,
        None,
        lambda: None,
    )
    assert "Mark two or more models with Space" in comparing.refusal([ONE])
    assert "has not been looked at yet" in comparing.refusal([ONE, TWO])
    pools.append(POOL)
    assert comparing.refusal([ONE, TWO]) == ""
