"""Generation of one reply: one token after another until something ends it."""

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


class DecodeError(Exception):
    """A decode failed, which leaves the state of the cache unknown."""

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
        """`received` is the `time.monotonic()` at which the request arrived."""
        self._request_id = request_id
        self._request = request
        self._emit = emit
        self._received = received
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = StopScanner(stops)
        self._user_stops = StopScanner(request.sampling.stop)
        self._splitter = splitter
        self._unsent = ""
        self._thinking = False
        self._last_sent = 0.0
        self._first_token_at: float | None = None
        self._last_token_at = 0.0
        self._raw: list[bytes] = []
        self._ended = False
        """True once the model itself has ended it; until then half a character may become a full one."""
        self.tokens = 0
        self.thinking_tokens = 0

    @property
    def raw(self) -> str:
        """Everything generated, special tokens included; invalid bytes become replacement characters."""
        return b"".join(self._raw).decode("utf-8", "replace")

    @property
    def seconds(self) -> float:
        """Time from the first token to the last."""
        return self._last_token_at - self._first_token_at if self._first_token_at is not None else 0.0

    @property
    def first_token_seconds(self) -> float | None:
        """Time from the request to the first token; None when there was none."""
        return self._first_token_at - self._received if self._first_token_at is not None else None

    def run(
        self,
        model: llama.LlamaModel,
        context: llama.LlamaContext,
        sampler: TokenSampler,
        stop: llama.StopFlag,
        decode: Callable[[Sequence[int]], int],
        free_tokens: Callable[[], int],
    ) -> FinishReason:
        """Generate and send until something ends the reply, and return the reason.

        Args:
            decode: appends tokens to the cache and returns the engine's status.
            free_tokens: returns the number of tokens that the cache can still take.

        Raises:
            DecodeError: the engine failed; the text so far was sent.
        """
        limit = self._request.sampling.max_tokens
        try:
            while not stop:
                if limit is not None and self.tokens >= limit:
                    return "max_tokens"
                sampler.ignores_grammar = not self._splitter.in_answer
                token = sampler.sample(context)
                if not self._request.ignore_end and model.ends_text(token):
                    self._raw.append(model.piece(token, special=True))
                    self._ended = True
                    return "end"
                piece = model.piece(token)
                raw_piece = piece or model.piece(token, special=True)
                self._raw.append(raw_piece)
                # Marks of thinking are special tokens in some vocabularies.
                self._add_token(raw_piece if self._splitter.needs_special_tokens else piece)
                if self._user_stops.stopped:
                    return "stop_text"
                if self._stops.stopped:
                    return "end"
                if free_tokens() < 1:
                    return "context_full"
                status = decode((token,))
                if status == llama.NO_ROOM:
                    return "context_full"
                if status < llama.DECODED:
                    raise DecodeError(status)
            return "stopped"
        finally:
            self._finish()

    def _add_token(self, piece: bytes) -> None:
        self._last_token_at = time.monotonic()
        if self._first_token_at is None:
            self._first_token_at = self._last_token_at
        self.tokens += 1
        thinking_before = self._splitter.in_thinking
        self._add_parts(self._splitter.feed(self._stops.feed(self._decoder.decode(piece))))
        self.thinking_tokens += thinking_before or self._splitter.in_thinking
        if self._last_token_at - self._last_sent >= self._request.text_interval:
            self._send()

    def _finish(self) -> None:
        # A reply that was cut ends before half a character: who continues it writes the full one.
        tail = self._decoder.decode(b"", final=self._ended)
        if not self._stops.stopped:
            self._add_parts(self._splitter.feed(self._stops.feed(tail) + self._stops.flush()))
        self._add_parts(self._splitter.flush())
        self._add_text(False, self._user_stops.flush())
        self._send()

    def _add_parts(self, parts: Iterable[tuple[bool, str]]) -> None:
        for thinking, text in parts:
            if thinking:
                self._add_text(True, text)
            elif not self._user_stops.stopped:
                self._add_text(False, self._user_stops.feed(text))

    def _add_text(self, thinking: bool, text: str) -> None:
        if text and thinking != self._thinking:
            self._send()
            self._thinking = thinking
        self._unsent += text

    def _send(self) -> None:
        if self._unsent:
            self._emit(Text(self._request_id, self._unsent, self.tokens, self.seconds, self._thinking))
            self._unsent = ""
            self._last_sent = self._last_token_at
