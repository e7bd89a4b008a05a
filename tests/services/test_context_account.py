"""Parts of a conversation against a template that is known: five tokens a message, eleven at the start."""

from tests.ui.model_samples import model
from tui.chat.conversation import Attachment, Conversation, Question
from tui.engine.options import ChatMessage
from tui.engine.protocol import Counted
from tui.engine.reply_metrics import ReplyMetrics
from tui.models.model import Model
from tui.services.context_account import Account

MODEL = model("Words", is_local=True)


class Words:
    """Counts a word as a token."""

    def __init__(self, loaded: Model | None = MODEL) -> None:
        self.model = loaded
        self.asked_texts: list[str] = []

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted | None:
        if self.model is None:
            return None
        self.asked_texts += texts
        prompt_tokens = 11 + sum(len(message.content.split()) + 5 for message in messages)
        return Counted(1, prompt_tokens if messages else 0, 0, tuple(len(text.split()) for text in texts))


def new_conversation(system: str = "") -> Conversation:
    conversation = Conversation(system)
    for question, answer in (("one two", "three"), ("four", "five six seven")):
        conversation.add_user(question, [Attachment("a.md", "x y z")])
        conversation.begin_reply("Words Q4_K_M")
        conversation.append(answer)
        conversation.finish_reply("end")
    return conversation


async def test_the_parts_add_up_to_the_whole_prompt() -> None:
    for system in ("", "be brief and kind"):
        conversation, draft = new_conversation(system), Question(0, "eight nine")
        account = Account(Words())
        await account.learn(conversation, conversation.messages, draft)
        parts = account.parts(conversation, conversation.messages, draft)
        assert parts.exact
        prompt_tokens = await account.whole(conversation, conversation.messages, draft, frozenset(), None)
        assert parts.tokens == prompt_tokens
        # AND without a turn they do too
        first = conversation.messages[0].id
        less = await account.whole(conversation, conversation.messages, draft, frozenset({first}), None)
        assert less == prompt_tokens - parts.turns[0].tokens


async def test_counts_without_a_model_are_estimates() -> None:
    conversation = new_conversation("be brief")
    account = Account(Words(None))
    await account.learn(conversation, conversation.messages, None)
    parts = account.parts(conversation, conversation.messages, None)
    assert not parts.exact
    assert parts.tokens > 0
    assert await account.whole(conversation, conversation.messages, None, frozenset(), None) is None


async def test_an_answer_of_the_loaded_model_is_not_counted_again() -> None:
    conversation = Conversation()
    conversation.add_user("one two")
    conversation.begin_reply("Words Q4_K_M")
    conversation.append("a long answer")
    conversation.finish_reply("end", ReplyMetrics(12, 0, 0.5, 42, 2.0, 0.6, 23, 512, None, thinking_tokens=2))
    counter = Words()
    account = Account(counter)
    await account.learn(conversation, conversation.messages, None)
    assert "a long answer" not in counter.asked_texts
    assert account.counts.now("a long answer").count == 40
    # AND one of another model is
    counter.model = model("Others", is_local=True)
    await account.learn(conversation, conversation.messages, None)
    assert "a long answer" in counter.asked_texts


async def test_open_answer_is_counted_with_its_text_so_far() -> None:
    conversation = new_conversation()
    account = Account(Words())
    closed = await account.whole(conversation, conversation.messages, None, frozenset(), None)
    conversation.continue_reply()
    opened = await account.whole(conversation, conversation.messages, None, frozenset(), None)
    # Its text is the prompt's end now, without what the template puts around a message.
    assert closed is not None
    assert opened == closed - 5


async def test_edited_and_shortened_replies_are_counted() -> None:
    cost = ReplyMetrics(12, 0, 0.5, 42, 2.0, 0.6, 23, 512, None)
    conversation = new_conversation()
    conversation.edit_reply(conversation.messages[1].id, "one of mine")
    conversation.continue_reply("Words Q4_K_M")
    conversation.append(" and more")
    conversation.finish_reply("end", cost)
    conversation.add_user("eight")
    conversation.begin_reply("Words Q4_K_M")
    conversation.append("nine ten")
    conversation.finish_reply("stop_text", cost)
    account = Account(Words())
    await account.learn(conversation, conversation.messages, None)
    assert account.counts.now("one of mine and more").count == 5
    assert account.counts.now("nine ten").count == 2
