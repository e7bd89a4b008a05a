"""Files that are no model to talk to, told apart by their headers."""

from pathlib import Path

import pytest

from tests.gguf_files import Tensor, Typed, llama_metadata, llama_tensors, write_gguf, write_llama
from tests.scripted_model import write_scripted
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model
from tui.fit.formula import footprint
from tui.fit.sizing import Sized
from tui.fit.verdict import Pool, Verdict
from tui.models.model import Model, ModelFile
from tui.models.model_file import model_file
from tui.models.purpose import KINDS, kind_reason
from tui.sentences import reason
from tui.services.loading import load_refusal
from tui.services.sentences import sentence
from tui.units import GIB

WORDS = {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": [f"word {index}" for index in range(256)],
}
TEMPLATE = {"tokenizer.chat_template": "{{ messages }}"}


def row(file: ModelFile) -> Model:
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)


def named(*names: str) -> list[Tensor]:
    return [Tensor(name, (32, 32)) for name in names]


def chat_model(**more: object) -> dict[str, object]:
    return llama_metadata(**WORDS, **TEMPLATE) | more


@pytest.mark.parametrize(
    ("kind", "metadata", "tensors"),
    [
        ("encoder_decoder", {"general.architecture": "t5", **WORDS}, named("enc.blk.0.a", "dec.blk.0.a")),
        (
            "encoder_decoder",
            {"general.architecture": "new"},
            named("enc.blk.0.a", "dec.blk.0.a", "token_embd.w"),
        ),
        ("embedding", {"general.architecture": "bert", **WORDS}, named("token_embd.weight", "blk.0.a")),
        ("embedding", chat_model(**{"llama.pooling_type": 3}), llama_tensors()),
        ("embedding", chat_model(**{"llama.attention.causal": False}), llama_tensors()),
        ("reranker", chat_model(**{"llama.pooling_type": 4}), llama_tensors()),
        ("classifier", chat_model(**{"llama.classifier.output_labels": ["yes", "no"]}), llama_tensors()),
        ("classifier", chat_model(), [*llama_tensors(), *named("cls.output.weight")]),
        ("image", {"general.architecture": "flux"}, named("double_blocks.0.a")),
        ("image", {"general.architecture": "unheard-of"}, named("model.diffusion_model.a")),
        ("image", {}, named("first_stage_model.a")),
        ("speech", {"general.architecture": "whisper"}, named("encoder.blocks.0.a")),
        ("adapter", {"general.type": "adapter", "general.architecture": "llama"}, named("blk.0.a.lora_a")),
        ("adapter", {"general.architecture": "llama", "adapter.type": "lora"}, named("blk.0.a")),
        ("adapter", {"general.architecture": "llama"}, named("blk.0.attn_q.weight.loraA")),
        ("control_vector", {"general.architecture": "controlvector"}, named("direction.1")),
        ("control_vector", {}, named("direction.1", "direction.2")),
        ("mmproj", {"general.type": "mmproj", "general.architecture": "clip"}, named("v.blk.0.a")),
        ("mmproj", {"general.architecture": "clip"}, named("mm.0.weight")),
        ("mmproj", {}, named("v.blk.0.a", "mm.0.weight")),
        ("imatrix", {"general.type": "imatrix"}, named("blk.0.attn_q.weight.in_sum2")),
        ("imatrix", {"imatrix.chunk_count": 3}, named("blk.0.a.in_sum2", "blk.0.a.counts")),
        ("vocab", chat_model(), []),
        ("empty", {"general.architecture": "llama"}, []),
        ("diffusion", {"general.architecture": "dream"}, llama_tensors()),
        ("no_language", {"general.architecture": "unheard-of"}, named("conv1.weight")),
        ("", chat_model(), llama_tensors()),
        ("", chat_model(**{"llama.pooling_type": 0}), llama_tensors()),
        # A model of an architecture that is not known here may chat all the same.
        ("", {**chat_model(), "general.architecture": "brand-new"}, llama_tensors()),
    ],
)
def test_purpose_of_a_file_is_recognized(
    tmp_path: Path, kind: str, metadata: dict[str, object], tensors: list[Tensor]
) -> None:
    model = row(model_file(write_gguf(tmp_path / "a.gguf", metadata, tensors), "here"))

    assert model.file is not None
    assert model.file.kind == kind
    assert model.purpose == ("other" if kind else "chat")
    if kind:
        assert model.file_error == kind_reason(kind)
        assert model.purpose_reason is not None
        assert model.purpose_reason.code == f"models.kind_{kind}"
        assert not model.can_load
        refusal = load_refusal(model)
        assert refusal is not None
        assert "newer" not in sentence(refusal.reason)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_purpose_has_a_description_and_advice(kind: str) -> None:
    assert sentence(kind_reason(kind)).count(". Choose ") == 1


def test_a_model_without_a_chat_template_continues_text(tmp_path: Path) -> None:
    model = row(model_file(write_scripted(tmp_path / "base.gguf", "x", template=None), "here"))

    assert model.purpose == "text"
    assert model.purpose_reason is not None
    assert "may be a base model" in sentence(model.purpose_reason)
    assert load_refusal(model) is None


def test_a_model_without_a_vocabulary_is_sized_and_not_loaded(tmp_path: Path) -> None:
    model = row(model_file(write_llama(tmp_path / "a.gguf"), "here"))

    assert model.shape is not None
    assert model.purpose == "other"
    pool = Pool(reason("fit.ram"), "ram", GIB, GIB, 0)
    settings = LoadSettings(context=512)
    sized = Sized(footprint(model.shape, model.weights_bytes, settings))
    verdict = fit_model(model, sized, [pool], settings)
    assert verdict.verdict is Verdict.NO_CHAT
    assert verdict.footprint is not None
    refusal = load_refusal(model)
    assert refusal is not None
    assert sentence(refusal.reason) == (
        "a.gguf: The file has no vocabulary, so it can be sized but reads no text. Choose a model that chats."
    )


def test_purpose_of_an_unreadable_file_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF")
    model = row(model_file(path, "here"))

    assert model.purpose is None
    assert model.purpose_reason == model.file_error


def test_a_projector_of_an_old_kind_is_no_list_of_numbers(tmp_path: Path) -> None:
    # A value of an unexpected type says nothing.
    metadata = chat_model(**{"general.type": 7, "llama.pooling_type": Typed("string", "3")})
    assert model_file(write_gguf(tmp_path / "a.gguf", metadata, llama_tensors()), "here").kind == ""
