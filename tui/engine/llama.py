"""Binding to llama.cpp: the one file that imports llama_cpp, and only in the engine's process.

Thin typed classes over the low-level API; `session.py` and `planner.py` use them.
"""

# The binding's ctypes functions carry no types; everything that this file returns has some.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportMissingTypeStubs=false, reportArgumentType=false
# pyright: reportUnknownLambdaType=false, reportOperatorIssue=false, reportPrivateUsage=false

import contextlib
import ctypes
import sys
from collections.abc import Callable, Sequence
from typing import Any

import llama_cpp
from llama_cpp import _ggml
from llama_cpp import llama_cpp as lib
from llama_cpp._ctypes_extensions import load_shared_library

from tui.engine.breakdown import Breakdown, breakdown_from_log, engine_breakdown
from tui.engine.control_text import SpecialToken
from tui.engine.cpu_share import ComputeClock
from tui.engine.devices import list_devices
from tui.engine.expert_offload import expert_overrides
from tui.engine.instructions import instructions_in
from tui.engine.log import captured_log, last_error, receive_log
from tui.engine.options import KvType, LoadSettings
from tui.engine.protocol import EngineDevice, SkippedVocabulary

_KV_TYPES: dict[KvType, int] = {
    "f16": lib.GGML_TYPE_F16,
    "q8_0": lib.GGML_TYPE_Q8_0,
    "q4_0": lib.GGML_TYPE_Q4_0,
}
_SEQUENCE = 0

_SPECIAL = lib.LLAMA_TOKEN_ATTR_CONTROL | lib.LLAMA_TOKEN_ATTR_UNKNOWN | lib.LLAMA_TOKEN_ATTR_USER_DEFINED

DECODED = 0
NO_ROOM = 1
ABORTED = 2


@lib.llama_log_callback
def _on_log(level: int, text: bytes, _data: object) -> None:
    receive_log(level, text.decode("utf-8", "replace"))


lib.llama_log_set(_on_log, ctypes.c_void_p(0))
lib.llama_backend_init()


def version() -> str:
    """Return the name and version of the binding."""
    return f"llama-cpp-python {llama_cpp.__version__}"


def supports_gpu_offload() -> bool:
    """Return True when this build can put layers on a GPU."""
    return bool(lib.llama_supports_gpu_offload())


def instructions() -> tuple[str, ...]:
    """Return the instruction sets that this build uses, by the engine's names."""
    return instructions_in(lib.llama_print_system_info().decode("utf-8", "replace"))


def devices() -> tuple[EngineDevice, ...]:
    """Return the devices of the build's registry."""
    return list_devices(_ggml_libraries())


class StopFlag:
    """A flag that native code polls without asking for Python's lock.

    The engine calls its abort callback some 500 times a token. Here that callback is libc's `strlen` on a
    two-byte buffer: an empty string means continue.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        self.callback = ctypes.cast(libc.strlen, lib.ggml_abort_callback)
        self.data = ctypes.cast(self._buffer, ctypes.c_void_p)

    def set(self) -> None:
        """Ask the engine to stop."""
        self._buffer[0] = b"\x01"

    def clear(self) -> None:
        """Let the engine continue."""
        self._buffer[0] = b"\x00"

    def __bool__(self) -> bool:
        return self._buffer[0] != b"\x00"


class EngineError(Exception):
    """The engine refused; the message is from its log."""


def _load_embedded(path: str, offset: int, params: Any) -> Any:
    """Load the model that starts at a byte of a file, as llama.cpp does from an open file of C.

    Returns None when the file cannot be opened, and a null pointer when the engine refuses the model.
    """
    windows = sys.platform == "win32"
    libc = ctypes.CDLL("ucrtbase" if windows else None)
    open_file = libc._wfopen if windows else libc.fopen
    seek = libc._fseeki64 if windows else libc.fseeko
    open_file.restype = ctypes.c_void_p
    open_file.argtypes = [ctypes.c_wchar_p] * 2 if windows else [ctypes.c_char_p] * 2
    seek.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int]
    libc.fclose.argtypes = [ctypes.c_void_p]
    file = open_file(path, "rb") if windows else open_file(path.encode(), b"rb")
    if not file:
        return None
    try:
        return lib.llama_model_load_from_file_ptr(file, params) if seek(file, offset, 0) == 0 else None
    finally:
        libc.fclose(file)


class LlamaModel:
    """GGUF model, loaded or, with `dry`, its header only; with `skip`, without its vocabulary.

    Raises:
        EngineError: the file cannot be loaded, or `on_progress` returned False.
    """

    def __init__(
        self,
        path: str,
        settings: LoadSettings,
        *,
        dry: bool,
        skip: SkippedVocabulary | None = None,
        on_progress: Callable[[float], bool] | None = None,
        offset: int = 0,
    ) -> None:
        params = lib.llama_model_default_params()
        # llama.cpp counts the output as one more layer, the last.
        params.n_gpu_layers = settings.gpu_layers + (settings.gpu_layers > 0)
        params.use_extra_bufts = False
        params.no_alloc = dry
        # A dry run with a mapping aborts the process.
        params.load_mode = lib.LLAMA_LOAD_MODE_NONE if dry else lib.LLAMA_LOAD_MODE_MMAP
        if skip is not None:
            self._overrides = _without_vocabulary(skip)
            params.kv_overrides = self._overrides
        if settings.cpu_experts:
            self._experts = _experts_on_host(settings.cpu_experts)
            params.tensor_buft_overrides = ctypes.cast(self._experts, ctypes.c_void_p)
        if on_progress is not None:
            self._callback = lib.llama_progress_callback(lambda fraction, _data: on_progress(fraction))
            params.progress_callback = self._callback
        with captured_log() as log:
            if offset:
                self.pointer = _load_embedded(path, offset, params)
            else:
                self.pointer = lib.llama_model_load_from_file(path.encode(), params)
        if not self.pointer:
            raise EngineError(last_error(log))
        self.vocab = lib.llama_model_get_vocab(self.pointer)
        self.size_bytes: int = lib.llama_model_size(self.pointer)
        self.vocabulary: int = lib.llama_vocab_n_tokens(self.vocab)
        self.vocabulary_kind: int = lib.llama_vocab_type(self.vocab)
        self.window: int = lib.llama_model_n_swa(self.pointer)
        self.recurrent = bool(
            lib.llama_model_is_recurrent(self.pointer) or lib.llama_model_is_hybrid(self.pointer)
        )
        self._piece = ctypes.create_string_buffer(256)

    def close(self) -> None:
        """Free the model."""
        if self.pointer:
            lib.llama_model_free(self.pointer)
            self.pointer = None

    def metadata(self, key: str) -> str | None:
        """Return a value of the file's metadata as text; None when the key is absent."""
        size = lib.llama_model_meta_val_str(self.pointer, key.encode(), ctypes.create_string_buffer(1), 1)
        if size < 0:
            return None
        buffer = ctypes.create_string_buffer(size + 1)
        lib.llama_model_meta_val_str(self.pointer, key.encode(), buffer, size + 1)
        return buffer.value.decode("utf-8", "replace")

    def tokenize(self, text: str, *, start: bool = True, special: bool = True) -> list[int]:
        """Return the tokens of a text.

        Args:
            text: what to tokenize.
            start: add the model's first token.
            special: read the texts of control tokens as those tokens; False reads them as plain text.
        """
        data = text.encode("utf-8", "surrogatepass")
        # There are hardly ever more tokens than bytes, plus the special ones at the ends.
        capacity = len(data) + 8
        tokens = (lib.llama_token * capacity)()
        count = lib.llama_tokenize(self.vocab, data, len(data), tokens, capacity, False, special)
        if count < 0:
            # A vocabulary without a token for the blank spells it with the three bytes of its symbol.
            capacity = -count
            tokens = (lib.llama_token * capacity)()
            count = lib.llama_tokenize(self.vocab, data, len(data), tokens, capacity, False, special)
        text_tokens = list(tokens[: max(count, 0)])
        return self.with_start(text_tokens) if start else text_tokens

    def with_start(self, tokens: list[int]) -> list[int]:
        """Return the tokens of a prompt with the model's first token, where it has one, in front."""
        first = lib.llama_vocab_bos(self.vocab)
        if lib.llama_vocab_get_add_bos(self.vocab) and first >= 0 and tokens[:1] != [first]:
            return [int(first), *tokens]
        return tokens

    def special_tokens(self) -> list[SpecialToken]:
        """Return the tokens that the tokenizer looks for before it reads plain text."""
        if self.vocabulary_kind == lib.LLAMA_VOCAB_TYPE_NONE:
            return []
        attributes = lib.llama_vocab_get_attr
        specials = (
            (token, attribute)
            for token in range(self.vocabulary)
            if (attribute := attributes(self.vocab, token)) & _SPECIAL
        )
        return [
            SpecialToken(
                token,
                self.special_text(token),
                is_control=not attribute & lib.LLAMA_TOKEN_ATTR_USER_DEFINED,
                strips_left=bool(attribute & lib.LLAMA_TOKEN_ATTR_LSTRIP),
                strips_right=bool(attribute & lib.LLAMA_TOKEN_ATTR_RSTRIP),
            )
            for token, attribute in specials
        ]

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """Return the bytes of a token; special tokens give none unless `special` is set."""
        size = lib.llama_token_to_piece(self.vocab, token, self._piece, len(self._piece), 0, special)
        if size < 0:
            self._piece = ctypes.create_string_buffer(-size)
            size = lib.llama_token_to_piece(self.vocab, token, self._piece, len(self._piece), 0, special)
        return self._piece.raw[:size]

    def ends_text(self, token: int) -> bool:
        """Return True for any token that ends a reply."""
        return bool(lib.llama_vocab_is_eog(self.vocab, token))

    def special_text(self, token: int) -> str:
        """Return a special token as the chat template writes it; empty when the model has none."""
        if token < 0:
            return ""
        text = lib.llama_vocab_get_text(self.vocab, token)
        return text.decode("utf-8", "replace") if text else ""

    @property
    def text_ends(self) -> tuple[str, str]:
        """Tokens that begin and end a text, as the chat template writes them."""
        return (
            self.special_text(lib.llama_vocab_bos(self.vocab)),
            self.special_text(lib.llama_vocab_eos(self.vocab)),
        )


def _experts_on_host(count: int) -> Any:
    """Return overrides that keep experts in the host's memory; raise `EngineError` where it cannot be."""
    try:
        return expert_overrides(count, _ggml_libraries())
    except AttributeError as error:
        raise EngineError(str(error)) from error


def _ggml_libraries() -> list[Any]:
    libraries = [_ggml.libggml]
    # On Windows a name is looked up in one library only, and this one has it.
    with contextlib.suppress(FileNotFoundError, RuntimeError):
        libraries.append(load_shared_library("ggml-base", _ggml.libggml_base_path))
    return libraries


def _without_vocabulary(skip: SkippedVocabulary) -> Any:
    """Return overrides of two keys, and the empty one that ends the list."""
    overrides = (lib.llama_model_kv_override * 3)()
    overrides[0].tag = lib.LLAMA_KV_OVERRIDE_TYPE_STR
    overrides[0].key = b"tokenizer.ggml.model"
    overrides[0].value.val_str = b"none"
    overrides[1].tag = lib.LLAMA_KV_OVERRIDE_TYPE_INT
    overrides[1].key = f"{skip.architecture}.vocab_size".encode()
    overrides[1].value.val_i64 = skip.tokens
    return overrides


class LlamaContext:
    """KV cache and compute buffers of a model; with a dry model, their sizes only.

    Raises:
        EngineError: the buffers could not be allocated.
    """

    def __init__(
        self, model: LlamaModel, settings: LoadSettings, threads: int, stop: StopFlag | None
    ) -> None:
        params = lib.llama_context_default_params()
        params.n_ctx = settings.context
        params.n_batch = min(settings.batch, settings.context)
        params.n_ubatch = params.n_batch
        params.n_seq_max = 1
        params.n_outputs_max = 1
        params.n_threads = threads
        params.n_threads_batch = threads
        params.flash_attn_type = int(settings.flash_attention)
        params.type_k = _KV_TYPES[settings.kv_type]
        params.type_v = _KV_TYPES[settings.kv_type]
        params.swa_full = settings.swa_full
        params.no_perf = True
        if stop is not None:
            params.abort_callback = stop.callback
            params.abort_callback_data = stop.data
        with captured_log() as log:
            self.pointer = lib.llama_init_from_model(model.pointer, params)
        self.log = "".join(log)
        if not self.pointer:
            raise EngineError(last_error(log))
        self.memory = lib.llama_get_memory(self.pointer)
        self.size: int = lib.llama_n_ctx(self.pointer)
        self.batch: int = lib.llama_n_batch(self.pointer)
        self._tokens = (lib.llama_token * self.batch)()
        self.clock = ComputeClock(
            threads, on_processor=settings.gpu_layers == 0 or not supports_gpu_offload()
        )
        """Counts the time of decoding."""

    def close(self) -> None:
        """Free the context."""
        if self.pointer:
            lib.llama_free(self.pointer)
            self.pointer = None

    def decode(self, tokens: Sequence[int]) -> int:
        """Run at most `batch` tokens, appended to the cache; logits are kept for the last one.

        Returns `DECODED`, `NO_ROOM`, `ABORTED`, or a negative number for an engine's failure.
        """
        count = len(tokens)
        self._tokens[:count] = tokens
        self.clock.start()
        try:
            return lib.llama_decode(self.pointer, lib.llama_batch_get_one(self._tokens, count))
        finally:
            self.clock.stop()

    def keep(self, count: int) -> bool:
        """Drop everything in the cache from position `count` on; return False when this cache cannot."""
        return bool(lib.llama_memory_seq_rm(self.memory, _SEQUENCE, count, -1))

    def clear(self) -> None:
        """Empty the cache."""
        lib.llama_memory_clear(self.memory, True)

    def first_position(self) -> int:
        """Return the oldest position that every layer still has; -1 when the cache is empty."""
        return lib.llama_memory_seq_pos_min(self.memory, _SEQUENCE)

    def last_position(self) -> int:
        """Return the newest position in the cache; -1 when it is empty."""
        return lib.llama_memory_seq_pos_max(self.memory, _SEQUENCE)


def breakdown(model: LlamaModel, context: LlamaContext) -> Breakdown:
    """Return the memory of a model and its context by kind, planned when the model is dry."""
    exact = engine_breakdown(lib._lib, _ggml.libggml, context.pointer, context.log)
    return exact or breakdown_from_log(context.log, model.size_bytes)
