"""Notices of refused loads."""

from tui.services.loading import engine_refusal
from tui.ui.kit.notices import refusal_notice


def test_without_the_engine_it_says_what_still_works():
    text = refusal_notice(engine_refusal()).text
    assert "install llama-cpp-python==" in text
    assert "Gauges and sizing still work" in text
