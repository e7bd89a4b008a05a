"""Sentences of the chat's reasons, by code."""

from tui.i18n import N_
from tui.sentences import Table

SENTENCES: Table = {
    # An answer of a comparison that is not there
    "chat.not_asked_stopped": N_("Not asked: the comparison was stopped."),
    "chat.comparison_stopped": N_("The comparison was stopped in the middle of it."),
    "chat.answer_stopped": N_("Stopped before its end."),
    # Conversations that are not saved or read: phrases, which follow a colon
    "chat.closing": N_("llmtui is closing"),
    "chat.conversation_deleted": N_("this conversation was deleted"),
    "chat.disk_full": N_("the disk is full"),
    "chat.file_damaged": N_("{file} is damaged; move it away to begin a new one"),
    "chat.file_failed": N_("{file}: {error}"),
    "chat.file_in_use": N_("another program is using {file}"),
    "chat.file_not_opened": N_("{file} cannot be opened"),
    "chat.file_read_only": N_("{file} may not be written to"),
    "chat.newer_file": N_("{file} was written by a newer llmtui"),
    "chat.not_a_database": N_("{file} is not a database; move it away to begin a new one"),
    "chat.unexpected_error": N_("{kind}: {error}"),
    # Replies that were cut short
    "chat.closed_while_writing": N_("llmtui was closed while this was written"),
    "chat.still_being_written": N_("still being written"),
    # Documents that are imported
    "chat.document_incomplete": N_("This conversation is not whole: {problem}."),
    "chat.document_is_device": N_("This is no file but a device or a pipe."),
    "chat.document_is_folder": N_("This is a folder."),
    "chat.document_not_read": N_("The file cannot be read: {error}."),
    "chat.document_too_large": N_("This file is too large for a conversation."),
    "chat.newer_document": N_("This conversation was exported by a newer llmtui."),
    "chat.no_such_file": N_("There is no such file."),
    "chat.not_exported_by_llmtui": N_("This is no conversation that llmtui has exported."),
    "chat.not_json": N_("This is not JSON."),
    # Values that are left out of a document or a saved conversation
    "chat.left_out": N_("{place}: {problem}"),
    "chat.not_decoded": N_("{error}"),
    "chat.expected_count": N_("expected a whole number from {least} up"),
    "chat.expected_earlier_id": N_("expected the id of a message before it, or null"),
    "chat.expected_list": N_("expected a list"),
    "chat.expected_message_id": N_("expected the id of a message"),
    "chat.expected_new_id": N_("expected a number that no message before it has"),
    "chat.expected_object": N_("expected an object"),
    "chat.expected_other_value": N_("expected {expected}, got {value}"),
    "chat.expected_role": N_('expected "user" or "assistant"'),
    "chat.expected_seconds": N_("expected seconds since 1970"),
    "chat.expected_text": N_("expected a text"),
    # Sampling values and stop texts that the user typed
    "chat.bad_sampling_value": N_("{title} is {text}; expected {expected}"),
    "chat.bad_stop_texts": N_("Stop texts are {text}; expected one, or up to 16 in quotes: {example}"),
    "chat.number_in_range": N_("a number from {low} to {high}"),
    "chat.whole_number_in_range": N_("a whole number from {low} to {high}"),
    # Attachments
    "chat.attachment_device": N_("{name} is no file but a device or a pipe."),
    "chat.attachment_empty": N_("{name} is empty."),
    "chat.attachment_folder": N_("{name} is a folder."),
    "chat.attachment_latin1": N_(
        "{name} is not UTF-8 and was read as Latin-1; look whether accents are right."
    ),
    "chat.attachment_missing": N_("There is no file {path}."),
    "chat.attachment_not_read": N_("{name} cannot be read: {error}."),
    "chat.attachment_not_text": N_("{name} is not text."),
    "chat.attachment_too_large": N_("{name} has {size:bytes}; at most {limit:bytes} of text can go along."),
}
