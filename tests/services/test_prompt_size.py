"""Prompts in bytes against the context that a model is loaded with."""

import msgspec
import pytest

from tests.models.shapes import LLAMA_1B
from tui.engine.options import LoadSettings
from tui.models.model import Model
from tui.services.prompt_size import TOKEN_BYTES, PromptSizeError, check_prompt, longest_prompt
from tui.services.sentences import sentence

MODEL = Model("M", "Q8_0", 1, msgspec.structs.replace(LLAMA_1B, context_length=1024), None, None)


def hint_of(text: str, model: Model, context: int) -> str:
    with pytest.raises(PromptSizeError) as caught:
        check_prompt(text, model, LoadSettings(context=context))
    assert caught.value.hint is not None
    return sentence(caught.value.hint)


def test_the_context_is_that_which_the_model_is_loaded_with():
    assert longest_prompt(MODEL, LoadSettings(context=512)) == 512 * TOKEN_BYTES
    assert longest_prompt(MODEL, LoadSettings(context=8192)) == 1024 * TOKEN_BYTES


def test_prompt_size_is_limited_in_bytes():
    settings = LoadSettings(context=512)
    check_prompt("x" * 512 * TOKEN_BYTES, MODEL, settings)
    with pytest.raises(PromptSizeError):
        check_prompt("ñ" * (256 * TOKEN_BYTES + 1), MODEL, settings)


def test_longer_context_is_advised_only_if_the_model_supports_it():
    text = "x" * (1024 * TOKEN_BYTES + 1)
    assert hint_of(text, MODEL, 512).endswith("--ctx up to 1,024 for this model.")
    assert hint_of(text, MODEL, 4096) == "Shorten it: this model reads at most 1,024 tokens."
