"""The process of dry runs: started by a question, kept for the next ones, ended when idle or closed."""

import asyncio
from pathlib import Path

import pytest

from tests.fit.machines import SMALL
from tests.reasons import because
from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.engine.protocol import EngineReady, Failed
from tui.fit import dry_runs
from tui.fit.dry_runs import DryRuns
from tui.fit.plans import Sized
from tui.sentences import reason

SETTINGS = LoadSettings()


class ScriptedEngines:
    """Engine processes that answer each dry run with the next of `answers`."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.started = 0
        self.ended = 0

    async def start(self) -> "ScriptedEngine":
        self.started += 1
        return ScriptedEngine(self)


class ScriptedEngine:
    """One of those processes."""

    def __init__(self, engines: ScriptedEngines) -> None:
        self._engines = engines
        self.ready = None
        self.alive = True

    async def plan(self, _path: Path, _settings: LoadSettings, _skip: object, _offset: int) -> object:
        await asyncio.sleep(0)
        answer = self._engines.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        self.alive = False
        self._engines.ended += 1


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngines:
    engines = ScriptedEngines()
    monkeypatch.setattr(dry_runs, "Engine", engines)
    return engines


def failure(kind: str) -> EngineFailure:
    return EngineFailure(Failed(1, kind, because("it broke"), because("mend it")))


async def ask(runs: DryRuns) -> Sized | None:
    return await runs.ask(Path("/m.gguf"), SETTINGS, None)


async def test_one_process_answers_several_questions_and_says_once_that_it_is_ready(
    engines: ScriptedEngines,
) -> None:
    engines.answers = [SMALL, SMALL]
    builds: list[EngineReady] = []
    runs = DryRuns(builds.append, lambda: None)

    answers = await asyncio.gather(ask(runs), ask(runs))

    assert answers == [Sized(SMALL), Sized(SMALL)]
    assert (engines.started, len(builds)) == (1, 1)
    await runs.close()
    assert engines.ended == 1


async def test_closed_process_answers_nothing_and_starts_nothing(engines: ScriptedEngines) -> None:
    runs = DryRuns(lambda _ready: None, lambda: None)
    await runs.close()

    assert await ask(runs) is None
    assert engines.started == 0


async def test_a_refusal_is_the_answer_and_the_process_stays(engines: ScriptedEngines) -> None:
    engines.answers = [failure("not_a_model"), SMALL]
    runs = DryRuns(lambda _ready: None, lambda: None)

    assert await ask(runs) == Sized(None, because("it broke"))
    assert await ask(runs) == Sized(SMALL)
    assert engines.started == 1
    await runs.close()


async def test_after_a_crash_the_next_question_gets_a_fresh_process(engines: ScriptedEngines) -> None:
    engines.answers = [failure("died"), SMALL]
    runs = DryRuns(lambda _ready: None, lambda: None)

    assert await ask(runs) == Sized(None, because("it broke"))
    assert await ask(runs) == Sized(SMALL)
    assert engines.started == 2
    await runs.close()


async def test_a_missing_engine_is_a_problem_and_no_answer(engines: ScriptedEngines) -> None:
    engines.answers = [failure("engine_missing")]
    runs = DryRuns(lambda _ready: None, lambda: None)

    assert await ask(runs) is None
    assert runs.problem == reason("fit.no_engine", why=because("it broke"), hint=because("mend it"))
    await runs.close()


async def test_an_idle_process_ends_and_the_next_question_starts_another(
    engines: ScriptedEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_runs, "_IDLE_SECONDS", 0.01)
    engines.answers = [SMALL, SMALL]
    idle = asyncio.Event()
    runs = DryRuns(lambda _ready: None, idle.set)

    await ask(runs)
    await asyncio.wait_for(idle.wait(), 10)
    assert await ask(runs) == Sized(SMALL)

    assert engines.started == 2
    await runs.close()
    assert engines.ended == 2
