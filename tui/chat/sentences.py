"""Sentences of the chat's reasons, by code."""

from tui.i18n import N_
from tui.sentences import Table

SENTENCES: Table = {
    # A model that is not compared, or an answer that is not there
    "chat.not_on_disk": N_("It is not on this disk."),
    "chat.get_file_first": N_("Get a file of it first."),
    "chat.too_big": N_("Too big: {error}."),
    "chat.choose_smaller": N_("Choose a smaller quantization or a shorter context."),
    "chat.not_asked_engine_ended": N_("Not asked: the engine had ended before."),
    "chat.not_asked_stopped": N_("Not asked: the comparison was stopped."),
    "chat.comparison_stopped": N_("The comparison was stopped in the middle of it."),
    "chat.answer_stopped": N_("Stopped before its end."),
}
