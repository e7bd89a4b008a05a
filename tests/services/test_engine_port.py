"""The port: a place elsewhere is to the host what a process here is, and says what it cannot tell."""

import msgspec

from tests.chat.scripted_comparison import metrics
from tests.chat.scripted_comparison import model as model_on_disk
from tests.services.scripted_place import DIED, ScriptedPlace
from tests.ui.model_samples import model
from tests.waiting import until
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Failed, Finished, Text
from tui.models.model import Model
from tui.sentences import reason
from tui.services.engine_port import EnginePort, PlaceUnknowns
from tui.services.host import EngineHost

HERE = model_on_disk("Here")
SERVED = msgspec.structs.replace(model("Served"), place="localhost:8080")
SETTINGS = LoadSettings(context=256)
HELLO = AnswerRequest((ChatMessage("user", "Hello"),))
UNTOLD = reason("services.not_measured")


class Server(ScriptedPlace):
    """A place elsewhere, which can tell nothing but its text."""

    unknowns = PlaceUnknowns(footprint=UNTOLD)


class Places:
    """Opens a process for a model of this machine, and a server for one that names it."""

    def __init__(self) -> None:
        self.process = ScriptedPlace(pid=7)
        self.server = Server((Text(2, "From afar", 1, 0.0), Finished(2, "end", metrics())), pid=None)

    async def open(self, model: Model) -> EnginePort:
        return self.process if model.runs_here else self.server


async def test_a_model_is_loaded_where_it_runs_and_the_place_before_is_closed_first() -> None:
    places = Places()
    host = EngineHost(open_place=places.open)
    await host.load(HERE, SETTINGS)
    assert (host.pid, host.unknowns) == (7, ScriptedPlace.unknowns)
    # WHEN a model of a server takes its place
    await host.load(SERVED, SETTINGS)
    assert places.process.closed
    # THEN there is no process of this machine, and what the server cannot tell has its reason
    assert (host.model, host.pid, host.unknowns) == (SERVED, None, Server.unknowns)
    assert places.server.loaded_with == [(SERVED, SETTINGS)]
    assert host.loaded is not None
    assert (host.loaded.footprint, host.loaded.threads, host.card_bytes) == (None, None, 0)
    events = [event async for event in host.answer(HELLO)]
    assert [type(event).__name__ for event in events] == ["Text", "Finished"]
    await host.unload()
    assert (places.server.closed, host.unknowns) == (True, PlaceUnknowns())


async def test_an_answer_from_elsewhere_comes_by_the_same_events() -> None:
    host = EngineHost(open_place=Places().open)
    await host.load(SERVED, SETTINGS)
    text, end = [event async for event in host.answer(HELLO)]
    assert isinstance(text, Text)
    assert (text.text, isinstance(end, Finished)) == ("From afar", True)
    counted = await host.count(HELLO.messages, ("four",))
    assert counted is not None
    assert counted.texts == (4,)


async def test_lost_remote_place_unloads_the_model() -> None:
    ends: list[Failed] = []
    places = Places()
    host = EngineHost(ends.append, open_place=places.open)
    await host.load(SERVED, SETTINGS)
    places.server.kill()
    await until(lambda: ends, "the end")
    assert ends == [DIED]
    assert (host.model, host.pid) == (None, None)


async def test_the_same_name_here_and_elsewhere_is_not_the_same_model() -> None:
    local_model = model("Served")
    host = EngineHost(open_place=Places().open)
    await host.load(SERVED, SETTINGS)
    assert host.holds(SERVED)
    assert not host.holds(local_model)
    assert not host.holds(msgspec.structs.replace(SERVED, place="otherhost:8080"))
