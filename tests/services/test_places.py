"""The table of places: the first kind that runs a model opens it, and an unknown place is an answer."""

import msgspec
import pytest

from tests.chat.scripted_comparison import model as model_on_disk
from tests.services.scripted_place import ScriptedPlace
from tests.ui.model_samples import model
from tui.engine.failures import EngineFailure
from tui.models.model import Model
from tui.services import places
from tui.services.engine_port import EnginePort
from tui.services.places import PLACE_KINDS, PlaceKind, open_place

SERVED = msgspec.structs.replace(model("Served"), place="localhost:8080")


async def test_a_new_kind_of_place_is_one_more_row(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ScriptedPlace(pid=None)

    async def open_server(_model: Model) -> EnginePort:
        return server

    kind = PlaceKind(lambda model: model.place == SERVED.place, open_server)
    monkeypatch.setattr(places, "PLACE_KINDS", (*PLACE_KINDS, kind))
    assert await open_place(SERVED) is server


async def test_a_place_that_nobody_knows_is_a_failure_with_its_name() -> None:
    with pytest.raises(EngineFailure) as failure:
        await open_place(SERVED)
    why = failure.value.failed.reason
    assert (why.code, why.facts) == ("services.unknown_place", {"place": "localhost:8080"})


async def test_a_model_of_this_machine_runs_in_a_process_of_its_own() -> None:
    place = await open_place(model_on_disk("Here"))
    try:
        assert place.pid is not None
    finally:
        await place.close()
