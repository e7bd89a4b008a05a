"""Tokens of texts: counted by the loaded model once each and remembered, estimated while none can count."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from typing import Protocol

import msgspec

from tui.engine.options import ChatMessage
from tui.engine.protocol import Counted
from tui.models.model import Model

BYTES_PER_TOKEN = 4
"""Of English, roughly; what an estimate divides by."""
_REMEMBERED = 20_000
"""Texts whose count is kept: some tens of long conversations, in two megabytes."""
_AT_ONCE = 200_000
"""Characters put to the engine in one question: it answers nothing else meanwhile, and no reply may wait."""


class Tokens(msgspec.Struct, frozen=True):
    """Number of tokens of a text."""

    count: int
    exact: bool = True
    """False for an estimate by length."""


class Counter(Protocol):
    """Counter of tokens; the engine's host is one."""

    @property
    def model(self) -> Model | None:
        """The model whose tokens are counted; None while none is loaded."""
        ...

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted | None:
        """Tokens of a conversation and of texts; None when nobody can count just now."""
        ...


def estimate(text: str) -> int:
    """Tokens of a text by its length in UTF-8; at least one for a text that is not empty."""
    return -(-len(text.encode(errors="surrogatepass")) // BYTES_PER_TOKEN)


class Counts:
    """Remembers how many tokens texts are for the model that is loaded."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._counts: OrderedDict[tuple[str, bytes], int] = OrderedDict()

    @property
    def can_count(self) -> bool:
        """False while every number is an estimate, since no model is loaded."""
        return self._counter.model is not None

    def now(self, text: str) -> Tokens:
        """The count without waiting: what is remembered for this model, else an estimate."""
        key = self._key(text)
        if key is not None and key in self._counts:
            self._counts.move_to_end(key)
            return Tokens(self._counts[key])
        return Tokens(estimate(text), exact=not text)

    def put(self, text: str, count: int) -> None:
        """Remember a count that is known already: a reply's own, from its metrics."""
        key = self._key(text)
        if key is not None:
            self._keep(key, count)

    async def learn(self, texts: Iterable[str]) -> bool:
        """Have those counted that are not remembered; False when the engine could not be asked for all."""
        unknown = list(dict.fromkeys(text for text in texts if not self.now(text).exact))
        while unknown:
            size, batch = 0, list[str]()
            while unknown and (not batch or size + len(unknown[0]) <= _AT_ONCE):
                size += len(unknown[0])
                batch.append(unknown.pop(0))
            if await self.prompt((), tuple(batch)) is None:
                return False
        return True

    async def prompt(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted | None:
        """The whole prompt of a conversation, template included, and texts, which are remembered.

        None while no model is loaded or it is busy.
        """
        keys = [self._key(text) for text in texts]
        counted = await self._counter.count(messages, texts, think)
        if counted is None:
            return None
        for key, count in zip(keys, counted.texts, strict=True):
            if key is not None:
                self._keep(key, count)
        return counted

    def _keep(self, key: tuple[str, bytes], count: int) -> None:
        self._counts[key] = count
        self._counts.move_to_end(key)
        while len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)

    def _key(self, text: str) -> tuple[str, bytes] | None:
        """By model and digest: drafts are counted as they are typed, and none of them need stay in memory."""
        model = self._counter.model
        if model is None:
            return None
        digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16)
        return model.key, digest.digest()
