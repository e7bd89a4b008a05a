from tui.chat.asking import Asking
from tui.chat.context import ContextParts, Turn
from tui.chat.context_parts import TemplateTokens, context_parts, message_ids_of_turns, texts_to_count
from tui.chat.conversation import Attachment, Conversation, Question

AROUND = TemplateTokens(system_tokens=20, message_tokens=5)


def words(text: str) -> int:
    return len(text.split())


def new_conversation(*, keep_thinking: bool = False) -> Conversation:
    conversation = Conversation()
    conversation.asking = Asking(keep_thinking=keep_thinking)
    conversation.add_user("one two three", [Attachment("notes.md", "a b c d")])
    conversation.begin_reply("Model")
    conversation.append("let me think", thinking=True)
    conversation.append("four five")
    conversation.finish_reply("end")
    conversation.add_user("six")
    return conversation


def parts(conversation: Conversation, draft: Question | None = None) -> ContextParts:
    return context_parts(
        conversation.messages, draft, AROUND, words, keep_thinking=conversation.keep_thinking
    )


def test_a_turn_is_a_question_with_its_attachments_and_its_reply() -> None:
    first, second = (message for message in new_conversation().messages if isinstance(message, Question))
    # The attachment is counted as the model reads it: with its name and two fences.
    assert parts(new_conversation()) == ContextParts(
        20, (Turn(first.id, 3 + 2 + 2 * 5, 8),), Turn(second.id, 1 + 5)
    )


def test_thinking_counts_only_where_it_is_kept() -> None:
    assert parts(new_conversation(keep_thinking=True)).turns[0].thinking_tokens == 3
    assert parts(new_conversation()).turns[0].thinking_tokens == 0


def test_draft_is_counted_as_the_question_and_an_empty_one_is_not() -> None:
    conversation = new_conversation()
    conversation.begin_reply("Model")
    conversation.append("seven")
    conversation.finish_reply("end")
    context_parts = parts(conversation, Question(0, "", ()))
    assert len(context_parts.turns) == 2
    assert context_parts.question == Turn(0, 0)
    assert parts(conversation, Question(0, "eight nine")).question == Turn(0, 2 + 5)


def test_a_pinned_question_pins_its_turn() -> None:
    conversation = new_conversation()
    conversation.pin_question(conversation.messages[0].id, True)
    assert parts(conversation).turns[0].pinned


def test_continued_reply_belongs_to_its_question() -> None:
    conversation = new_conversation()
    conversation.begin_reply("Model")
    conversation.append("seven eight")
    assert parts(conversation).question.tokens == 1 + 5 + 2 + 5


def test_empty_conversation_has_no_parts() -> None:
    assert parts(Conversation()) == ContextParts(20, (), Turn(0, 0))


def test_every_counted_text_is_requested() -> None:
    counted: list[str] = []

    def note(text: str) -> int:
        counted.append(text)
        return 1

    conversation, draft = new_conversation(keep_thinking=True), Question(0, "draft", (Attachment("a", "b"),))
    context_parts(conversation.messages, draft, AROUND, note, keep_thinking=True)
    assert sorted(counted) == sorted(texts_to_count(conversation.messages, draft, keep_thinking=True))


def test_the_messages_of_a_turn() -> None:
    first, reply, second = new_conversation().messages
    assert message_ids_of_turns(new_conversation().messages, frozenset({first.id})) == {first.id, reply.id}
    assert message_ids_of_turns(new_conversation().messages, frozenset({second.id})) == {second.id}


def test_estimated_count_stays_an_estimate() -> None:
    around = TemplateTokens(0, 5, exact=False)
    assert not context_parts(new_conversation().messages, None, around, words, keep_thinking=False).exact
    assert not context_parts(
        new_conversation().messages, None, AROUND, words, keep_thinking=False, exact=False
    ).exact
