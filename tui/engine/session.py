"""One loaded model: it reads prompts, generates replies, and keeps the cached prefix between turns."""

import time
from collections.abc import Callable, Sequence

from tui.engine import llama, process
from tui.engine.control_text import ControlTexts
from tui.engine.failures import prompt_too_long, schema_failure
from tui.engine.file_sampling import file_sampling
from tui.engine.footprint import Footprint
from tui.engine.grammar import as_written_now, grammar_of
from tui.engine.load_check import check_load
from tui.engine.options import AnswerRequest
from tui.engine.prefix_cache import rewind, usable_prefix
from tui.engine.prompt.chunks import PromptChunks
from tui.engine.prompt.length import tokens_beyond
from tui.engine.prompt.writer import PromptWriter, WrittenPrompt
from tui.engine.protocol import (
    Counted,
    CountRequest,
    Event,
    Failed,
    Finished,
    Loaded,
    LoadProgress,
    LoadRequest,
    Prompted,
    PromptProgress,
)
from tui.engine.reply_generator import DecodeError, ReplyEnds, ReplyGenerator
from tui.engine.reply_metrics import FinishReason, ReplyMetrics
from tui.engine.schema import parse_schema
from tui.engine.schema_document import SchemaError
from tui.engine.templates.chat_template import ChatTemplate
from tui.engine.thinking.detection import thinking_mode
from tui.engine.thinking.marks import thinking_format
from tui.engine.thinking.splitter import ThinkingSplitter
from tui.engine.token_sampler import NoAllowedTokenError, NotANumberError, TokenSampler
from tui.engine.turn_end import TurnEnd, sample_prompt, turn_end
from tui.sentences import Reason, reason

_STAND_INS = 0xF0000
"""First character of a private plane of Unicode, which stand for special tokens in stop texts."""

Emit = Callable[[Event], None]


class Session:
    """A loaded model and the KV cache of its conversation.

    Raises:
        llama.EngineError: the engine cannot load the file or make the context, or the load was stopped.
        ContextTooLargeError: the cache would not fit this machine.
    """

    def __init__(self, request: LoadRequest, emit: Emit, stop: llama.StopFlag) -> None:
        self._emit = emit
        self._stop = stop
        start = time.monotonic()
        settings = request.settings
        threads = settings.threads or process.usable_cores()
        check_load(request.path, settings, request.offset)
        self._model = llama.LlamaModel(
            request.path,
            settings,
            dry=False,
            on_progress=_progress(request.id, emit, stop),
            offset=request.offset,
        )
        try:
            self._context = llama.LlamaContext(self._model, settings, threads, stop)
        except llama.EngineError:
            self._model.close()
            raise
        source = self._model.metadata("tokenizer.chat_template")
        self._template = ChatTemplate(source, *self._model.text_ends)
        self._format = thinking_format(source or "")
        sample = sample_prompt(self._template)
        # A template may put its marks together from pieces.
        self._controls = ControlTexts(self._model.special_tokens(), f"{source or ''}\n{sample}")
        self._turn_end = turn_end(sample, self._controls, self._format)
        self._writer = PromptWriter(self._template, self._controls, self._model, self._format)
        self._cached_tokens: list[int] = []
        parts = llama.breakdown(self._model, self._context)
        resident = process.resident_bytes()
        # Weights are mapped and the cache is cleared by now, so the rest is the process itself.
        on_device = sum(part.weights_bytes + part.kv_bytes for part in parts.devices)
        own_bytes = max(0, (resident or 0) - (parts.weights_bytes + parts.kv_bytes - on_device))
        emit(
            Loaded(
                id=request.id,
                footprint=Footprint(
                    weights_bytes=parts.weights_bytes,
                    kv_bytes=parts.kv_bytes,
                    compute_bytes=parts.compute_bytes,
                    process_bytes=own_bytes,
                    source="engine",
                    device_bytes=parts.device_bytes,
                    devices=parts.devices,
                ),
                resident_bytes=resident,
                context=self._context.size,
                seconds=time.monotonic() - start,
                threads=threads,
                template="model" if not self._template.reason else "fallback" if source else "none",
                template_reason=self._template.reason,
                thinking=thinking_mode(source or ""),
                sampling=file_sampling(self._model.metadata),
            )
        )

    def close(self) -> None:
        """Free the context and the model."""
        self._context.close()
        self._model.close()

    def count(self, request: CountRequest) -> None:
        """Answer with one `Counted`: the tokens of a conversation and of texts."""
        tokens = self._writer.write(request.messages, think=request.think).tokens if request.messages else ()
        cached = usable_prefix(
            self._context, self._cached_tokens, tokens, self._model.window, self._model.recurrent
        )
        texts = tuple(self._writer.count(text) for text in request.texts)
        self._emit(Counted(request.id, len(tokens), cached, texts))

    def generate(self, request_id: int, request: AnswerRequest) -> None:
        """Answer a request with events, ending in one `Finished` or `Failed`."""
        received = time.monotonic()
        if (beyond := self._tokens_beyond(request)) is not None:
            self._emit(prompt_too_long(request_id, beyond, self._context.size))
            return
        prompt = self._prompt(request)
        tokens = prompt.tokens
        if not tokens:
            self._fail(request_id, reason("engine.prompt_empty"), reason("engine.write_something"))
            return
        if len(tokens) >= self._context.size:
            self._emit(prompt_too_long(request_id, len(tokens), self._context.size))
            return
        try:
            sampler, follows = self._sampler(request)
        except (SchemaError, llama.EngineError) as error:
            self._emit(schema_failure(request_id, error))
            return
        prompted = Prompted(request_id, prompt.text, len(tokens), prompt.reason, follows, prompt.tool_form)
        self._emit(prompted)
        try:
            format = self._format if request.messages else None
            splitter = ThinkingSplitter(format, prompt.opening, continues_answer=bool(request.continued_text))
            if not request.continued_text:
                # The thinking is continued.
                splitter.feed(prompt.continuation)
            ends = self._ends(request, prompt)
            self._answer(request_id, request, received, tokens, sampler, splitter, ends)
        except DecodeError as error:
            # The state of the cache is unknown after a failure.
            self._context.clear()
            self._cached_tokens.clear()
            self._fail(
                request_id,
                reason("engine.decode_failed", status=error.status),
                reason("engine.load_again_shorter"),
            )
        except NotANumberError:
            self._context.clear()
            self._cached_tokens.clear()
            self._fail(request_id, reason("engine.not_a_number"), reason("engine.not_a_number_hint"))
        except NoAllowedTokenError:
            self._fail(
                request_id, reason("engine.no_token_for_schema"), reason("engine.simplify_schema_names")
            )
        finally:
            sampler.close()

    def _prompt(self, request: AnswerRequest) -> WrittenPrompt:
        if request.messages:
            return self._writer.write(
                request.messages,
                think=request.think,
                continued_thinking=request.continued_thinking,
                continued_text=request.continued_text,
                tools=request.tools,
            )
        text = request.raw_text + request.continued_text
        return WrittenPrompt(
            tuple(self._model.tokenize(text)), text, request.raw_text, request.continued_text
        )

    def _ends(self, request: AnswerRequest, prompt: WrittenPrompt) -> ReplyEnds:
        """Return what ends a reply; special tokens in the user's stop texts get stand-ins."""
        stand_ins: dict[int, str] = {}
        user_texts = [
            "".join(
                stand_ins.setdefault(part, chr(_STAND_INS + len(stand_ins)))
                if isinstance(part, int)
                else part
                for part in self._controls.split(stop)
            )
            for stop in request.sampling.stop
        ]
        own = self._turn_end if request.messages and prompt.reason is None else TurnEnd()
        return ReplyEnds(own.tokens, (*prompt.stops, *own.texts), tuple(user_texts), stand_ins)

    def _tokens_beyond(self, request: AnswerRequest) -> int | None:
        """Return the tokens of a prompt that is far too long, counted without writing it; else None."""
        texts = [request.raw_text, request.tools, *(message.content for message in request.messages)]
        return tokens_beyond(
            "\n".join(texts), self._context.size, lambda piece: self._model.tokenize(piece, start=False)
        )

    def _fail(self, request_id: int, why: Reason, hint: Reason) -> None:
        self._emit(Failed(request_id, "internal", why, hint))

    def _sampler(self, request: AnswerRequest) -> tuple[TokenSampler, bool]:
        """Return the sampler for a reply, and True when the reply so far follows its schema; else it is free.

        Raises:
            SchemaError: the schema cannot be used.
            llama.EngineError: the engine cannot read the grammar that was made of it.
        """
        sampler = TokenSampler(self._model, request.sampling, _grammar(request.json_schema))
        if sampler.accept_text(as_written_now(request.continued_text)):
            return sampler, True
        sampler.close()
        return TokenSampler(self._model, request.sampling), False

    def _answer(
        self,
        request_id: int,
        request: AnswerRequest,
        received: float,
        tokens: Sequence[int],
        sampler: TokenSampler,
        splitter: ThinkingSplitter,
        ends: ReplyEnds,
    ) -> None:
        """Read the prompt, write the reply, and end with one `Finished`.

        Raises:
            DecodeError: the engine failed; the text so far was sent.
        """
        cached = rewind(self._context, self._cached_tokens, tokens, self._model.window)
        del self._cached_tokens[cached:]
        reply = ReplyGenerator(request_id, request, self._emit, ends, splitter, received)
        is_read = self._read(request_id, tokens, cached)
        prompt_seconds = time.monotonic() - received
        finish: FinishReason = "stopped"
        if is_read:
            sampler.add_history(tokens)
            # Of generating only: libraries that multiply large matrices use threads of their own.
            self._context.clock.clear()
            finish = reply.run(
                self._model, self._context, sampler, self._stop, self._decode, self._free_tokens
            )
        metrics = ReplyMetrics(
            # Of a stopped prompt, only the part that was read counts.
            # A recurrent state is lost with the part that was cached.
            prompt_tokens=len(tokens) if is_read else max(cached, len(self._cached_tokens)),
            cached_tokens=cached,
            prompt_seconds=prompt_seconds,
            generated_tokens=reply.tokens,
            generation_seconds=reply.seconds,
            first_token_seconds=reply.first_token_seconds,
            context_used=len(self._cached_tokens),
            context=self._context.size,
            peak_bytes=process.peak_bytes(),
            thinking_tokens=reply.thinking_tokens,
            cpu_share=self._context.clock.share if is_read else None,
        )
        self._emit(Finished(request_id, finish, metrics, reply.raw, reply.remark(finish)))

    def _read(self, request_id: int, tokens: Sequence[int], cached: int) -> bool:
        """Read the prompt from position `cached` on; return False when it was stopped in the middle."""
        chunks, start = PromptChunks(self._context.batch), cached
        while start < len(tokens):
            self._emit(PromptProgress(request_id, start, len(tokens), cached))
            chunk = tokens[start : start + chunks.size]
            begun = time.monotonic()
            status = self._decode(chunk)
            if self._stop:
                return False
            if status != llama.DECODED:
                raise DecodeError(status)
            chunks.add(len(chunk), time.monotonic() - begun)
            start += len(chunk)
        self._emit(PromptProgress(request_id, len(tokens), len(tokens), cached))
        return True

    def _free_tokens(self) -> int:
        return self._context.size - len(self._cached_tokens)

    def _decode(self, tokens: Sequence[int]) -> int:
        """Append tokens to the cache, and record those that were appended even when it was stopped."""
        status = self._context.decode(tokens)
        if status == llama.DECODED:
            self._cached_tokens += tokens
        elif self._model.recurrent:
            # A state whose update was interrupted is neither the old one nor the new one.
            self._context.clear()
            self._cached_tokens.clear()
        else:
            # Finished micro-batches stay in the cache after an abort.
            added = self._context.last_position() + 1 - len(self._cached_tokens)
            self._cached_tokens += tokens[: max(added, 0)]
        return status


def _progress(request_id: int, emit: Emit, stop: llama.StopFlag) -> Callable[[float], bool]:
    last_sent = -1.0

    def on_progress(fraction: float) -> bool:
        nonlocal last_sent
        # The engine reports each tensor; a progress bar shows hundredths.
        if fraction - last_sent >= 0.01:
            last_sent = fraction
            emit(LoadProgress(request_id, fraction))
        return not stop

    return on_progress


def _grammar(schema: str) -> str:
    return grammar_of(parse_schema(schema)) if schema else ""
