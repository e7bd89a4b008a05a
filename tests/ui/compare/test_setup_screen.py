"""What to compare: models, a prompt of one's own, tasks, and all of it at every size."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.chat.scripted_comparison import model
from tests.ui.compare.comparisons import ONE, TWO, words
from tests.ui.host import Host
from tests.ui.model_samples import fit
from tests.waiting import until
from tui.chat.comparing.comparison import ANSWER_TOKENS, PromptCase
from tui.chat.comparing.tasks import all_tasks
from tui.chat.trials.task import TaskSet
from tui.chat.trials.task_file import built_in_set, example_text
from tui.ui.chat.prompt.file_picker import FilePicker
from tui.ui.compare.setup_screen import CHOSEN, CompareSetup, OwnPrompt, SetupModel, TaskList

PAIR = (SetupModel(ONE, fit()), SetupModel(TWO, None))
Results = list[tuple[PromptCase, ...] | TaskSet | None]


@asynccontextmanager
async def setup(
    size: tuple[int, int] = (120, 40),
    prompt: str = "",
    loaded: str = "",
    models: Sequence[SetupModel] = PAIR,
    max_tokens: int | None = None,
) -> AsyncIterator[tuple[Pilot[None], CompareSetup, Results]]:
    app = Host()
    results: Results = []
    async with app.run_test(size=size) as pilot:
        screen = CompareSetup(models, prompt, loaded, max_tokens)
        app.push_screen(screen, results.append)
        await until(lambda: screen.is_mounted and words(screen, "#setup-models"), "the models")
        yield pilot, screen, results


async def test_every_choice_is_visible_at_every_size():
    async with setup(loaded="Big Q8_0") as (pilot, screen, _results):
        for size in ((200, 60), (120, 40), (80, 24), (60, 18)):
            await pilot.resize_terminal(*size)
            await until(lambda size=size: screen.size == size, "the new size")
            await pilot.pause()
            for selector in ("#setup-models", "OwnPrompt", "TaskList", "#setup-words"):
                region = screen.query_one(selector).region
                assert region.height > 0, (size, selector)
                assert screen.region.contains_region(region), (size, selector)
            assert screen.query_one(TaskList).size.height >= 3, size
        assert "Big Q8_0 is unloaded first" in words(screen, "#setup-words")


async def test_many_models_are_counted_after_the_first_ones_with_their_verdicts():
    many = [SetupModel(model(f"Model-{number}"), fit()) for number in range(6)]
    async with setup((60, 18), models=many) as (pilot, screen, _results):
        await pilot.pause()
        lines = words(screen, "#setup-models").splitlines()
        assert [line.split()[0] for line in lines] == ["Model-0", "Model-1", "Model-2", "and"]
        assert all("fits" in line for line in lines[:3])
        assert lines[-1] == "and 3 more"
        assert "unloaded first" not in words(screen, "#setup-words")


async def test_tasks_are_chosen_singly_or_together_and_none_is_a_problem():
    async with setup() as (pilot, screen, results):
        tasks = screen.query_one(TaskList)
        await pilot.press("enter")
        await until(lambda: "Write a prompt" in words(screen, "#setup-problem"), "the problem")
        await pilot.press("space", "j", "j", "space")
        await until(lambda: len(screen.cases) == 2, "two tasks")
        assert words(screen, "#setup-problem") == ""
        prompts = [str(option.prompt) for option in tasks.options]
        assert [prompt.startswith(CHOSEN) for prompt in prompts[:4]] == [True, False, True, False]
        assert "2 models, 2 prompts" in words(screen, "#setup-words")
        await pilot.press("a")
        await until(lambda: len(screen.cases) == len(all_tasks()), "all tasks")
        await pilot.press("a")
        await until(lambda: not screen.cases, "no task")
        # AND a click chooses as a key does
        await until(lambda: tasks.region.height == len(all_tasks()) + 2, "its place")
        await pilot.pause()
        await pilot.click(TaskList, offset=(6, 3))
        await until(lambda: [case.name for case in screen.cases] == [all_tasks()[3].name], "the task")
        await pilot.press("G", "k", "k", "space", "enter")
        await until(lambda: results, "the end")
        assert [[case.name for case in result or ()] for result in results] == [
            [all_tasks()[3].name, all_tasks()[-1].name]
        ]


@pytest.mark.parametrize(("max_tokens", "longest"), [(None, ANSWER_TOKENS), (40, 40)])
async def test_own_prompt_comes_first_and_keeps_its_lines(max_tokens: int | None, longest: int):
    async with setup(max_tokens=max_tokens) as (pilot, screen, results):
        await pilot.press("space", "shift+tab")
        await until(lambda: screen.query_one(OwnPrompt).has_focus, "the prompt")
        await pilot.press("H", "i", "ctrl+j", "a", "space", "enter")
        await until(lambda: results, "the end")
        assert results[0] is not None
        own, task = results[0]
        assert (own.name, own.prompt, own.max_tokens) == ("prompt", "Hi\na", longest)
        assert task.name == all_tasks()[0].name


async def test_draft_becomes_the_prompt_and_esc_starts_nothing():
    async with setup(prompt="Translate \x1b[31mthis.") as (pilot, screen, results):
        assert screen.query_one(OwnPrompt).text == "Translate this."
        assert screen.query_one(OwnPrompt).has_focus
        await pilot.press("escape")
        await until(lambda: results, "the end")
        assert results == [None]


async def test_tool_calls_are_asked_alone_and_one_model_is_enough():
    async with setup(models=PAIR[:1]) as (pilot, screen, results):
        await pilot.press("space", "enter")
        await until(lambda: "One model alone is not compared" in words(screen, "#setup-problem"), "why not")
        await pilot.press("G", "k", "enter")
        await until(lambda: results == [built_in_set()], "the tool calls")


async def test_a_file_of_tasks_is_chosen_and_its_mistakes_are_shown(tmp_path: Path):
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(example_text())
    bad.write_text('[[task]]\nprompt = 1\nchek = 2\n[[task]]\n[[task]]\nfor = "x"\n')
    async with setup() as (pilot, screen, results):
        for path in (bad, good):
            await pilot.press("G", "space")
            await until(lambda: isinstance(pilot.app.screen, FilePicker), "the files")
            pilot.app.screen.dismiss(path)
            if path is bad:
                await until(lambda: "bad.toml" in words(screen, "#setup-problem"), "the mistakes")
                lines = words(screen, "#setup-problem").splitlines()
                assert len(lines) == 5
                assert lines[-1].startswith("and ")
        await until(lambda: results, "the tasks")
        assert isinstance(results[0], TaskSet)
        assert len(results[0].tasks) > 1
