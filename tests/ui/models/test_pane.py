"""Marks of models for a comparison, deletions, and picks for a task."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from textual.message import Message
from textual.pilot import Pilot

from tests.gguf_files import write_llama
from tests.ui.host import Host
from tests.ui.model_samples import POOL, model
from tests.waiting import until
from tui.engine.options import LoadSettings
from tui.fit.sizing import Sizer
from tui.models.hub.record import write_record
from tui.models.hub.remote_file import RemoteFile
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.sentences import reason
from tui.services.picks.model_tasks import ModelTask
from tui.ui.kit.confirm_screen import ConfirmScreen
from tui.ui.models.column_layout import MARKED
from tui.ui.models.list import ModelList
from tui.ui.models.notices import no_model_on_disk
from tui.ui.models.pane import ModelsPane
from tui.ui.picks.screen import PicksScreen

ONE, TWO, ELSEWHERE = (
    model("One", is_local=True),
    model("Two", is_local=True),
    model("Elsewhere"),
)


BROKEN = model("Broken", error=reason("models.header_cut_off", byte=9))


@asynccontextmanager
async def models_pane(
    *models: Model, hook: Callable[[Message], None] | None = None
) -> AsyncIterator[tuple[Pilot, ModelsPane]]:
    app = Host(lambda: ModelsPane(Sizer(None), LoadSettings(context=2048)))
    async with app.run_test(size=(120, 40), notifications=True, message_hook=hook) as pilot:
        pane = app.query_one(ModelsPane)
        pane.show_pools([POOL])
        pane.show_models(models, no_model_on_disk(Path("/models")))
        pane.rows.focus()
        await until(lambda: pane.highlighted is not None, "the list")
        yield pilot, pane


def lines(pane: ModelsPane) -> list[str]:
    count = len(pane.listing.shown_models)
    return ["".join(segment.text for segment in pane.rows.render_line(y)) for y in range(count)]


async def go_to(pane: ModelsPane, model_to_mark: Model) -> None:
    pane.listing.highlight(model_to_mark.key)
    await until(lambda: pane.highlighted == model_to_mark, "the highlight")


async def test_space_marks_in_order_and_takes_the_mark_away():
    async with models_pane(ONE, TWO) as (pilot, pane):
        lines_before = lines(pane)
        assert not any(MARKED in line for line in lines_before)
        for model_to_mark in (TWO, ONE):
            await go_to(pane, model_to_mark)
            await pilot.press("space")
        await until(lambda: list(pane.marked) == [TWO, ONE], "two marks")
        assert [line.replace(MARKED, " ") for line in lines(pane)] == lines_before
        assert all(line[1] == MARKED for line in lines(pane))
        assert "2 marked" in str(pane.listing.border_subtitle)
        for model_to_mark in (TWO, ONE):
            await go_to(pane, model_to_mark)
            await pilot.press("space")
        await until(lambda: not pane.marked, "no marks")
        assert lines(pane) == lines_before
        assert "marked" not in str(pane.listing.border_subtitle)


async def test_only_a_good_file_on_this_disk_can_be_marked():
    async with models_pane(ONE, ELSEWHERE, BROKEN) as (pilot, pane):
        for model_to_mark in (ELSEWHERE, BROKEN):
            await go_to(pane, model_to_mark)
            await pilot.press("space")
        await until(lambda: len(pilot.app._notifications) == 2, "the reasons")
        assert pane.marked == ()
        assert all("on this disk" in note.message for note in pilot.app._notifications)


async def test_marks_survive_a_rescan_and_vanish_with_their_model():
    async with models_pane(ONE, TWO) as (pilot, pane):
        for model_to_mark in (ONE, TWO):
            await go_to(pane, model_to_mark)
            await pilot.press("space")
        await until(lambda: len(pane.marked) == 2, "two marks")
        pane.show_models((TWO, ELSEWHERE), no_model_on_disk(Path("/models")))
        assert list(pane.marked) == [TWO]
        assert "1 marked" in str(pane.listing.border_subtitle)


async def test_key_requests_a_comparison_of_the_marked_models():
    requests: list[ModelsPane.CompareRequested] = []

    def hear(message: Message) -> None:
        if isinstance(message, ModelsPane.CompareRequested):
            requests.append(message)

    async with models_pane(ONE, TWO, hook=hear) as (pilot, pane):
        await go_to(pane, TWO)
        await pilot.press("space", "C")
        await until(lambda: requests, "the question")
        assert list(requests[0].models) == [TWO]


def downloaded(folder: Path) -> Model:
    path = write_llama(folder / "mine-Q4_0.gguf")
    write_record(path, RemoteFile("http://hub/m.gguf", path.name, path.stat().st_size), "1" * 64)
    file = model_file(path, "own")
    file = msgspec.structs.replace(file, is_own_download=True)
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)


async def test_d_deletes_a_download_after_a_question_and_looks_for_models_again(tmp_path: Path):
    requests: list[Message] = []

    def note(message: Message) -> None:
        if isinstance(message, ModelList.RescanRequested):
            requests.append(message)

    mine = downloaded(tmp_path)
    async with models_pane(mine, hook=note) as (pilot, pane):
        # WHEN the question is left THEN the file stays
        await pilot.press("D")
        await until(lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")
        await pilot.press("escape")
        await until(lambda: not isinstance(pilot.app.screen, ConfirmScreen), "the list")
        assert mine.path.exists()
        assert requests == []

        # WHEN it is answered
        await pilot.press("D")
        await until(lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")
        await pilot.press("down", "enter")
        await until(lambda: requests, "the new scan")
        assert not mine.path.exists()
        assert "came back" in next(iter(pilot.app._notifications)).message
        assert pane.highlighted is not None


async def test_d_says_which_program_deletes_the_model_of_another_one():
    file = msgspec.structs.replace(ONE.file, found_in="ollama", stored_as="one:3b")
    async with models_pane(msgspec.structs.replace(ONE, file=file)) as (pilot, _pane):
        await pilot.press("D")
        await until(lambda: pilot.app._notifications, "the notification")
        assert "ollama rm one:3b" in next(iter(pilot.app._notifications)).message
        assert not isinstance(pilot.app.screen, ConfirmScreen)


async def test_a_loaded_model_is_not_deleted(tmp_path: Path):
    mine = downloaded(tmp_path)
    async with models_pane(mine) as (pilot, pane):
        pane.show_loaded(mine, LoadSettings(context=2048))
        await pilot.press("D")
        await until(lambda: pilot.app._notifications, "the notification")
        assert "Unload it first" in next(iter(pilot.app._notifications)).message
        assert mine.path.exists()


async def test_w_picks_a_model_for_a_task_and_loads_it_with_its_context():
    posted: dict[type[Message], Message] = {}

    def hear(message: Message) -> None:
        posted[type(message)] = message

    entry = msgspec.structs.replace(ONE.entry, uses=("chat", "code"), thinking="no")
    one = msgspec.structs.replace(ONE, entry=entry)
    async with models_pane(one, ELSEWHERE, hook=hear) as (pilot, pane):
        pane.language = "en"
        await pilot.press("w")
        await until(lambda: isinstance(pilot.app.screen, PicksScreen), "the dialog")
        screen = pilot.app.screen
        await pilot.press("c")
        await until(lambda: screen.recommendation and screen.recommendation.wish.context == 4096, "the picks")
        assert screen.recommendation.picks[0].candidate.model == one
        await pilot.press("enter")
        await until(lambda: ModelsPane.LoadRequested in posted, "the load")
        chosen, load = posted[ModelsPane.TaskChosen], posted[ModelsPane.LoadRequested]
        assert chosen.task == ModelTask("One", "chat", "en", thinks=None)
        # AND the chat has heard of the picks
        assert posted[ModelsPane.Recommended].recommendation.picks[0].candidate.model == one
        assert (load.model, load.settings.context) == (one, 4096)
        assert pane.settings.context == 4096


async def test_w_says_that_the_machine_is_not_known_yet():
    async with models_pane(ONE) as (pilot, pane):
        pane.show_pools([])
        pane._board._pools = ()
        await pilot.press("w")
        await until(lambda: pilot.app._notifications, "the reason")
        assert not isinstance(pilot.app.screen, PicksScreen)
