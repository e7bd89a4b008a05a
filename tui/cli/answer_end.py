"""Notes beside an answer that is not complete: what ended it, and what lets it go on."""

from tui.i18n import _
from tui.models.model import Model
from tui.services.answering import CompleteAnswer
from tui.units import format_number


def end_note(answer: CompleteAnswer, context: int, model: Model) -> str:
    """Return what ended an answer before its own end; empty for a complete one, or where a remark says it."""
    if answer.remark is not None and answer.remark.code == "engine.reply_cut_in_thinking":
        return ""
    note = cut_note(answer.finish_reason, answer.metrics.generated_tokens, context, model)
    return f"{note} {repetition_advice()}" if answer.finish_reason == "repetition" else note


def repetition_advice() -> str:
    """Return what keeps a reply from repeating itself, for a command that samples as the settings say."""
    return _("With repeat_penalty = 1.1 in settings.toml, or a higher --temperature, it may not.")


def cut_note(finish_reason: str, tokens: int, context: int, model: Model) -> str:
    """Return what ended a text of so many tokens; empty where the model ended it, or a stop text."""
    match finish_reason:
        case "max_tokens":
            return _("The answer is cut off at {tokens} tokens; a larger --max-tokens lets it go on.").format(
                tokens=tokens
            )
        case "context_full":
            return _("The answer is cut off: the context of {context} tokens is full.").format(
                context=format_number(context, ",")
            ) + _context_advice(context, model)
        case "repetition":
            return _(
                "The answer is cut off at {tokens} tokens: it repeated itself without end, and nobody is at "
                "a terminal to stop it."
            ).format(tokens=tokens)
        case "stopped":
            return _("Stopped: the answer is not complete.")
        case _:
            return ""


def _context_advice(context: int, model: Model) -> str:
    trained = model.shape.context_length if model.shape else 0
    if trained > context:
        return " " + _("A longer one lets it go on: --ctx {longer}.").format(longer=min(2 * context, trained))
    return " " + _("It is the longest of this model: shorten the prompt, or ask for less.")
