from textual.style import Style

from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question
from tui.ui.chat.branch_words import (
    ask_to_delete,
    cannot_continue,
    editing,
    editing_answer,
    kept_answer,
    only_with_questions,
    remarks,
    version_marker,
)

NOTES = Attachment("no\x1btes.md", "text")


def conversation_with(*models: str) -> Conversation:
    conversation = Conversation()
    for model in models:
        conversation.add_user("Why?")
        conversation.begin_reply(model)
        conversation.append("Since.")
        conversation.finish_reply("end")
    return conversation


def test_a_message_with_one_version_and_one_model_has_no_remark() -> None:
    assert [remark.plain for remark in remarks(conversation_with("Model A", "Model A")).values()] == [""] * 4


def test_models_are_named_where_several_answered() -> None:
    assert [remark.plain for remark in remarks(conversation_with("Model A", "Model B")).values()] == [
        "",
        "Model A",
        "",
        "Model B",
    ]


def test_versions_and_pins_stand_in_one_remark() -> None:
    conversation = conversation_with("Model A")
    question = conversation.messages[0]
    conversation.branch_before(question.id)
    newer = conversation.add_user("And why not?")
    conversation.pin_question(newer.id, True)
    assert [remark.plain for remark in remarks(conversation).values()] == ["‹ 2/2 › · pinned"]


def test_arrows_of_a_version_lead_to_the_neighbouring_versions() -> None:
    assert version_marker(7, 0, 1).plain == ""
    marker = version_marker(7, 1, 3)
    assert marker.plain == "‹ 2/3 ›"
    clicks = [span.style.meta["@click"] for span in marker.spans if isinstance(span.style, Style)]
    assert clicks == ["version(7, 'previous_version')", "version(7, 'next_version')"]


def test_the_notice_of_an_edit_says_what_sending_does_and_names_the_files() -> None:
    plain = "Editing an earlier question: Enter asks it again beside the old one, Esc cancels."
    assert editing(Question(1, "Why?")) == plain
    assert editing(Question(1, "Why?", (NOTES,))) == f"{plain} Its files: notes.md."
    assert "Enter saves yours" in editing_answer()
    assert "Ctrl+L continues from it" in kept_answer()
    assert "remove notes.md" in only_with_questions([NOTES])


def test_deleting_asks_first_and_counts_the_answers() -> None:
    assert ask_to_delete(0) == "Delete this question? Press d again."
    assert ask_to_delete(1).startswith("Delete this question and its answer? ")
    assert ask_to_delete(3).startswith("Delete this question and its 3 answers? ")


def test_answer_that_cannot_be_continued_has_a_reason() -> None:
    assert cannot_continue(Conversation(), "Model A") == "There is no answer to continue."
    assert cannot_continue(conversation_with("Model A"), None).startswith("No model is loaded")
    assert cannot_continue(conversation_with("Model A"), "Model A") == ""
    empty = Conversation()
    empty.add_user("Why?")
    empty.begin_reply("Model A")
    empty.abort_reply("it died")
    assert cannot_continue(empty, "Model A") == "This answer is empty; Ctrl+R asks again."
