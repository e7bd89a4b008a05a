import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.model_samples import model
from tui.engine.options import ChatMessage
from tui.engine.protocol import Counted
from tui.models.model import Model
from tui.services.token_counts import Counts, Tokens, estimate


class Words:
    """Counts words; notes what it was asked."""

    def __init__(self) -> None:
        self.model: Model | None = model("Words", is_local=True)
        self.busy = False
        self.asked_texts: list[tuple[str, ...]] = []

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted | None:
        if self.model is None or self.busy:
            return None
        self.asked_texts.append(texts)
        prompt_tokens = sum(len(message.content.split()) + 3 for message in messages)
        return Counted(1, prompt_tokens, 0, tuple(len(text.split()) for text in texts))


async def test_a_text_is_counted_once_and_remembered() -> None:
    counter = Words()
    counts = Counts(counter)
    assert not counts.now("one two three").exact
    assert await counts.learn(["one two three", "four", "one two three"])
    assert counts.now("one two three") == Tokens(3)
    assert await counts.learn(["four", "one two three"])
    assert counter.asked_texts == [("one two three", "four")]


async def test_another_model_counts_for_itself() -> None:
    counter = Words()
    counts = Counts(counter)
    await counts.learn(["one two"])
    assert counter.model is not None
    counter.model = msgspec.structs.replace(counter.model, quant="Q8_0", file=None)
    assert not counts.now("one two").exact


async def test_count_without_a_model_is_an_estimate_by_length() -> None:
    counter = Words()
    counter.model = None
    counts = Counts(counter)
    assert not counts.can_count
    assert not await counts.learn(["some text"])
    assert counts.now("x" * 400) == Tokens(100, exact=False)
    counts.put("x" * 400, 7)
    assert counts.now("x" * 400) == Tokens(100, exact=False)


async def test_a_busy_engine_leaves_the_estimate() -> None:
    counter = Words()
    counter.busy = True
    counts = Counts(counter)
    assert not await counts.learn(["some text"])
    assert not counts.now("some text").exact
    assert await counts.prompt((ChatMessage("user", "hello"),)) is None


async def test_known_count_is_not_requested() -> None:
    counter = Words()
    counts = Counts(counter)
    counts.put("an answer of the model", 9)
    assert await counts.learn(["an answer of the model"])
    assert counter.asked_texts == []
    assert counts.now("an answer of the model") == Tokens(9)


async def test_much_text_is_counted_in_several_questions() -> None:
    counter = Words()
    counts = Counts(counter)
    texts = [f"{index} " + "x" * 90_000 for index in range(5)]
    assert await counts.learn(texts)
    assert len(counter.asked_texts) == 3
    assert [text for texts_of_call in counter.asked_texts for text in texts_of_call] == texts


async def test_a_whole_prompt_is_counted_with_its_texts() -> None:
    counter = Words()
    counts = Counts(counter)
    counted = await counts.prompt((ChatMessage("user", "one two"),), ("a draft",))
    assert counted == Counted(1, 5, 0, (2,))
    assert counts.now("a draft") == Tokens(2)


async def test_counts_of_an_unloaded_model_are_not_used_for_the_next() -> None:
    class Swapped(Words):
        async def count(
            self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
        ) -> Counted | None:
            answer = await super().count(messages, texts, think)
            self.model = model("Another", is_local=True)
            return answer

    counts = Counts(Swapped())
    await counts.learn(["one two"])
    assert not counts.now("one two").exact


@given(st.text())
def test_estimate_of_a_text_is_never_zero(text: str) -> None:
    assert (estimate(text) == 0) == (text == "")


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("ñandú", 2)])
def test_estimate_is_based_on_bytes(text: str, tokens: int) -> None:
    assert estimate(text) == tokens
