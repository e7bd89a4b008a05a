"""A card in the dashboard: used where the build can, named where it cannot, loaded as the verdict says."""

import msgspec
import pytest

from tests.fit.machines import CARD_NAME
from tests.ui.model_samples import model as sample
from tests.ui.models.test_machine_picker import fits, running
from tests.waiting import until
from tui.engine.options import LoadSettings
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.profiles import PROFILES
from tui.services.sentences import sentence
from tui.ui.dashboard import chat_side
from tui.ui.models.pane import ModelsPane
from tui.units import GIB

CARDS = PROFILES["pc-12gb"].gpus
UNUSED = "this build of the engine cannot use the RTX 4070"


async def test_a_card_counts_until_the_build_says_that_it_cannot_use_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running() as (_pilot, dashboard):
        assert dashboard.machine is not None
        # GIVEN a card, and an engine that has not said yet what it can
        dashboard.machine = msgspec.structs.replace(dashboard.machine, gpus=CARDS)
        await until(lambda: "vram" in kinds(fits(dashboard)), "the card")

        # WHEN it says that it was built for the CPU alone
        monkeypatch.setattr(Sizer, "gpu_offload", False)

        # THEN everything is judged by RAM, and every reason says why
        # A row that is sized in the same moment may miss one turn, so all of it is waited for.
        await until(lambda: kinds(fits(dashboard)) == {"ram"} and told(fits(dashboard)), "the RAM and why")


def told(of: dict[str, Fit]) -> bool:
    return all(sentence(fit.reason).endswith(UNUSED) for fit in of.values())


def kinds(of: dict[str, Fit]) -> set[str]:
    return {fit.pool.kind for fit in of.values() if fit.pool is not None}


@pytest.mark.parametrize(
    ("layers", "experts", "asked"), [(12, 0, (12, 0)), (28, 9, (-1, 9)), (0, 0, (0, 0)), (None, 0, (-1, 0))]
)
async def test_a_model_is_loaded_where_its_verdict_says(
    monkeypatch: pytest.MonkeyPatch, layers: int | None, experts: int, asked: tuple[int, int]
) -> None:
    loads: list[LoadSettings] = []

    async def load(_host: object, _chat: object, _model: object, settings: LoadSettings) -> None:
        loads.append(settings)

    monkeypatch.setattr(chat_side, "load_model", load)
    card = Pool(CARD_NAME, "vram", 12 * GIB, 11 * GIB, GIB)
    fit = Fit(Verdict.SPLIT, "", None, card, None, 2048, "f16", gpu_layers=layers, cpu_experts=experts)
    async with running() as (_pilot, dashboard):
        chosen = ModelsPane.LoadRequested(sample("A model", here=True), fit, LoadSettings(context=2048))
        dashboard.models.post_message(chosen)
        await until(lambda: loads, "the load")

    assert (loads[0].gpu_layers, loads[0].cpu_experts) == asked
    assert loads[0].context == 2048
