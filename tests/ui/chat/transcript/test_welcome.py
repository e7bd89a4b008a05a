"""Lines of the empty chat: what they say, and what gives way where there is little room."""

import msgspec
import pytest
from rich.cells import cell_len

# The keys of a pane have names once it is imported.
import tui.ui.dashboard.dashboard  # noqa: F401
from tui.ui.chat.transcript.welcome import Suggestion, Suggestions, Welcome, welcome_lines

FAST = Suggestion("Granite-4.1-3B Q4_K_M", "2.4 GiB · ~21 tok/s", "Twice as fast, for short texts.")
LONG = Suggestion(
    "Some-Model-With-A-Very-Long-Name-Indeed-For-A-Line-7B Q4_K_M",
    "4.75 GiB · ~8 tok/s  □",
    "Writes best of those that run here. " * 3,
)


def suggested(*models: Suggestion) -> Welcome:
    return Welcome(None, Suggestions("chat · English · ten pages", models, "41 models pass."))


def texts(welcome: Welcome, width: int = 60, height: int = 40) -> list[str]:
    return [line.plain.strip() for line in welcome_lines(welcome, width, height)]


def test_without_a_model_the_keys_that_lead_to_one_are_named() -> None:
    lines = texts(Welcome())
    assert "Try a model here" in lines
    assert lines[lines.index("In the list of models, F2:") + 2] == "Enter  loads the model, or downloads it"
    assert [line.split()[0] for line in lines if "  " in line] == ["w", "Enter", "F1"]
    assert "Explain in three sentences why the sky is blue." in lines


def test_with_a_model_the_keys_of_the_prompt_are_named() -> None:
    welcome = msgspec.structs.replace(suggested(FAST), model_label="SmolLM2 Q4_1")
    lines = texts(welcome)
    assert "SmolLM2 Q4_1 is ready" in lines
    assert "Enter   asks the model what you typed" in lines
    assert not any("Granite" in line for line in lines)


def test_at_most_three_models_stand_with_their_purpose_figures_and_reasons() -> None:
    lines = texts(suggested(*(FAST,) * 4))
    assert "What should I run?  chat · English · ten pages" in lines
    assert lines.count("Granite-4.1-3B Q4_K_M  2.4 GiB · ~21 tok/s") == 3
    assert lines.count("Twice as fast, for short texts.") == 3
    # AND the key that changes them is named
    assert any(line.startswith("w      changes task, language and length") for line in lines)
    # AND a name that is too long stands alone, above its figures
    lines = texts(suggested(LONG), width=64)
    assert lines[lines.index(LONG.name) + 1] == " ".join(LONG.figures.split())
    # AND without room for that it keeps its quantization
    line = next(line for line in texts(suggested(LONG), width=64, height=9) if "Some-" in line)
    assert "Q4_K_M  4.75 GiB" in line


def test_without_a_model_that_suits_the_reason_stands_in_place_of_models() -> None:
    assert "41 models pass." in texts(suggested(), height=12)


def test_names_from_outside_lose_their_control_characters() -> None:
    assert "evil is ready" in texts(Welcome("ev\x1b[31mil"))
    assert any("ab  c" in line for line in texts(suggested(Suggestion("a\x07b", "c", "d"))))


def test_reasons_then_gaps_give_way_before_keys_and_the_example() -> None:
    for height in (9, 12, 16, 20):
        lines = texts(suggested(FAST, LONG, FAST), width=76, height=height)
        assert len(lines) <= height
        assert sum("tok/s" in line for line in lines) == 3
        assert all(any(key in line for line in lines) for key in ("w ", "Enter ", "F1 ", "sky is blue"))


def test_without_room_the_example_goes_first_and_the_purpose_last() -> None:
    heights = {height: texts(Welcome(), height=height) for height in range(1, 12)}
    assert all(len(lines) <= height for height, lines in heights.items())
    assert not any("sky" in line for line in heights[6])
    assert any("Enter" in line for line in heights[6])
    assert "Try a model here" in heights[2]


@pytest.mark.parametrize("width", [20, 40, 78])
@pytest.mark.parametrize("height", [8, 40])
def test_no_line_is_wider_than_the_chat(width: int, height: int) -> None:
    for welcome in (Welcome(), Welcome("Model " * 20), suggested(FAST, LONG)):
        assert all(cell_len(line.plain) <= width for line in welcome_lines(welcome, width, height))
