"""Screen of tasks: followed while they are asked, stopped, read, exported and asked again."""

from pathlib import Path

import pytest

from tests.chat.scripted_comparison import ready
from tests.services.trials.scripted_trials import TrialHost, open_store, perfect
from tests.ui.compare.comparisons import ONE, words
from tests.ui.host import Host, machine, memory, reading
from tests.waiting import until
from tui.chat.trials.task_file import built_in_set, with_repeat
from tui.engine.options import AnswerRequest
from tui.services.trials.run import TrialRun
from tui.ui.compare.trials_screen import TrialsScreen, TrialTaskList
from tui.ui.gauges.row import GaugeRow

TASKS = with_repeat(built_in_set(), 1)


@pytest.mark.usefixtures("own_home")
async def test_a_run_is_followed_stopped_and_read_at_every_size(tmp_path: Path):
    # GIVEN a run whose third answer takes until it is stopped
    def reply(name: str, request: AnswerRequest) -> str | None:
        return perfect(name, request) if len(host.requests) < 3 else None

    host, store = TrialHost(reply), open_store(tmp_path)
    run = TrialRun((ONE,), TASKS, host, ready, store)
    app = Host(GaugeRow)
    results: list[bool | None] = []
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        row = app.query_one(GaugeRow)
        row.machine, row.reading = machine(), reading(memory_reading=memory(used=3.0))
        screen = TrialsScreen(row, lambda: run.board, run)
        app.push_screen(screen, results.append)
        work = app.run_worker(run.run)
        await until(lambda: screen.is_mounted and "(3 of 12)" in words(screen, "#trials-head"), "the third")
        # THEN the screen is at the task that is asked
        assert screen.query_one(TrialTaskList).highlighted == 2
        assert not screen.check_action("again", ())
        for size in ((200, 60), (80, 24), (120, 40)):
            await pilot.resize_terminal(*size)
            await until(lambda size=size: screen.size == size, "the new size")
            await pilot.pause()
            for selector in ("#trials-head", "#trials-ranking", "TrialTaskList", "#trials-answers"):
                region = screen.query_one(selector).region
                assert region.height > 0, (size, selector)
                assert screen.region.contains_region(region), (size, selector)

        # WHEN it is stopped THEN what was answered is there to read
        await pilot.press("escape")
        await until(lambda: screen.run_under_way is None, "the stop")
        await work.wait()
        await until(lambda: "goes on from here" in words(screen, "#trials-head"), "the end")
        await pilot.press("g")
        await until(lambda: "One Q4_1 · pass" in words(screen, "#trials-answer"), "the first answer")
        assert "2 of 2" in words(screen, "#trials-ranking")
        await pilot.press("e")
        await until(lambda: app._notifications, "the export")
        assert "tasks-" in next(iter(app._notifications)).message
        await pilot.press("n")
        await until(lambda: results == [True], "the wish to ask again")
    store.close()
