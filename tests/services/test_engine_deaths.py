"""Models that ended the engine twice in the same way."""

import asyncio

import msgspec

from tests.services.scripted_place import ScriptedPlace, opening
from tests.ui.model_samples import model
from tui.engine.failures import death
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Failed
from tui.models.model import Model
from tui.sentences import reason
from tui.services.engine_deaths import EngineDeaths
from tui.services.host import EngineHost
from tui.services.loading import LoadGate
from tui.services.sentences import sentence, sentences

HELLO = AnswerRequest((ChatMessage("user", "Hello"),))
SMALL = LoadSettings(context=256)
ABORTED, CRASHED, KILLED = (death(-number, []) for number in (6, 11, 9))
MODEL = model("Bad", "Q4_0", is_local=True)


def again(deaths: EngineDeaths, *ends: Failed, model: Model = MODEL) -> Failed | None:
    for end in ends:
        deaths.add(model, end)
    return deaths.refusal(model)


def test_model_that_crashed_the_engine_twice_is_refused() -> None:
    assert again(EngineDeaths(), ABORTED) is None
    assert again(EngineDeaths(), ABORTED, CRASHED) is None
    # What ends it from outside says nothing of the file; a failure that leaves it alive is no end.
    assert again(EngineDeaths(), KILLED, KILLED, KILLED) is None
    failure = Failed(1, "internal", reason("engine.no_model"))
    assert again(EngineDeaths(), failure, failure) is None

    deaths = EngineDeaths()
    refusal = again(deaths, ABORTED, CRASHED, ABORTED)
    assert refusal is not None
    assert sentence(refusal.reason) == (
        "Bad Q4_0 ended the engine twice in the same way, so it is not loaded again. "
        "It aborted on an error that it cannot recover from."
    )
    assert "Take another file" in sentences(refusal.reasons)
    # AND the advice to load it again is no more given
    assert deaths.explained(MODEL, ABORTED).hint == refusal.hint
    assert deaths.explained(None, ABORTED) == ABORTED
    # AND a file that was replaced may be tried
    assert MODEL.file is not None
    newer = msgspec.structs.replace(MODEL, file=msgspec.structs.replace(MODEL.file, modified_ns=5))
    assert deaths.refusal(newer) is None
    assert deaths.explained(newer, ABORTED) == ABORTED


async def test_the_host_counts_each_end_once_and_the_gate_refuses_the_third_load() -> None:
    ends: list[Failed] = []
    places = [ScriptedPlace(answer_waits=True, death=ABORTED) for _ in range(2)]
    host = EngineHost(ends.append, open_place=opening(*places))
    gate = LoadGate(has_engine=True, deaths=host.deaths)
    for number, place in enumerate(places, 1):
        assert gate.refusal(MODEL, None) is None
        await host.load(MODEL, SMALL)
        asyncio.get_running_loop().call_soon(place.kill)
        events = [event async for event in host.answer(HELLO)]
        while len(ends) < number:
            await asyncio.sleep(0)
        assert events[-1] == ends[-1]

    assert ends[0].hint == ABORTED.hint
    refusal = gate.refusal(MODEL, None)
    assert refusal is not None
    assert refusal.reason.code == "services.died_twice"
    assert ends[1].hint == refusal.hint
    # It is not let through when asked for twice, as one that is too big would be.
    assert gate.refusal(MODEL, None) == refusal
