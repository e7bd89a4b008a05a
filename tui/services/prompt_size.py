"""Sizes of prompts in bytes against a context, so that a hopeless one is refused before it is tokenized."""

from tui.engine.options import LoadSettings
from tui.fit.board import settings_for
from tui.models.model import Model
from tui.sentences import ReasonedError, reason

TOKEN_BYTES = 64
"""More bytes than a token stands for on average in any text: words take about 4, drawn lines up to 40."""


class PromptSizeError(ReasonedError):
    """A prompt has more bytes than the context can hold."""


def longest_prompt(model: Model, settings: LoadSettings) -> int:
    """Return the bytes above which no prompt goes into the context that a model is loaded with."""
    return settings_for(model, settings).context * TOKEN_BYTES


def too_long(model: Model, settings: LoadSettings) -> PromptSizeError:
    """Return the error for a prompt that is longer than `longest_prompt`."""
    context = settings_for(model, settings).context
    trained = model.shape.context_length if model.shape else context
    why = reason("services.prompt_too_large", size=context * TOKEN_BYTES, context=context)
    if trained <= context:
        return PromptSizeError(why, reason("services.shorten_prompt", context=context))
    return PromptSizeError(why, reason("services.shorten_prompt_or_ctx", context=trained))


def check_prompt(text: str, model: Model, settings: LoadSettings) -> None:
    """Refuse a prompt that cannot go into the context, without counting its tokens.

    Raises:
        PromptSizeError: it is longer than `longest_prompt`.
    """
    longest = longest_prompt(model, settings)
    # A letter takes up to four bytes: most texts need not be encoded to know.
    if 4 * len(text) > longest and len(text.encode("utf-8", "replace")) > longest:
        raise too_long(model, settings)
