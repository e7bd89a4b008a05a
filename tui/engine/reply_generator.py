"""The generation loop: one token after another until something ends it."""

import codecs
import time
from collections.abc import Callable, Iterable, Sequence

from tui.engine import llama
from tui.engine.options import AnswerRequest
from tui.engine.protocol import Text
from tui.engine.reply_metrics import FinishReason
from tui.engine.stop_scanner import StopScanner
from tui.engine.thinking.splitter import ThinkingSplitter
from tui.engine.token_sampler import TokenSampler


class EngineFailedError(Exception):
    """A decode failed in a way that leaves the cache unknown."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ReplyGenerator:
    """One reply being generated after its prompt has been read."""

    def __init__(
        self,
        request_id: int,
        request: AnswerRequest,
        emit: Callable[[Text], None],
        stops: Sequence[str],
        splitter: ThinkingSplitter,
        received: float,
    ) -> None:
        """`received` is the `time.monotonic()` at which the request came."""
        self._request_id = request_id
        self._request = request
        self._emit = emit
        self._received = received
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = StopScanner(stops)
        self._asked_stops = StopScanner(request.sampling.stop)
        self._splitter = splitter
        self._unsent = ""
        self._thinking = False
        self._sent_at = 0.0
        self._first: float | None = None
        self._last = 0.0
        self._raw: list[bytes] = []
        self._ended = False
        """True once the model itself has ended it; until then half a character may become a whole one."""
        self.tokens = 0
        self.thinking_tokens = 0

    @property
    def raw(self) -> str:
        """All that was generated, special tokens too; bytes that are no text are shown as such."""
        return b"".join(self._raw).decode("utf-8", "replace")

    @property
    def seconds(self) -> float:
        """From the first token to the last."""
        return self._last - self._first if self._first is not None else 0.0

    @property
    def first_token_seconds(self) -> float | None:
        """From the request to the first token; None when there was none."""
        return self._first - self._received if self._first is not None else None

    def run(
        self,
        model: llama.LlamaModel,
        context: llama.LlamaContext,
        sampler: TokenSampler,
        stop: llama.StopFlag,
        decode: Callable[[Sequence[int]], int],
        room: Callable[[], int],
    ) -> FinishReason:
        """Generate and send until something ends it, and return what did.

        Args:
            decode: appends tokens to the cache and returns the engine's status.
            room: tokens that the cache can still take.

        Raises:
            EngineFailedError: the engine failed; what had been generated was sent.
        """
        limit = self._request.sampling.max_tokens
        try:
            while not stop:
                if limit is not None and self.tokens >= limit:
                    return "max_tokens"
                sampler.free = not self._splitter.answering
                token = sampler.sample(context)
                if not self._request.ignore_end and model.ends_text(token):
                    self._raw.append(model.piece(token, special=True))
                    self._ended = True
                    return "end"
                piece = model.piece(token)
                whole = piece or model.piece(token, special=True)
                self._raw.append(whole)
                # Marks of thinking are special tokens in some vocabularies.
                self._take(whole if self._splitter.looks else piece)
                if self._asked_stops.found:
                    return "stop_text"
                if self._stops.found:
                    return "end"
                if room() < 1:
                    return "context_full"
                status = decode((token,))
                if status == llama.NO_ROOM:
                    return "context_full"
                if status < llama.DECODED:
                    raise EngineFailedError(status)
            return "stopped"
        finally:
            self._finish()

    def _take(self, piece: bytes) -> None:
        self._last = time.monotonic()
        if self._first is None:
            self._first = self._last
        self.tokens += 1
        inside = self._splitter.inside
        self._say(self._splitter.feed(self._stops.feed(self._decoder.decode(piece))))
        self.thinking_tokens += inside or self._splitter.inside
        if self._last - self._sent_at >= self._request.text_interval:
            self._send()

    def _finish(self) -> None:
        # Of a reply that was cut, half a character is left out: whoever goes on with it writes it whole.
        tail = self._decoder.decode(b"", final=self._ended)
        if not self._stops.found:
            self._say(self._splitter.feed(self._stops.feed(tail) + self._stops.rest()))
        self._say(self._splitter.rest())
        self._add(False, self._asked_stops.rest())
        self._send()

    def _say(self, parts: Iterable[tuple[bool, str]]) -> None:
        for thinking, text in parts:
            if thinking:
                self._add(True, text)
            elif not self._asked_stops.found:
                self._add(False, self._asked_stops.feed(text))

    def _add(self, thinking: bool, text: str) -> None:
        if text and thinking != self._thinking:
            self._send()
            self._thinking = thinking
        self._unsent += text

    def _send(self) -> None:
        if self._unsent:
            self._emit(Text(self._request_id, self._unsent, self.tokens, self.seconds, self._thinking))
            self._unsent = ""
            self._sent_at = self._last
