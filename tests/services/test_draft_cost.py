import msgspec

from tests.ui.model_samples import model
from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply
from tui.engine.options import ChatMessage
from tui.engine.protocol import Counted
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.verdict import Speed
from tui.models.model import Model
from tui.services.context_account import Account
from tui.services.draft_cost import DraftCost, DraftCounter, messages_with_draft, reading_speed
from tui.services.token_counts import Tokens

METRICS = ReplyMetrics(100, 0, 2.0, 11, 2.0, 0.6, 111, 512, None)


def reply(read: int, seconds: float) -> Reply:
    metrics = msgspec.structs.replace(
        METRICS, prompt_tokens=read + 7, cached_tokens=7, prompt_seconds=seconds
    )
    return Reply(1, "x", "Model", "end", metrics)


def test_prompt_speed_comes_from_the_last_meaningful_replies():
    assert reading_speed([]) is None
    assert reading_speed([reply(5, 0.1), Reply(2, "", "Model")]) is None
    assert reading_speed([reply(100, 1.0), reply(300, 1.0), reply(5, 9.0)]) == 200
    # Only the newest count.
    assert reading_speed([reply(1000, 1.0), *[reply(100, 1.0)] * 4]) == 100


def test_draft_is_counted_at_its_place_in_the_prompt():
    conversation = Conversation("Be brief.")
    draft = Question(0, "And now?", (Attachment("a.md", "text"),))
    conversation.add_user("First")
    conversation.begin_reply("Model")
    conversation.append("Answer")
    written = "File a.md:\n```\ntext\n```\n\nAnd now?"
    assert messages_with_draft(conversation, draft) == (ChatMessage("user", written),)
    conversation.finish_reply("end")
    assert messages_with_draft(conversation, draft) == (
        ChatMessage("system", "Be brief."),
        ChatMessage("user", "First"),
        ChatMessage("assistant", "Answer"),
        ChatMessage("user", written),
    )
    # Without a turn that has no room any more.
    dropped = frozenset({conversation.messages[0].id})
    assert len(messages_with_draft(conversation, draft, dropped_ids=dropped)) == 2
    # In place of a question that is edited, without what follows that.
    first = conversation.messages[0].id
    assert messages_with_draft(conversation, draft, first) == (
        ChatMessage("system", "Be brief."),
        ChatMessage("user", written),
    )


class WordHost:
    """Counts a word as a token, and has the first 3 of them in its cache."""

    def __init__(self, loaded: Model | None) -> None:
        self.model = loaded
        self.answering = False

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted | None:
        if self.model is None:
            return None
        word_count = sum(len(message.content.split()) for message in messages)
        return Counted(1, word_count, 3, tuple(len(text.split()) for text in texts))


def counter(host: WordHost) -> DraftCounter:
    return DraftCounter(host, Account(host), lambda: None)


async def test_cost_is_the_unread_part_of_the_prompt():
    host = WordHost(model("Words", is_local=True))
    drafts = counter(host)
    draft = Question(0, "one two three four", (Attachment("a.md", "five six"),))
    cost = await drafts.cost(Conversation(), draft)
    assert cost.new.exact
    # The fence and the name around the attachment are words too.
    assert cost.new.count == 4 + 2 + 4 - 3
    assert cost.cached == 3
    assert cost.seconds is None
    # AND its attachments are counted with it
    assert drafts.attachment_tokens(draft) == [Tokens(2 + 4)]
    # WHEN a speed is predicted, there is a time
    drafts.predicted_speed = Speed(2.0, "measured")
    assert (await drafts.cost(Conversation(), draft)).seconds == cost.new.count / 2


async def test_cost_is_an_estimate_during_an_answer_or_without_a_model():
    draft = Question(0, "x" * 40)
    # With what a template puts around a message, as the context is estimated, too.
    assert await counter(WordHost(None)).cost(Conversation(), draft) == DraftCost(Tokens(15, exact=False))
    host = WordHost(model("Words", is_local=True))
    host.answering = True
    assert await counter(host).cost(Conversation(), draft) == DraftCost(Tokens(10, exact=False))
