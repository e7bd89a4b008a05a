"""One loaded model: prompts read, replies generated, the cached prefix kept between turns."""

import time
from collections.abc import Callable, Sequence

from tui.engine import llama, process
from tui.engine.failures import prompt_too_long, schema_failure
from tui.engine.footprint import Footprint
from tui.engine.grammar import grammar_of
from tui.engine.load_check import check_load
from tui.engine.options import AnswerRequest
from tui.engine.prefix_cache import rewind, usable_prefix
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
from tui.engine.recommended_sampling import recommended_sampling
from tui.engine.reply_generator import EngineFailedError, ReplyGenerator
from tui.engine.reply_metrics import FinishReason, ReplyMetrics
from tui.engine.schema import SchemaError, parse_schema
from tui.engine.templates.chat_template import ChatTemplate, RenderedPrompt
from tui.engine.thinking.detection import thinking_mode
from tui.engine.thinking.marks import continued_reply, thinking_format
from tui.engine.thinking.splitter import ThinkingSplitter
from tui.engine.token_sampler import DeadEndError, TokenSampler
from tui.sentences import Reason, reason

Emit = Callable[[Event], None]


class Session:
    """A loaded model and the cache of its conversation.

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
        check_load(request.path, settings)
        self._model = llama.LlamaModel(
            request.path, settings, dry=False, on_progress=_progress(request.id, emit, stop)
        )
        try:
            self._context = llama.LlamaContext(self._model, settings, threads, stop)
        except llama.EngineError:
            self._model.close()
            raise
        source = self._model.metadata("tokenizer.chat_template")
        self._template = ChatTemplate(source, *self._model.text_ends)
        self._format = thinking_format(source or "")
        self._held: list[int] = []
        parts = llama.breakdown(self._model, self._context)
        resident = process.resident_bytes()
        # Weights are mapped in and the cache is cleared by now, so the rest of the process is what is over.
        elsewhere = sum(part.weights_bytes + part.kv_bytes for part in parts.devices)
        rest = max(0, (resident or 0) - (parts.weights_bytes + parts.kv_bytes - elsewhere))
        emit(
            Loaded(
                id=request.id,
                footprint=Footprint(
                    weights_bytes=parts.weights_bytes,
                    kv_bytes=parts.kv_bytes,
                    compute_bytes=parts.compute_bytes,
                    process_bytes=rest,
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
                sampling=recommended_sampling(self._model.metadata),
            )
        )

    def count(self, request: CountRequest) -> None:
        """Tell the tokens of a conversation and of texts with one `Counted`."""
        tokens = (
            self._model.tokenize(self._template.render(request.messages, think=request.think).text)
            if request.messages
            else []
        )
        held = usable_prefix(self._context, self._held, tokens, self._model.window, self._model.recurrent)
        texts = tuple(len(self._model.tokenize(text, start=False)) for text in request.texts)
        self._emit(Counted(request.id, len(tokens), held, texts))

    def generate(self, request_id: int, request: AnswerRequest) -> None:
        """Answer a request with events, ending in one `Finished` or `Failed`."""
        received = time.monotonic()
        prompt = RenderedPrompt(request.raw_text)
        if request.messages:
            prompt = self._template.render(request.messages, think=request.think)
        begun = continued_reply(self._format, prompt.text, request.continued_thinking, request.continued_text)
        text = prompt.text + begun
        tokens = self._model.tokenize(text)
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
        self._emit(Prompted(request_id, text, len(tokens), prompt.reason, follows))
        try:
            format = self._format if request.messages else None
            splitter = ThinkingSplitter(format, prompt.text, begun=bool(request.continued_text))
            if not request.continued_text:
                # Thinking that goes on.
                splitter.feed(begun)
            self._answer(request_id, request, received, tokens, sampler, splitter, prompt.stops)
        except EngineFailedError as error:
            # The cache's state is unknown after a failure, so nothing of it is kept.
            self._context.clear()
            self._held.clear()
            self._fail(
                request_id,
                reason("engine.decode_failed", status=error.status),
                reason("engine.load_again_shorter"),
            )
        except DeadEndError:
            self._fail(
                request_id, reason("engine.no_token_for_schema"), reason("engine.simplify_schema_names")
            )
        finally:
            sampler.close()

    def _fail(self, request_id: int, why: Reason, hint: Reason) -> None:
        self._emit(Failed(request_id, "internal", why, hint))

    def _sampler(self, request: AnswerRequest) -> tuple[TokenSampler, bool]:
        """The sampler for a reply, and whether what it says already follows its schema: if not, it is free.

        Raises:
            SchemaError: the schema cannot be used.
            llama.EngineError: the engine cannot read the grammar that was made of it.
        """
        sampler = TokenSampler(self._model, request.sampling, _grammar(request.json_schema))
        if sampler.follow(request.continued_text):
            return sampler, True
        sampler.close()
        return TokenSampler(self._model, request.sampling), False

    def _answer(
        self,
        request_id: int,
        request: AnswerRequest,
        received: float,
        tokens: list[int],
        sampler: TokenSampler,
        splitter: ThinkingSplitter,
        stops: Sequence[str],
    ) -> None:
        """Read the prompt, write the reply, and tell how it ended.

        Raises:
            EngineFailedError: the engine failed; what had been generated was sent.
        """
        cached = rewind(self._context, self._held, tokens, self._model.window)
        del self._held[cached:]
        reply = ReplyGenerator(request_id, request, self._emit, stops, splitter, received)
        read = self._read(request_id, tokens, cached)
        prompt_seconds = time.monotonic() - received
        finish: FinishReason = "stopped"
        if read:
            sampler.accept_all(tokens)
            room = lambda: self._context.size - len(self._held)  # noqa: E731 - named for what it tells.
            finish = reply.run(self._model, self._context, sampler, self._stop, self._decode, room)
        metrics = ReplyMetrics(
            # Of a prompt that was stopped, only what was read counts.
            prompt_tokens=len(tokens) if read else len(self._held),
            cached_tokens=cached,
            prompt_seconds=prompt_seconds,
            generated_tokens=reply.tokens,
            generation_seconds=reply.seconds,
            first_token_seconds=reply.first_token_seconds,
            context_used=len(self._held),
            context=self._context.size,
            peak_bytes=process.peak_bytes(),
            thinking_tokens=reply.thinking_tokens,
        )
        self._emit(Finished(request_id, finish, metrics, reply.raw))

    def _read(self, request_id: int, tokens: list[int], cached: int) -> bool:
        """Read the prompt from position `cached` on; False when it was stopped, what was read stays."""
        for start in range(cached, len(tokens), self._context.batch):
            self._emit(PromptProgress(request_id, start, len(tokens), cached))
            status = self._decode(tokens[start : start + self._context.batch])
            if self._stop:
                return False
            if status != llama.DECODED:
                raise EngineFailedError(status)
        self._emit(PromptProgress(request_id, len(tokens), len(tokens), cached))
        return True

    def _decode(self, tokens: Sequence[int]) -> int:
        """Append tokens to the cache; what was really appended is remembered also when it is cut short."""
        status = self._context.decode(tokens)
        if status == llama.DECODED:
            self._held += tokens
        elif self._model.recurrent:
            # A state that was cut in the middle of its update is neither the old one nor the new one.
            self._context.clear()
            self._held.clear()
        else:
            # Finished micro-batches stay in the cache after an abort.
            added = self._context.last_position() + 1 - len(self._held)
            self._held += tokens[: max(added, 0)]
        return status


def _progress(request_id: int, emit: Emit, stop: llama.StopFlag) -> Callable[[float], bool]:
    sent = -1.0

    def on_progress(fraction: float) -> bool:
        nonlocal sent
        # The engine reports each tensor; a hundredth is as fine as a progress bar shows.
        if fraction - sent >= 0.01:
            sent = fraction
            emit(LoadProgress(request_id, fraction))
        return not stop

    return on_progress


def _grammar(schema: str) -> str:
    return grammar_of(parse_schema(schema)) if schema else ""
