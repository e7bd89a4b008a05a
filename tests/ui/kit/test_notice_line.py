"""Line for progress, hints and errors."""

from tui.ui.kit.notice_line import brief_progress, progress_bar, progress_text


def test_progress_leaves_out_unknown_parts():
    assert progress_text("Loading SmolLM2", 0.43, 1.2) == "Loading SmolLM2… 43 %, 1.2 s left"
    assert progress_text("Loading SmolLM2…", None, None) == "Loading SmolLM2…"
    assert progress_text("Reading", 1.7, None) == "Reading… 100 %"
    assert progress_text("Reading", 0.5, 2, "1 of 2 tokens") == "Reading… 1 of 2 tokens, 50 %, 2.0 s left"


def test_brief_progress_begins_with_its_figures():
    assert brief_progress("Loading SmolLM2…", 0.43, 1.2) == "43 %, 1.2 s left · Loading SmolLM2…"
    assert brief_progress("Loading SmolLM2", None, None) == "Loading SmolLM2…"


def test_the_bar_fills_by_eighths():
    assert progress_bar(0.0, 4) == "    "
    assert progress_bar(0.5, 4) == "██  "
    assert progress_bar(1 / 32, 4) == "▏   "
    assert progress_bar(2.0, 4) == "████"
