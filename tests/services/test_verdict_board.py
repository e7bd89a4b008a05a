"""The board of verdicts: judged at once, sized nearest first, and never by an answer of yesterday."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest

from tests.fit.machines import RAM_NAME, footprint
from tests.ui.model_samples import model, shape
from tests.waiting import until
from tui.engine.options import LoadSettings
from tui.fit.contexts import CONTEXTS
from tui.fit.sizing import Sized
from tui.fit.verdict import Fit, Pool, Verdict
from tui.models.model import Model, ModelFile
from tui.services.verdict_board import VerdictBoard
from tui.units import GIB

POOL = Pool(RAM_NAME, "ram", 16 * GIB, 10 * GIB, GIB)
SETTINGS = LoadSettings(context=4096)


def here(name: str, vocabulary: str = "", weights: int = GIB) -> Model:
    """A model on this disk, with a vocabulary to measure where one is named."""
    sample = model(name, is_local=True, weights=weights)
    file: ModelFile | None = sample.file
    assert file is not None
    changed = msgspec.structs.replace(file, vocabulary=vocabulary, size_bytes=weights)
    return msgspec.structs.replace(sample, file=changed, shape=shape())


class ScriptedSizer:
    """Sizes by formula at once; the engine's own size, which counts the asked ones, comes when it may."""

    def __init__(self, *, is_held: bool = False) -> None:
        """`held` plans and measurements wait for `let_go`."""
        self.asked_models: list[str] = []
        self.measured: list[str] = []
        self.saved = 0
        self.waiting = 0
        self._plans: dict[tuple[str, int, int], Sized] = {}
        self._measured_vocabularies: set[str] = set()
        self.plan_gate, self.measure_gate = asyncio.Event(), asyncio.Event()
        if not is_held:
            self.let_go()

    def let_go(self) -> None:
        self.plan_gate.set()
        self.measure_gate.set()

    @staticmethod
    def key(model: Model, settings: LoadSettings) -> tuple[str, int, int]:
        return model.key, model.weights_bytes, settings.context

    def known_size(self, model: Model, settings: LoadSettings) -> Sized:
        planned = self._plans.get(self.key(model, settings))
        return planned or Sized(msgspec.structs.replace(footprint(model.weights_bytes), source="formula"))

    def needs_engine(self, model: Model, settings: LoadSettings) -> bool:
        return self.key(model, settings) not in self._plans

    def needs_vocabulary(self, model: Model) -> bool:
        name = model.source.vocabulary if model.source is not None else ""
        return bool(name) and name not in self._measured_vocabularies

    async def size_quickly(self, model: Model, settings: LoadSettings) -> Sized:
        self.asked_models.append(model.name)
        self.waiting += 1
        await self.plan_gate.wait()
        self.waiting -= 1
        sized = Sized(footprint(model.weights_bytes + settings.context))
        self._plans[self.key(model, settings)] = sized
        return sized

    async def measure_vocabulary(self, model: Model, settings: LoadSettings) -> None:
        assert model.source is not None
        if not self.needs_vocabulary(model):
            return
        self.measured.append(model.source.vocabulary)
        await self.measure_gate.wait()
        self._measured_vocabularies.add(model.source.vocabulary)

    def save(self) -> None:
        self.saved += 1


class Scene:
    """A board with its sizer, and every report that it made."""

    def __init__(self, *, is_held: bool = False) -> None:
        self.sizer = ScriptedSizer(is_held=is_held)
        self.reports: list[Mapping[str, Fit]] = []
        self.board = VerdictBoard(self.sizer, SETTINGS, self.reports.append)  # type: ignore[arg-type]
        self.board.set_pools([POOL])

    @staticmethod
    def by_engine(report: Mapping[str, Fit]) -> set[str]:
        """Names of the models whose size is the engine's own."""
        return {
            key.rpartition("/")[2].partition("-")[0]
            for key, fit in report.items()
            if fit.footprint is not None and fit.footprint.source == "engine"
        }

    @property
    def sized(self) -> set[str]:
        """The same of the last report."""
        return self.by_engine(self.reports[-1])


@asynccontextmanager
async def running(board: VerdictBoard) -> AsyncIterator[None]:
    """The board at work for the length of a block."""
    work = asyncio.create_task(board.run())
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


ONE, TWO, THREE = here("One"), here("Two"), here("Three")


def test_all_models_are_judged_once_the_memory_is_known() -> None:
    reports: list[Mapping[str, Fit]] = []
    board = VerdictBoard(ScriptedSizer(), SETTINGS, reports.append)  # type: ignore[arg-type]
    board.set_models([ONE, TWO])
    assert (reports, board.fits, board.pools) == ([], {}, ())
    board.set_pools([POOL])
    assert set(reports[-1]) == {ONE.key, TWO.key}
    assert all(fit.verdict is Verdict.FITS for fit in reports[-1].values())


async def test_sizes_by_formula_stand_until_the_engine_has_answered() -> None:
    scene = Scene(is_held=True)
    scene.board.set_models([ONE, TWO])
    assert scene.sized == set()
    assert len(scene.reports[-1]) == 2
    async with running(scene.board):
        await until(lambda: scene.sizer.waiting == 2, "the questions")
        assert not scene.board.settled
        scene.sizer.let_go()
        await until(lambda: scene.board.settled, "the sizes")
    assert scene.sized == {"One", "Two"}
    assert scene.sizer.saved == 1


async def test_highlighted_model_is_sized_first_and_reported_at_once() -> None:
    scene = Scene(is_held=True)
    models = [here(f"M{number}") for number in range(6)]
    scene.board.set_models(models)
    async with running(scene.board):
        await until(lambda: scene.sizer.waiting == 2, "the questions")
        scene.board.prefer(models[5].key)
        scene.sizer.let_go()
        await until(lambda: scene.board.settled, "the sizes")
    assert scene.sizer.asked_models == ["M0", "M1", "M5", "M2", "M3", "M4"]
    # The list is not drawn for each row, but it is for this one.
    by_engine = [scene.by_engine(report) for report in scene.reports]
    assert {"M5"} in [sized - {"M0", "M1"} for sized in by_engine]
    assert len(by_engine) < len(models)


async def test_answer_for_outdated_settings_is_ignored() -> None:
    scene = Scene(is_held=True)
    scene.board.set_models([ONE])
    async with running(scene.board):
        await until(lambda: scene.sizer.waiting, "the question")
        scene.board.set_settings(LoadSettings(context=8192))
        scene.sizer.let_go()
        await until(lambda: scene.board.settled, "the sizes")
    assert {report[ONE.key].context for report in scene.reports[1:]} <= {4096, 8192}
    totals = {
        (fit.context, fit.footprint.total_bytes)
        for report in scene.reports
        for fit in report.values()
        if fit.footprint is not None and fit.footprint.source == "engine"
    }
    assert totals == {(8192, GIB + 8192)}


async def test_answer_for_a_replaced_file_is_ignored() -> None:
    scene = Scene(is_held=True)
    larger = here("One", weights=5 * GIB)
    assert larger.key == ONE.key
    # GIVEN a file whose size the engine has told already
    scene.sizer.let_go()
    await scene.sizer.size_quickly(larger, SETTINGS)
    scene.sizer.plan_gate.clear()
    scene.board.set_models([ONE])
    async with running(scene.board):
        await until(lambda: scene.sizer.waiting, "the question")
        # WHEN it takes the place of another one of its name, about which the engine is being asked
        scene.board.set_models([larger])
        scene.sizer.let_go()
        await until(lambda: scene.board.settled, "the sizes")
    fit = scene.board.fits[larger.key]
    assert fit.footprint is not None
    assert fit.footprint.total_bytes == 5 * GIB + SETTINGS.context


async def test_a_model_that_left_the_list_has_no_verdict_when_its_answer_comes() -> None:
    scene = Scene(is_held=True)
    scene.board.set_models([ONE, TWO])
    async with running(scene.board):
        await until(lambda: scene.sizer.waiting == 2, "the questions")
        scene.board.set_models([TWO])
        scene.sizer.let_go()
        await until(lambda: scene.board.settled, "the sizes")
    assert set(scene.board.fits) == set(scene.reports[-1]) == {TWO.key}


async def test_empty_list_has_no_verdicts_and_is_not_settled() -> None:
    scene = Scene()
    scene.board.set_models([ONE])
    async with running(scene.board):
        await until(lambda: scene.board.settled, "the size")
        scene.board.set_models([])
        assert (scene.board.fits, scene.reports[-1]) == ({}, {})
        await asyncio.sleep(0.01)
        assert not scene.board.settled
        # AND it goes on when there is something again
        scene.board.set_models([TWO])
        await until(lambda: scene.board.settled, "the size")
    assert scene.sized == {"Two"}


async def test_each_vocabulary_is_measured_once_starting_with_the_highlighted() -> None:
    scene = Scene()
    models = [here("A1", "a"), here("B1", "b"), here("A2", "a"), here("C1", "c")]
    scene.board.prefer(models[3].key)
    scene.board.set_models(models)
    async with running(scene.board):
        await until(lambda: scene.board.settled, "the sizes")
    assert scene.sizer.measured == ["c", "a", "b"]


async def test_a_change_is_sized_at_once_though_a_vocabulary_takes_long() -> None:
    scene = Scene()
    scene.sizer.measure_gate.clear()
    scene.board.set_models([here("One", "a"), here("Two", "a")])
    async with running(scene.board):
        await until(lambda: scene.sized == {"One", "Two"}, "the sizes")
        # WHEN another context is chosen while the vocabulary is still being measured
        scene.board.set_settings(LoadSettings(context=8192))
        await until(lambda: scene.sized == {"One", "Two"}, "the sizes for it")
        assert not scene.board.settled
        scene.sizer.let_go()
        await until(lambda: scene.board.settled, "the vocabulary")
    assert scene.sizer.measured == ["a"]


async def test_known_sizes_are_not_requested_again() -> None:
    scene = Scene()
    scene.board.set_models([ONE, TWO])
    async with running(scene.board):
        await until(lambda: scene.board.settled, "the sizes")
        for context in (8192, 4096):
            scene.board.set_settings(LoadSettings(context=context))
            assert not scene.board.settled
            await until(lambda: scene.board.settled, "the sizes")
    assert scene.sizer.asked_models == ["One", "Two"] * 2


async def test_sizes_known_before_the_memory_are_settled_when_that_is_known() -> None:
    # GIVEN sizes that an earlier start has asked for
    scene = Scene()
    scene.board.set_models([ONE, TWO])
    async with running(scene.board):
        await until(lambda: scene.board.settled, "the sizes")
    # WHEN the board has nothing to ask, and the memory comes later
    board = VerdictBoard(scene.sizer, SETTINGS, scene.reports.append)  # type: ignore[arg-type]
    board.set_models([ONE, TWO])
    async with running(board):
        for _turn in range(5):
            await asyncio.sleep(0)
        assert not board.settled
        board.set_pools([POOL])
        await until(lambda: board.settled, "the verdicts")
    assert scene.sizer.asked_models == ["One", "Two"]


async def test_free_memory_that_hardly_moved_changes_no_verdict() -> None:
    scene = Scene()
    scene.board.set_models([ONE])
    report_count = len(scene.reports)
    scene.board.set_pools([msgspec.structs.replace(POOL, free_bytes=POOL.free_bytes - 1000)])
    assert (len(scene.reports), scene.board.pools) == (report_count, [POOL])
    scene.board.set_pools([msgspec.structs.replace(POOL, free_bytes=GIB)])
    assert scene.board.fits[ONE.key].verdict is not Verdict.FITS


@pytest.mark.parametrize(("step", "end"), [(1, CONTEXTS[-1]), (-1, CONTEXTS[0])])
def test_the_context_goes_by_steps_and_stays_at_either_end(step: int, end: int) -> None:
    board = Scene().board
    seen = [board.settings.context]
    for _time in range(2 * len(CONTEXTS)):
        board.step_context(step)
        seen.append(board.settings.context)
    assert seen[-1] == end
    assert sorted(set(seen), reverse=step < 0) == [*dict.fromkeys(seen)]
    # AND from a context that is no step, it goes to the next one
    board.set_settings(LoadSettings(context=5000))
    board.step_context(step)
    assert board.settings.context == (8192 if step > 0 else 4096)


def test_kv_types_are_cycled() -> None:
    board = Scene().board
    seen: list[str] = []
    for _time in range(4):
        seen.append(board.settings.kv_type)
        board.next_kv_type()
    assert len(set(seen)) == 3
    assert seen[0] == seen[3]


def test_a_model_that_is_not_in_the_list_is_judged_by_what_is_known_at_once() -> None:
    scene = Scene()
    scene.board.set_models([ONE])
    fit = scene.board.judge(here("Other", weights=30 * GIB))
    assert (fit.verdict, len(scene.board.fits)) == (Verdict.TOO_BIG, 1)
    assert scene.board.judge(ONE) is scene.board.fits[ONE.key]


def test_a_model_that_runs_elsewhere_is_judged_so_and_none_of_the_others_is_changed_by_it() -> None:
    scene = Scene()
    served = msgspec.structs.replace(model("One"), place="localhost:8080")
    scene.board.set_models([ONE, served])
    assert scene.board.fits[served.key].verdict is Verdict.ELSEWHERE
    assert scene.board.fits[ONE.key].verdict is Verdict.FITS


async def test_a_board_that_is_cancelled_asks_nothing_more() -> None:
    scene = Scene(is_held=True)
    scene.board.set_models([ONE, TWO, THREE])
    async with running(scene.board):
        await until(lambda: scene.sizer.waiting == 2, "the questions")
    scene.sizer.let_go()
    await asyncio.sleep(0.01)
    assert scene.sizer.asked_models == ["One", "Two"]


def long_list(count: int) -> list[Model]:
    return [here(f"M{number}") for number in range(count)]


async def test_of_a_long_list_the_rows_in_sight_are_judged_at_once_and_the_others_in_slices() -> None:
    models = long_list(1200)
    reports: list[Mapping[str, Fit]] = []
    in_sight = [model.key for model in models[700:720]]
    sizer = ScriptedSizer()
    board = VerdictBoard(sizer, SETTINGS, reports.append, lambda: in_sight)  # type: ignore[arg-type]
    board.set_pools([POOL])
    board.set_models(models)
    assert set(board.fits) == set(in_sight)
    async with running(board):
        await until(lambda: len(board.fits) == len(models), "all verdicts")
        await until(lambda: board.settled, "the engine's sizes")
    assert len(sizer.asked_models) == len(models)
    assert reports[-1] == board.fits


async def test_a_change_of_the_context_judges_a_long_list_anew_without_a_mixture_at_the_end() -> None:
    models = long_list(1200)
    board = VerdictBoard(ScriptedSizer(is_held=True), SETTINGS, lambda _fits: None)  # type: ignore[arg-type]
    board.set_pools([POOL])
    board.set_models(models)
    async with running(board):
        await until(lambda: len(board.fits) > 100, "the first verdicts")
        board.set_settings(msgspec.structs.replace(SETTINGS, context=2048))
        await until(
            lambda: len(board.fits) == len(models) and {fit.context for fit in board.fits.values()} == {2048},
            "all verdicts for the new context",
        )


async def test_a_long_list_that_is_replaced_by_a_short_one_is_forgotten() -> None:
    board = VerdictBoard(ScriptedSizer(is_held=True), SETTINGS, lambda _fits: None)  # type: ignore[arg-type]
    board.set_pools([POOL])
    board.set_models(long_list(1200))
    async with running(board):
        await asyncio.sleep(0)
        board.set_models([ONE, TWO])
        assert set(board.fits) == {ONE.key, TWO.key}
        await asyncio.sleep(0.05)
        assert set(board.fits) == {ONE.key, TWO.key}


def test_a_long_list_waits_for_the_memory_to_be_known() -> None:
    models = long_list(600)
    board = VerdictBoard(ScriptedSizer(), SETTINGS, lambda _fits: None, lambda: [models[5].key])  # type: ignore[arg-type]
    board.set_models(models)
    assert board.fits == {}
    board.set_pools([POOL])
    assert set(board.fits) == {models[5].key}
