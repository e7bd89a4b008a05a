"""What is said beside an answer that is not complete."""

import msgspec
import pytest

from tests.models.shapes import LLAMA_1B
from tui.cli.answer_end import cut_note
from tui.models.model import Model

MODEL = Model("M", "Q8_0", 1, msgspec.structs.replace(LLAMA_1B, context_length=1024), None, None)


@pytest.mark.parametrize(
    ("finish", "context", "note"),
    [
        ("end", 512, ""),
        ("stop_text", 512, ""),
        ("stopped", 512, "Stopped: the answer is not complete."),
        (
            "max_tokens",
            512,
            "The answer is cut off at 9 tokens; a larger --max-tokens lets it go on.",
        ),
        (
            "repetition",
            512,
            "The answer is cut off at 9 tokens: it repeated itself without end, and nobody is at a "
            "terminal to stop it.",
        ),
        (
            "context_full",
            300,
            "The answer is cut off: the context of 300 tokens is full. "
            "A longer one lets it go on: --ctx 600.",
        ),
        (
            "context_full",
            1024,
            "The answer is cut off: the context of 1,024 tokens is full. "
            "It is the longest of this model: shorten the prompt, or ask for less.",
        ),
    ],
)
def test_cut_off_answer_has_a_note_with_the_remedy(finish: str, context: int, note: str):
    assert cut_note(finish, 9, context, MODEL) == note
