import msgspec

from tests.services.test_context_account import Words, new_conversation
from tui.chat.context import FullContextPolicy
from tui.chat.conversation import Conversation, Question
from tui.engine.footprint import Footprint
from tui.engine.options import AnswerRequest, SamplingSettings
from tui.engine.protocol import Loaded
from tui.services.prompt_planner import PromptPlanner


class LoadedWords(Words):
    """Counts a word as a token; a model is loaded with that context."""

    def __init__(self, context: int | None) -> None:
        super().__init__()
        self.loaded: Loaded | None = None
        if context is not None:
            self.loaded = Loaded(1, Footprint(0, 0, 0, 0, "engine"), None, context, 0.1, 1, "model")


def planner(host: LoadedWords, policy: FullContextPolicy = "stop") -> PromptPlanner:
    request = AnswerRequest(sampling=SamplingSettings(max_tokens=8))
    return PromptPlanner(host, policy, lambda: 4096, lambda: request)


def asked(system: str = "") -> Conversation:
    conversation = new_conversation(system)
    conversation.add_user("eight nine")
    return conversation


async def test_the_total_of_a_plan_is_the_counted_prompt() -> None:
    conversation, prompts = asked("be brief"), planner(LoadedWords(4096))
    plan = await prompts.plan_next(conversation)
    assert plan is not None
    prompt_tokens = await prompts.account.whole(conversation, conversation.messages, None, frozenset(), None)
    assert plan.used_tokens == prompt_tokens
    assert (prompts.sent, prompts.dropped_ids) == (plan, frozenset())


async def test_a_prompt_that_is_too_long_is_not_remembered_as_sent() -> None:
    conversation, prompts = asked(), planner(LoadedWords(48))
    plan = await prompts.plan_next(conversation)
    assert plan is not None
    assert plan.over_tokens > 0
    assert prompts.sent is None
    # AND a draft of the same length is too long too
    draft = Question(0, "eight nine")
    messages = new_conversation().messages
    assert (await prompts.count(new_conversation(), messages, draft)).over_tokens == plan.over_tokens


async def test_turns_that_are_dropped_are_remembered_until_another_conversation() -> None:
    conversation, prompts = asked(), planner(LoadedWords(48), "drop_oldest")
    plan = await prompts.plan_next(conversation)
    assert plan is not None
    assert not plan.over_tokens
    assert prompts.dropped_ids == plan.dropped_ids != frozenset()
    prompts.forget()
    assert (prompts.sent, prompts.dropped_ids) == (None, frozenset())


async def test_a_conversation_may_have_a_policy_of_its_own() -> None:
    conversation, prompts = asked(), planner(LoadedWords(48))
    conversation.asking = msgspec.structs.replace(conversation.asking, when_full="drop_oldest")
    assert prompts.policy_of(conversation) == "drop_oldest"
    plan = await prompts.plan_next(conversation)
    assert plan is not None
    assert plan.dropped_ids


async def test_without_a_model_there_is_an_estimate_in_the_context_to_load_with() -> None:
    conversation, prompts = asked(), planner(LoadedWords(None))
    assert await prompts.plan_next(conversation) is None
    plan = prompts.estimate(conversation, conversation.messages, None)
    assert (plan.context, plan.parts.exact) == (4096, False)
