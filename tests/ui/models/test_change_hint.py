"""The hint on the cheapest change, and its memory."""

from tests.ui.model_samples import POOL, fit, model
from tui.engine.options import LoadSettings
from tui.fit.changes.offer import ChangeStart
from tui.fit.sizing import Sizer
from tui.fit.verdict import Verdict
from tui.ui.models import change_hint as module
from tui.ui.models.change_hint import ChangeHint

SETTINGS = LoadSettings(context=2048)
MODEL = model("A model", is_local=True)


def test_a_model_that_fits_needs_no_hint() -> None:
    assert ChangeHint(Sizer(None)).fields(ChangeStart(MODEL, fit(), SETTINGS), [POOL], [MODEL]) == ()


def test_the_same_question_is_searched_once(monkeypatch) -> None:
    searches: list[Verdict] = []

    def search(*arguments: object) -> None:
        searches.append(arguments[1].verdict)  # type: ignore[attr-defined]

    monkeypatch.setattr(module, "cheapest_change", search)
    monkeypatch.setattr(module, "smallest_setup", lambda *_arguments: None)
    hint = ChangeHint(Sizer(None))
    for verdict in (Verdict.TOO_BIG, Verdict.TOO_BIG, Verdict.TIGHT):
        hint.fields(ChangeStart(MODEL, fit(verdict), SETTINGS), [POOL], [MODEL])
    assert searches == [Verdict.TOO_BIG, Verdict.TIGHT]
