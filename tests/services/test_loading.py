"""Loads: what refuses them, how they are shown, and a model that is open for the length of a block."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import pytest

from tests.chat.scripted_comparison import engines
from tests.chat.scripted_comparison import model as model_on_disk
from tests.fit.machines import NOT_SIZED
from tests.gguf_files import write_llama
from tests.models.stores.trees import gguf_bytes, llamafile
from tests.reasons import because, sentence_of
from tests.services.scripted_place import ScriptedPlace, opening
from tests.ui.model_samples import fit, model
from tests.waiting import until
from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed, Loaded
from tui.fit.sizing import MADE_FOR_OLLAMA
from tui.fit.verdict import Verdict
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.sentences import reason
from tui.services.host import EngineHost
from tui.services.loading import LoadGate, load_model, load_refusal, open_model, unusable

SMALL = LoadSettings(context=256)
HERE = model("Llama-3.2-3B-Instruct", is_local=True)
ABSENT = model("Llama-3.2-3B-Instruct")
BAD = model("Broken", error=NOT_SIZED)
SERVED = msgspec.structs.replace(ABSENT, place="localhost:8080")
TOO_BIG = fit(Verdict.TOO_BIG, why=NOT_SIZED)


def code_of(failed: Failed | None) -> str | None:
    return failed.reason.code if failed is not None else None


# Refusals


def test_a_model_without_a_file_is_refused_with_the_command_that_downloads_it() -> None:
    refusal = unusable(ABSENT)
    assert refusal is not None
    assert (refusal.kind, refusal.reason.code) == ("missing", "services.not_on_disk")
    assert sentence_of(refusal.reason) == "Llama-3.2-3B-Instruct Q4_K_M is not on this disk."
    assert sentence_of(refusal.hint) == "To download it: llmtui pull Llama-3.2-3B-Instruct"


def test_a_model_without_a_file_and_outside_the_catalogue_goes_by_its_name() -> None:
    refusal = unusable(Model("Own", "Q8_0", 1, None, None, None))
    assert refusal is not None
    assert sentence_of(refusal.hint) == "To download it: llmtui pull Own"


def test_a_file_that_cannot_be_used_is_refused_with_its_own_reason() -> None:
    refusal = unusable(BAD)
    assert refusal is not None
    assert (refusal.kind, refusal.reason.code) == ("unreadable", "services.file_unusable")
    assert refusal.reason.facts == {"file": "Broken-Q4_K_M.gguf", "why": NOT_SIZED}


def test_a_model_that_runs_elsewhere_needs_no_file_of_this_disk() -> None:
    assert unusable(SERVED) is None
    assert load_refusal(SERVED, fit(Verdict.ELSEWHERE)) is None
    # Nor does a file of its name here count, which that place does not read.
    assert unusable(msgspec.structs.replace(BAD, place="localhost:8080")) is None


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.TOO_BIG])
def test_every_verdict_except_too_big_may_be_loaded(verdict: Verdict) -> None:
    assert load_refusal(HERE, fit(verdict)) is None


def test_a_model_that_is_too_big_is_refused_with_the_reason_of_its_verdict() -> None:
    refusal = load_refusal(HERE, TOO_BIG)
    assert refusal is not None
    assert (refusal.kind, refusal.reason.code) == ("memory", "services.too_big")
    assert refusal.reason.facts == {"model": HERE.label, "why": NOT_SIZED}
    # AND a file that is not there is the first thing to say
    assert code_of(load_refusal(ABSENT, TOO_BIG)) == "services.not_on_disk"


# The gate


def test_too_big_model_is_loaded_on_a_second_request() -> None:
    gate = LoadGate(has_engine=True)
    refusals = [code_of(gate.refusal(HERE, TOO_BIG)) for _time in range(4)]
    assert refusals == ["services.too_big", None, "services.too_big", None]


def test_second_request_allows_only_the_same_model() -> None:
    gate = LoadGate(has_engine=True)
    other_model = model("Qwen3-8B", is_local=True)
    assert gate.refusal(HERE, TOO_BIG) is not None
    assert code_of(gate.refusal(other_model, TOO_BIG)) == "services.too_big"
    assert code_of(gate.refusal(HERE, TOO_BIG)) == "services.too_big"
    # AND a load in between is an end of insisting
    assert gate.refusal(other_model, fit()) is None
    assert code_of(gate.refusal(HERE, TOO_BIG)) == "services.too_big"


def test_second_request_does_not_allow_a_missing_file() -> None:
    gate = LoadGate(has_engine=True)
    for refused, code in ((ABSENT, "services.not_on_disk"), (BAD, "services.file_unusable")):
        assert [code_of(gate.refusal(refused, fit())) for _time in range(3)] == [code] * 3


def test_model_without_a_verdict_may_be_loaded() -> None:
    assert LoadGate(has_engine=True).refusal(HERE, None) is None


def test_without_an_engine_the_gate_is_closed_with_the_command_that_installs_one() -> None:
    closed = LoadGate(has_engine=False).closed
    assert closed is not None
    assert (closed.kind, closed.reason.code) == ("engine_missing", "services.engine_missing")
    assert "llama-cpp-python" in sentence_of(closed.hint)
    assert LoadGate(has_engine=True).closed is None


def test_nothing_is_loaded_during_a_replay() -> None:
    machine = reason("hardware.recorded_machine", title="MacBook Pro M1")
    gate = LoadGate(has_engine=True, replayed=machine)
    for refusal in (gate.closed, gate.refusal(HERE, fit()), gate.refusal(HERE, fit())):
        assert refusal is not None
        assert refusal.reason.code == "services.replaying"
        assert "MacBook Pro M1" in sentence_of(refusal.hint)


# A load in a view


class NotedLoad:
    """Notes what a view is told."""

    def __init__(self) -> None:
        self.notes: list[object] = []

    def show_loading(self, model: Model, fraction: float | None, seconds_left: float | None) -> None:
        self.notes.append((model.name, fraction, seconds_left is not None))

    def show_failure(self, failed: Failed) -> None:
        self.notes.append(failed.reason.code)

    def show_loaded(self, loaded: Loaded) -> None:
        self.notes.append(loaded.template)


ONE, TWO = model_on_disk("One"), model_on_disk("Two")


async def test_a_load_is_shown_from_its_beginning_to_its_end() -> None:
    view = NotedLoad()
    host = EngineHost(open_place=opening(ScriptedPlace()))
    loaded = await load_model(host, view, ONE, SMALL)
    assert loaded is host.loaded
    assert view.notes == [("One", None, False), ("One", 0.01, False), ("One", 0.5, True), "model"]


async def test_a_load_that_fails_is_shown_with_its_reason() -> None:
    view = NotedLoad()
    failure = Failed(1, "memory", because("no room"))
    host = EngineHost(open_place=opening(ScriptedPlace(load_failure=failure)))
    assert await load_model(host, view, ONE, SMALL) is None
    assert view.notes[-1] == failure.reason.code
    assert (host.model, host.loading) == (None, False)


async def test_a_place_that_does_not_open_is_shown_with_its_reason() -> None:
    async def closed_place(_model: Model) -> ScriptedPlace:
        raise EngineFailure(Failed(0, "engine_missing", reason("engine.not_installed")))

    view = NotedLoad()
    assert await load_model(EngineHost(open_place=closed_place), view, ONE, SMALL) is None
    assert view.notes == [("One", None, False), "engine.not_installed"]


async def test_a_load_that_the_user_stops_is_shown_as_stopped() -> None:
    view, place = NotedLoad(), ScriptedPlace(load_waits=True)
    host = EngineHost(open_place=opening(place))
    load = asyncio.create_task(load_model(host, view, ONE, SMALL))
    await until(lambda: place.current, "the load")
    host.stop()
    assert await load is None
    assert view.notes[-1] == "engine.load_stopped"


async def test_replaced_load_does_not_overwrite_the_new_progress() -> None:
    view, place = NotedLoad(), ScriptedPlace(load_waits=True)
    host = EngineHost(open_place=opening(place, ScriptedPlace()))
    first = asyncio.create_task(load_model(host, view, ONE, SMALL))
    await until(lambda: place.current, "the load")
    second = asyncio.create_task(load_model(host, view, TWO, SMALL))
    assert await first is None
    assert await second is host.loaded
    assert "engine.load_stopped" not in view.notes
    assert view.notes[-4:] == [("Two", None, False), ("Two", 0.01, False), ("Two", 0.5, True), "model"]


async def test_load_ended_by_the_memory_guard_has_that_reason() -> None:
    view, place = NotedLoad(), ScriptedPlace(load_waits=True)
    host = EngineHost(open_place=opening(place))
    load = asyncio.create_task(load_model(host, view, ONE, SMALL))
    await until(lambda: place.current, "the load")
    host.kill(Failed(0, "memory", reason("services.memory_short", free=1)))
    assert await load is None
    assert view.notes[-1] == "services.memory_short"


# A model that is open for a block


@pytest.fixture
def small(tmp_path: Path) -> Callable[[], Model]:
    def write() -> Model:
        file = model_file(write_llama(tmp_path / "small.gguf"), "test")
        return Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)

    return write


async def test_model_is_open_for_a_block_and_its_memory_is_freed_afterwards(
    small: Callable[[], Model],
) -> None:
    model = small()
    pids: list[int] = []

    async def break_off() -> None:
        async with open_model(model, LoadSettings(context=100_000)) as opened:
            assert opened.host.pid is not None
            pids.append(opened.host.pid)
            # It is loaded as it was sized, no longer than it was trained for.
            assert (opened.settings.context, opened.loaded.context) == (512, 512)
            assert opened.predicted_bytes is not None
            assert opened.predicted_bytes > model.weights_bytes
            assert opened.host.holds(model)
            raise KeyError

    with pytest.raises(KeyError):
        await break_off()
    assert not psutil.pid_exists(pids[0])
    assert engines() == []


async def test_file_deleted_since_the_scan_opens_no_block(small: Callable[[], Model]) -> None:
    model = small()
    assert model.path is not None
    model.path.unlink()
    opening_block = open_model(model, SMALL)
    with pytest.raises(EngineFailure, match="file_missing") as caught:
        await opening_block.__aenter__()
    assert caught.value.failed.kind == "missing"
    assert engines() == []


# Files that another program's engine loads, and models inside programs


def test_a_model_that_is_misaligned_in_a_llamafile_is_refused_with_the_command_that_unpacks_it(
    tmp_path: Path,
) -> None:
    path = llamafile(tmp_path / "Tiny-Q4_0.llamafile", gguf_bytes("Tiny"), aligned=False)
    file = model_file(path, "own")

    refusal = unusable(Model(file.name, file.quant, file.weights_bytes, file.shape, file, None))

    assert refusal is not None
    assert 'unzip "Tiny-Q4_0.llamafile" "*.gguf"' in sentence_of(refusal.reason)


def test_a_file_that_only_ollama_loads_is_refused_with_the_reason_of_its_verdict() -> None:
    why = reason(MADE_FOR_OLLAMA, name="x:1b", architecture="gptoss", store="Ollama", why=NOT_SIZED)

    refusal = load_refusal(HERE, fit(Verdict.UNKNOWN, why=why))

    assert refusal is not None
    assert sentence_of(refusal.reason).startswith(
        "x:1b is made for Ollama's own engine (architecture gptoss)."
    )
