"""Failures of the engine as codes: causes of death, unloadable files, refused requests."""

import signal
from pathlib import Path

import pytest

from tui.engine.failures import (
    EngineFailure,
    death,
    load_failure,
    prompt_too_long,
    request_refusal,
    schema_failure,
)
from tui.engine.protocol import Failed
from tui.engine.schema import SchemaError
from tui.sentences import reason
from tui.services.sentences import sentence, sentences


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(60))
    return path


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        ("x: error loading model: unknown model architecture: 'xy'", "unknown_architecture", "not_a_model"),
        ("llama_init: failed to allocate buffer of 9 bytes", "no_memory", "memory"),
        ("ggml_vulkan: Out of memory", "no_memory", "memory"),
        ("llama_init: V cache quantization requires flash_attn", "needs_flash_attention", "internal"),
        ("llama_init: K cache type q8_0 does not divide", "kv_type_unsuitable", "internal"),
        ("x: GGUF data section is not 32 byte aligned, cannot mmap", "misaligned", "unreadable"),
        ("ggml_backend_cpu_buffer_type", "no_expert_offload", "internal"),
        ("llama_model_load: error loading model: missing tensor", "not_loadable", "unreadable"),
    ],
)  # fmt: skip
def test_error_text_of_the_engine_decides_the_code(gguf: Path, error: str, code: str, kind: str) -> None:
    failed = load_failure(7, str(gguf), error)

    assert (failed.id, failed.kind, failed.reason.code) == (7, kind, f"engine.{code}")
    assert failed.hint is not None
    assert "error loading model" not in sentence(failed.reason)


def test_state_of_the_file_counts_before_the_error_text_of_the_engine(tmp_path: Path) -> None:
    empty, text = tmp_path / "empty.gguf", tmp_path / "text.gguf"
    empty.write_bytes(b"")
    text.write_text("Hello")
    paths = (tmp_path / "gone.gguf", tmp_path, empty, text)

    failures = [load_failure(1, str(path), "failed to allocate") for path in paths]

    assert [failed.reason.code for failed in failures] == [
        "engine.file_missing",
        "engine.is_a_folder",
        "engine.file_empty",
        "engine.not_gguf",
    ]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("Expected `int` <= 16777216 - at `$.settings.context`"), "context_out_of_range"),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"), "invalid_unicode"),
        (ValueError("Expected `str`"), "request_invalid"),
    ],
)
def test_invalid_request_has_the_code_of_its_mistake(error: Exception, code: str) -> None:
    failed = request_refusal(3, error)

    assert (failed.id, failed.kind, failed.reason.code) == (3, "internal", f"engine.{code}")


def test_death_reports_the_exit_code_and_the_last_error_of_the_log() -> None:
    failed = death(3, ["loading", "GGML_ASSERT(n_layer > 0) failed", "bye"], 7)

    assert (failed.id, failed.kind) == (7, "died")
    assert sentence(failed.reason) == (
        "The engine's process ended. It ended with code 3. Its last words: GGML_ASSERT(n_layer > 0) failed"
    )


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_kill_from_outside_is_not_explained_by_the_log(number: signal.Signals) -> None:
    assert death(-number, ["error: unrelated"]).reason.code == "engine.died"


def test_unnamed_signal_is_reported_by_number() -> None:
    text = sentence(death(-64, ()).reason)

    assert text.endswith("It ended with signal 64.") or "SIG" in text


def test_prompt_that_is_too_long_reports_the_tokens_over_the_limit() -> None:
    failed = prompt_too_long(1, 5001, 2048)

    assert failed.hint is not None
    assert failed.hint.facts == {"tokens": 2954}
    assert "5,001 tokens" in sentence(failed.reason)


def test_refused_schema_keeps_its_own_reason() -> None:
    why = reason("engine.schema_no_object")

    assert schema_failure(1, SchemaError(why)).reason == why
    assert "bad rule" in sentence(schema_failure(1, ValueError("bad rule")).reason)


def test_failure_has_its_event_and_its_reason() -> None:
    failed = Failed(1, "internal", reason("engine.no_model"), reason("engine.load_model_first"))

    failure = EngineFailure(failed)

    assert (failure.failed, failure.reason) == (failed, failed.reason)
    assert "engine.no_model" in str(failure)
    assert sentences(failed.reasons) == "No model is loaded. Load a model first."
