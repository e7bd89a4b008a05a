from textual.widgets import Static

from tests.ui.host import Host
from tests.waiting import until
from tui.ui.kit.quiet_timer import QuietTimer


async def test_only_the_last_work_of_a_quick_series_runs() -> None:
    ran: list[int] = []
    app = Host(Static)

    def work(number: int):
        async def run() -> None:
            ran.append(number)

        return run

    async with app.run_test():
        timer = QuietTimer(app.query_one(Static), 0.05, "test")
        for number in range(3):
            timer.restart(work(number))
        await until(lambda: ran, "the work")
        assert ran == [2]
        # WHEN it is stopped in time, nothing runs
        timer.restart(work(3))
        timer.stop()
        timer.restart(work(4))
        await until(lambda: len(ran) == 2, "the work after it")
        assert ran == [2, 4]


async def test_nothing_runs_before_the_widget_is_mounted() -> None:
    ran: list[int] = []

    async def work() -> None:
        ran.append(1)

    app = Host(Static)
    async with app.run_test() as pilot:
        QuietTimer(Static(), 0, "test").restart(work)
        await pilot.pause(0.05)
        assert ran == []
