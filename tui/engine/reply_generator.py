"""Generation of one reply: one token after another until something ends it."""

import codecs
import time
from collections.abc import Callable, Iterable, Sequence

import msgspec

from tui.engine import llama
from tui.engine.options import AnswerRequest
from tui.engine.protocol import Repeating, Text
from tui.engine.repetition import RepetitionDetector
from tui.engine.reply_metrics import FinishReason
from tui.engine.stop_scanner import StopScanner
from tui.engine.thinking.splitter import ThinkingSplitter
from tui.engine.token_sampler import TokenSampler
from tui.sentences import Reason, reason

_REPEATED_LETTERS = 40
"""Letters of a repeated text that are reported."""


class DecodeError(Exception):
    """A decode failed, which leaves the state of the cache unknown."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ReplyEnds(msgspec.Struct, frozen=True):
    """Ends of a reply besides the engine's own tokens."""

    tokens: frozenset[int] = frozenset()
    """Tokens by which the model ends its turn."""
    texts: tuple[str, ...] = ()
    """Texts by which it does."""
    user_texts: tuple[str, ...] = ()
    """Stop texts of the user, the special tokens in them as stand-ins."""
    stand_ins: dict[int, str] = {}
    """A character that no text has, by the special token that it stands for."""


class ReplyGenerator:
    """One reply being generated after its prompt has been read."""

    def __init__(
        self,
        request_id: int,
        request: AnswerRequest,
        emit: Callable[[Text | Repeating], None],
        ends: ReplyEnds,
        splitter: ThinkingSplitter,
        received: float,
    ) -> None:
        """`received` is the `time.monotonic()` at which the request arrived."""
        self._request_id = request_id
        self._request = request
        self._emit = emit
        self._received = received
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._ends = ends
        self._stops = StopScanner(ends.texts)
        self._user_stops = StopScanner(ends.user_texts)
        self._no_stand_ins = str.maketrans(dict.fromkeys(ends.stand_ins.values(), ""))
        self._splitter = splitter
        self._repetition = RepetitionDetector()
        self._unsent = ""
        self._thinking = False
        self._last_sent = 0.0
        self._first_token_at: float | None = None
        self._last_token_at = 0.0
        self._raw: list[bytes] = []
        self._has_text = {True: False, False: False}
        """True for thinking or answer that has more than blanks."""
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
        repetition_limit = self._request.repetition_tokens
        turn_ends = frozenset[int]() if self._request.ignore_end else self._ends.tokens
        try:
            while not stop:
                if limit is not None and self.tokens >= limit:
                    return "max_tokens"
                sampler.ignores_grammar = not self._splitter.in_answer
                token = sampler.sample(context)
                if token in turn_ends or (not self._request.ignore_end and model.ends_text(token)):
                    self._raw.append(model.piece(token, special=True))
                    self._ended = True
                    return "end"
                piece = model.piece(token)
                if not piece:
                    piece = self._special_piece(token, model.piece(token, special=True))
                else:
                    self._raw.append(piece)
                self._add_token(piece)
                if self._repetition.add(token):
                    self._report_repetition(model)
                if self._user_stops.stopped:
                    return "stop_text"
                if self._stops.stopped:
                    self._ended = True
                    return "end"
                if repetition_limit is not None and self._repetition.further_tokens >= repetition_limit:
                    return "repetition"
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

    def remark(self, finish: FinishReason) -> Reason | None:
        """Return what is odd about the reply, once it has ended; None for a usual one."""
        if self._repetition.goes_on():
            return reason("engine.reply_repeats")
        if self._has_text[False] or finish in ("stopped", "stop_text"):
            return None
        if self._has_text[True]:
            return reason("engine.reply_only_thinking" if finish == "end" else "engine.reply_cut_in_thinking")
        if self.tokens:
            return reason("engine.reply_without_text", tokens=self.tokens)
        return reason("engine.reply_empty") if finish == "end" else None

    def _special_piece(self, token: int, text: bytes) -> bytes:
        """Return what the reply's readers see of a special token: it is no part of the text."""
        self._raw.append(text)
        # Marks of thinking are special tokens in some vocabularies.
        if self._splitter.looks_for(text.decode("utf-8", "replace")):
            return text
        return self._ends.stand_ins.get(token, "").encode()

    def _report_repetition(self, model: llama.LlamaModel) -> None:
        unit = b"".join(map(model.piece, self._repetition.unit or ()))
        self._emit(Repeating(self._request_id, repeated_text(unit)[:_REPEATED_LETTERS]))

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
        if self._no_stand_ins:
            text = text.translate(self._no_stand_ins)
        if text and thinking != self._thinking:
            self._send()
            self._thinking = thinking
        self._unsent += text
        if not self._has_text[thinking] and not text.isspace() and text:
            self._has_text[thinking] = True

    def _send(self) -> None:
        if self._unsent:
            self._emit(Text(self._request_id, self._unsent, self.tokens, self.seconds, self._thinking))
            self._unsent = ""
            self._last_sent = self._last_token_at


def repeated_text(unit: bytes) -> str:
    """Return what is repeated in whole characters; its first token may begin in the middle of one."""
    try:
        return unit.decode()
    except UnicodeDecodeError:
        twice = (unit * 2).decode(errors="ignore")
        return twice[: (len(twice) + 1) // 2]
