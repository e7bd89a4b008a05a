"""Words of a load in the chat's notice."""

import msgspec
import pytest

from tests.reasons import reason_with_text
from tests.ui.model_samples import model
from tui.engine.footprint import Footprint
from tui.engine.protocol import Failed, Loaded
from tui.ui.chat.load_notice import LoadNotice
from tui.ui.kit.notice_line import NoticeLine

LOADED = Loaded(1, Footprint(1, 1, 1, 1, "engine"), None, 512, 1.0, 2, "model")


@pytest.fixture
def line() -> NoticeLine:
    return NoticeLine()


def text(line: NoticeLine) -> str:
    """Return what the line says; empty while it is hidden."""
    return line.visual.plain if line.has_class("-shown") else ""


def test_progress_names_the_model_and_leaves_out_what_is_unknown(line: NoticeLine) -> None:
    notice, small = LoadNotice(line), model("Small", "Q4_K_M")
    notice.show_loading(small, None, None)
    assert text(line) == "Loading Small Q4_K_M…"
    notice.show_loading(small, 0.5, 3.0)
    assert text(line) == "█████      Loading Small Q4_K_M… 50 %, 3.0 s left"
    # WHEN it is loaded THEN there is nothing more to say
    notice.show_loaded(LOADED)
    assert text(line) == ""


def test_a_failure_has_its_reason_and_its_remedy(line: NoticeLine) -> None:
    notice = LoadNotice(line)
    notice.show_failure(
        Failed(1, "memory", reason_with_text("Too big: it needs 9 GiB."), reason_with_text("Choose another."))
    )
    assert text(line) == "Too big: it needs 9 GiB.\nChoose another."
    notice.show_failure(Failed(1, "died", reason_with_text("The engine\x1b[2J was killed.")))
    assert text(line) == "The engine was killed."


@pytest.mark.parametrize(
    ("template", "advice"),
    [
        ("none", "A model whose name ends in Instruct or Chat has a template."),
        ("fallback", "The log has the details; another file of this model may have a better template."),
    ],
)
def test_model_without_its_own_template_has_a_warning(line: NoticeLine, template: str, advice: str) -> None:
    loaded = msgspec.structs.replace(
        LOADED, template=template, template_reason=reason_with_text("it has none")
    )
    LoadNotice(line).show_loaded(loaded)
    assert text(line) == f"Answers come from a plain transcript: it has none.\n{advice}"
