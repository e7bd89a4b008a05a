"""Choice of the next token: the engine's sampler chain, which follows a grammar where there is one."""

# The binding's ctypes functions carry no types; everything that this file returns has some.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportArgumentType=false

import ctypes
import math
import random
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tui.engine.llama import EngineError, LlamaContext, LlamaModel, lib
from tui.engine.log import captured_log, last_error
from tui.engine.options import SamplingSettings

_PENALTY_WINDOW = 64
"""Number of last tokens that the penalties count; llama.cpp's own default."""


_CANDIDATE = np.dtype([("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])
"""The engine's `llama_token_data`."""


class NoAllowedTokenError(Exception):
    """The grammar allows no token of the vocabulary next."""


class NotANumberError(Exception):
    """The model's logits are not numbers, so that there is nothing to choose from."""


class TokenSampler:
    """Chain of penalties, top-k, top-p, min-p, temperature and draw, and a grammar where there is one.

    To check every token of the vocabulary against a grammar takes as long as the model itself. So a token is
    drawn freely first, and only when the grammar refuses it, another is drawn from the allowed ones.

    Raises:
        EngineError: the engine cannot read the grammar.
    """

    def __init__(self, model: LlamaModel, settings: SamplingSettings, grammar: str = "") -> None:
        """`grammar` is in GBNF; empty for free text."""
        self.ignores_grammar = False
        """True while a model thinks: only the answer has to follow the grammar."""
        self._model = model
        self._vocabulary = model.vocabulary
        self._recent: deque[int] = deque(maxlen=_PENALTY_WINDOW)
        self._grammar = _grammar(model, grammar) if grammar else None
        self._free_chain, self._free_penalties = _chain(model, settings, None)
        self._grammar_chain, self._grammar_penalties = (
            _chain(model, settings, self._grammar) if self._grammar else (None, None)
        )

    def add_history(self, tokens: Sequence[int]) -> None:
        """Add tokens that were not sampled here to the history of the penalties."""
        if self._free_penalties:
            self._recent.extend(tokens[-_PENALTY_WINDOW:])
            self._reset_history(self._free_penalties)

    def accept_text(self, text: str) -> bool:
        """Advance the grammar over a text that is there already; return False where it does not allow it.

        After False, this sampler must not be used.
        """
        if self._grammar is None:
            return True
        tokens = _exact_tokens(self._model, text)
        for token in tokens or ():
            # The engine ends the process at a token that its grammar does not allow.
            if not self._allowed(token):
                return False
            lib.llama_sampler_accept(self._grammar, token)
        return tokens is not None

    def sample(self, context: LlamaContext) -> int:
        """Draw the next token from the logits of the last decode.

        Raises:
            NoAllowedTokenError: the grammar allows none.
            NotANumberError: the logits are not numbers.
        """
        # A broken computation spreads to every logit, and the engine would draw from them all the same.
        logits = lib.llama_get_logits_ith(context.pointer, -1)
        if not math.isfinite(logits[0]):
            self._check_logits(logits)
        token: int = lib.llama_sampler_sample(self._free_chain, context.pointer, -1)
        if not math.isfinite(logits[token]):
            self._check_logits(logits)
        if self._grammar is None or self.ignores_grammar:
            self._recent.append(token)
        elif self._allowed(token):
            lib.llama_sampler_accept(self._grammar, token)
            self._recent.append(token)
        else:
            token = self._draw(context)
            lib.llama_sampler_accept(self._grammar, token)
            self._recent.append(token)
            # The free chain counted a token that was not written.
            self._reset_history(self._free_penalties)
        return token

    def close(self) -> None:
        """Free the chains, and with them the grammar."""
        for chain in (self._free_chain, self._grammar_chain):
            if chain:
                lib.llama_sampler_free(chain)
        self._free_chain = self._grammar_chain = self._grammar = None

    def _check_logits(self, address: Any) -> None:
        """Raise `NotANumberError` where no token can be drawn from them."""
        logits = np.ctypeslib.as_array(address, (self._vocabulary,))
        # Minus infinity alone only rules a token out.
        if np.isnan(logits).any() or logits.max() in (math.inf, -math.inf):
            raise NotANumberError

    def _draw(self, context: LlamaContext) -> int:
        """Draw from the tokens that the grammar allows.

        Raises:
            NoAllowedTokenError: it allows none; the engine itself would end the process.
        """
        self._reset_history(self._grammar_penalties)
        logits = np.ctypeslib.as_array(lib.llama_get_logits_ith(context.pointer, -1), (self._vocabulary,))
        tokens = np.zeros(self._vocabulary, _CANDIDATE)
        tokens["id"] = np.arange(self._vocabulary)
        tokens["logit"] = logits
        candidates = _candidates(tokens.ctypes.data, self._vocabulary)
        lib.llama_sampler_apply(self._grammar_chain, ctypes.byref(candidates))
        chosen = tokens[candidates.selected]
        if chosen["logit"] == -math.inf:
            raise NoAllowedTokenError
        return int(chosen["id"])

    def _reset_history(self, penalties: Any) -> None:
        """Make the penalties count the tokens that were really written, and no other."""
        if penalties:
            lib.llama_sampler_reset(penalties)
            for token in self._recent:
                lib.llama_sampler_accept(penalties, token)

    def _allowed(self, token: int) -> bool:
        """Return True when the grammar allows this token next."""
        token_data = (lib.llama_token_data * 1)()
        token_data[0].id = token
        candidates = _candidates(ctypes.addressof(token_data), 1)
        lib.llama_sampler_apply(self._grammar, ctypes.byref(candidates))
        return token_data[0].logit > -math.inf


def _exact_tokens(model: LlamaModel, text: str) -> list[int] | None:
    """Return tokens whose pieces together are exactly the text; None where the vocabulary has none."""
    data = text.encode("utf-8", "surrogatepass")
    # Some vocabularies put a blank before a text; after a line break that blank is a token of its own.
    for prefix in ("", "\n"):
        remaining, tokens = data, list[int]()
        for token in reversed(model.tokenize(prefix + text, start=False, special=False)):
            piece = model.piece(token, special=True)
            if not remaining or not remaining.endswith(piece):
                break
            remaining = remaining[: len(remaining) - len(piece)]
            tokens.insert(0, token)
        if not remaining:
            return tokens
    return None


def _candidates(address: int, count: int) -> Any:
    data = ctypes.cast(address, lib.llama_token_data_p)
    return lib.llama_token_data_array(data=data, size=count, selected=-1, sorted=False)


def _grammar(model: LlamaModel, text: str) -> Any:
    with captured_log() as log:
        grammar = lib.llama_sampler_init_grammar(model.vocab, text.encode(), b"root")
    # In a chain a null pointer would end the process at the first token.
    if not grammar:
        raise EngineError(last_error(log))
    return grammar


def _chain(model: LlamaModel, settings: SamplingSettings, grammar: Any) -> tuple[Any, Any]:
    """Return the chain, and the penalties among its samplers; None where it has none."""
    params = lib.llama_sampler_chain_default_params()
    params.no_perf = True
    chain = lib.llama_sampler_chain_init(params)
    samplers = list(_samplers(model, settings))
    for sampler in ([grammar] if grammar else []) + samplers:
        lib.llama_sampler_chain_add(chain, sampler)
    return chain, samplers[0] if _has_penalties(settings) else None


def _has_penalties(settings: SamplingSettings) -> bool:
    return settings.repeat_penalty != 1 or bool(settings.presence_penalty or settings.frequency_penalty)


def _samplers(model: LlamaModel, settings: SamplingSettings) -> Iterator[Any]:
    if _has_penalties(settings):
        yield lib.llama_sampler_init_penalties(
            model.vocabulary,
            _PENALTY_WINDOW,
            settings.repeat_penalty,
            settings.frequency_penalty,
            settings.presence_penalty,
        )
    if settings.temperature <= 0:
        yield lib.llama_sampler_init_greedy()
        return
    if settings.top_k > 0:
        yield lib.llama_sampler_init_top_k(settings.top_k)
    if settings.top_p < 1.0:
        yield lib.llama_sampler_init_top_p(settings.top_p, 1)
    if settings.min_p > 0.0:
        yield lib.llama_sampler_init_min_p(settings.min_p, 1)
    yield lib.llama_sampler_init_temp(settings.temperature)
    seed = random.getrandbits(31) if settings.seed is None else settings.seed & 0xFFFFFFFF
    yield lib.llama_sampler_init_dist(seed)
