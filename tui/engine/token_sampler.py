"""How the next token is chosen: the engine's sampler chain, held to a grammar where there is one."""

# The binding's ctypes functions carry no types; everything that leaves this file does.
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
"""Tokens that the penalties look back on; llama.cpp's own default."""


_CANDIDATE = np.dtype([("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])
"""The engine's `llama_token_data`."""


class DeadEndError(Exception):
    """No token of the vocabulary is what the grammar wants next."""


class TokenSampler:
    """A chain of penalties, top-k, top-p, min-p, temperature and draw, and a grammar where there is one.

    To ask a grammar about every token of the vocabulary takes as long as the model itself. So a token is
    drawn freely first, and only where the grammar refuses that one is it drawn from those that it allows.

    Raises:
        EngineError: the engine cannot read the grammar.
    """

    def __init__(self, model: LlamaModel, settings: SamplingSettings, grammar: str = "") -> None:
        """`grammar` is in GBNF; empty for free text."""
        self.free = False
        """True while the grammar does not count: a model may think before it answers by it."""
        self._model = model
        self._vocabulary = model.vocabulary
        self._recent: deque[int] = deque(maxlen=_PENALTY_WINDOW)
        self._grammar = _grammar(model, grammar) if grammar else None
        self._free, self._penalties = _chain(model, settings, None)
        self._held, self._held_penalties = (
            _chain(model, settings, self._grammar) if self._grammar else (None, None)
        )

    def accept_all(self, tokens: Sequence[int]) -> None:
        """Tell the penalties of tokens that were not sampled here, as far as they look back."""
        if self._penalties:
            self._recent.extend(tokens[-_PENALTY_WINDOW:])
            self._remember(self._penalties)

    def follow(self, text: str) -> bool:
        """Let the grammar go on behind a text that stands there already; False where that does not follow it.

        After False, the grammar is not to be used.
        """
        if self._grammar is None:
            return True
        tokens = _spelled(self._model, text)
        for token in tokens or ():
            # The engine ends the process at a token that it would not have allowed.
            if not self._allowed(token):
                return False
            lib.llama_sampler_accept(self._grammar, token)
        return tokens is not None

    def sample(self, context: LlamaContext) -> int:
        """Draw the next token from the logits of the last decode.

        Raises:
            DeadEndError: the grammar allows none.
        """
        token: int = lib.llama_sampler_sample(self._free, context.pointer, -1)
        if self._grammar is None or self.free:
            self._recent.append(token)
        elif self._allowed(token):
            lib.llama_sampler_accept(self._grammar, token)
            self._recent.append(token)
        else:
            token = self._draw(context)
            lib.llama_sampler_accept(self._grammar, token)
            self._recent.append(token)
            # It drew one that was never written.
            self._remember(self._penalties)
        return token

    def close(self) -> None:
        """Free the chains, and with them the grammar."""
        for chain in (self._free, self._held):
            if chain:
                lib.llama_sampler_free(chain)
        self._free = self._held = self._grammar = None

    def _draw(self, context: LlamaContext) -> int:
        """Draw from the tokens that the grammar allows.

        Raises:
            DeadEndError: it allows none; the engine itself would end the process at that.
        """
        self._remember(self._held_penalties)
        logits = np.ctypeslib.as_array(lib.llama_get_logits_ith(context.pointer, -1), (self._vocabulary,))
        tokens = np.zeros(self._vocabulary, _CANDIDATE)
        tokens["id"] = np.arange(self._vocabulary)
        tokens["logit"] = logits
        candidates = _candidates(tokens.ctypes.data, self._vocabulary)
        lib.llama_sampler_apply(self._held, ctypes.byref(candidates))
        chosen = tokens[candidates.selected]
        if chosen["logit"] == -math.inf:
            raise DeadEndError
        return int(chosen["id"])

    def _remember(self, penalties: Any) -> None:
        """Let the penalties know what was really written, and nothing else."""
        if penalties:
            lib.llama_sampler_reset(penalties)
            for token in self._recent:
                lib.llama_sampler_accept(penalties, token)

    def _allowed(self, token: int) -> bool:
        """True when the grammar allows this one next."""
        alone = (lib.llama_token_data * 1)()
        alone[0].id = token
        candidates = _candidates(ctypes.addressof(alone), 1)
        lib.llama_sampler_apply(self._grammar, ctypes.byref(candidates))
        return alone[0].logit > -math.inf


def _spelled(model: LlamaModel, text: str) -> list[int] | None:
    """Tokens whose pieces together are just that text; None where the vocabulary cannot write it so."""
    wanted = text.encode("utf-8", "surrogatepass")
    # Some vocabularies put a blank before a text; before a line of its own it stands apart.
    for before in ("", "\n"):
        left, found = wanted, list[int]()
        for token in reversed(model.tokenize(before + text, start=False)):
            piece = model.piece(token, special=True)
            if not left or not left.endswith(piece):
                break
            left = left[: len(left) - len(piece)]
            found.insert(0, token)
        if not left:
            return found
    return None


def _candidates(address: int, count: int) -> Any:
    data = ctypes.cast(address, lib.llama_token_data_p)
    return lib.llama_token_data_array(data=data, size=count, selected=-1, sorted=False)


def _grammar(model: LlamaModel, text: str) -> Any:
    with captured_log() as log:
        grammar = lib.llama_sampler_init_grammar(model.vocab, text.encode(), b"root")
    # A chain would take nothing for a sampler, and the process would end at the first token.
    if not grammar:
        raise EngineError(last_error(log))
    return grammar


def _chain(model: LlamaModel, settings: SamplingSettings, grammar: Any) -> tuple[Any, Any]:
    """The chain, and of its samplers the penalties; None where it has none."""
    params = lib.llama_sampler_chain_default_params()
    params.no_perf = True
    chain = lib.llama_sampler_chain_init(params)
    samplers = list(_samplers(model, settings))
    for sampler in ([grammar] if grammar else []) + samplers:
        lib.llama_sampler_chain_add(chain, sampler)
    return chain, samplers[0] if _penalises(settings) else None


def _penalises(settings: SamplingSettings) -> bool:
    return settings.repeat_penalty != 1 or bool(settings.presence_penalty or settings.frequency_penalty)


def _samplers(model: LlamaModel, settings: SamplingSettings) -> Iterator[Any]:
    if _penalises(settings):
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
