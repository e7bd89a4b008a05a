"""Text to tokens."""

from pathlib import Path

from tui.engine import llama
from tui.engine.options import LoadSettings


def test_a_vocabulary_without_a_token_for_the_blank_loses_nothing_of_the_text(tiny: dict[str, Path]) -> None:
    model = llama.LlamaModel(str(tiny["llama"]), LoadSettings(), dry=True)

    # Every blank is written as the three bytes of its sign: more tokens than the text has bytes.
    assert len(model.tokenize("a b " * 200, start=False)) == 200 * (2 + 2 * 3)
    assert len(model.tokenize("a b " * 200)) == 200 * (2 + 2 * 3) + 1
