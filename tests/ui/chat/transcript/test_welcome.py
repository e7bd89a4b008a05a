"""Lines of the empty chat: what they say, and what gives way where there is little room."""

import pytest
from rich.cells import cell_len

# The keys of a pane have names once it is imported.
import tui.ui.dashboard.dashboard  # noqa: F401
from tui.ui.chat.transcript.welcome import Suggestion, Welcome, welcome_lines

FAST = Suggestion("Granite-4.1-3B Q4_K_M", "twice as fast, for short texts")
LONG = Suggestion(
    "Some-Model-With-A-Very-Long-Name-Indeed-7B Q4_K_M", "writes best of those that run here " * 3
)


def texts(welcome: Welcome, width: int = 60, height: int = 40) -> list[str]:
    return [line.plain.strip() for line in welcome_lines(welcome, width, height)]


def test_without_a_model_the_keys_that_lead_to_one_are_named() -> None:
    lines = texts(Welcome())
    assert "Try a model here" in lines
    assert lines[lines.index("In the list of models, F2:") + 2] == "Enter  loads the model, or downloads it"
    assert [line.split()[0] for line in lines if "  " in line] == ["w", "Enter", "F1"]
    assert "Explain in three sentences why the sky is blue." in lines


def test_with_a_model_the_keys_of_the_prompt_are_named() -> None:
    lines = texts(Welcome("SmolLM2 Q4_1", (FAST,)))
    assert "SmolLM2 Q4_1 is ready" in lines
    assert "Enter   asks the model what you typed" in lines
    assert not any("Granite" in line for line in lines)


def test_at_most_three_suggestions_stand_with_their_reasons() -> None:
    lines = texts(Welcome(None, (FAST,) * 4))
    assert lines.count("Granite-4.1-3B Q4_K_M  twice as fast, for short texts") == 3
    # AND a reason that is too long for the line stands below its name
    row = next(number for number, line in enumerate(texts(Welcome(None, (LONG,)))) if "Some-Model" in line)
    assert texts(Welcome(None, (LONG,)))[row + 1].startswith("writes best")


def test_names_from_outside_lose_their_control_characters() -> None:
    assert "evil is ready" in texts(Welcome("ev\x1b[31mil"))
    assert any("ab  c" in line for line in texts(Welcome(None, (Suggestion("a\x07b", "c"),))))


def test_without_room_the_example_goes_first_and_the_purpose_last() -> None:
    heights = {height: texts(Welcome(), height=height) for height in range(1, 12)}
    assert all(len(lines) <= height for height, lines in heights.items())
    assert "Enter  loads the model, or downloads it" in heights[9]
    assert not any("example" in line for line in heights[9])
    assert "Try a model here" in heights[2]


@pytest.mark.parametrize("width", [20, 40, 78])
def test_no_line_is_wider_than_the_chat(width: int) -> None:
    for welcome in (Welcome(), Welcome("Model " * 20), Welcome(None, (FAST, LONG))):
        assert all(cell_len(line.plain) <= width for line in welcome_lines(welcome, width, 40))
