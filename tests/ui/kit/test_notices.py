"""Notices of refused loads."""

from tui.services.loading import engine_refusal
from tui.ui.kit.notices import refusal_notice


def test_the_notice_of_a_missing_engine_says_what_still_works():
    text = refusal_notice(engine_refusal()).text
    assert "install llama-cpp-python==" in text
    assert "Gauges and sizing still work" in text
