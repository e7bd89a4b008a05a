"""English words in what people read in another language."""

import pytest

from tests.locale.leftover_english import leftover_english, sentences_in


@pytest.mark.parametrize(
    ("text", "english_words"),
    [
        ("Cargando el modelo…", []),
        ("Loading the model…", ["loading", "the", "model"]),
        ("la carga de this GPU (of 8 GiB)", ["this", "of"]),
        ("llmtui fit --fits --sort size.now SmolLM2-135M-Instruct /home/of/the", []),
        ("Qwen3-4B Q4_K_M: cabe, 12 tok/s, «and»", ["and"]),
    ],
)
def test_english_words_are_named(text: str, english_words: list[str]) -> None:
    assert leftover_english(text) == english_words


def test_names_are_in_no_language() -> None:
    assert leftover_english("Procesador  Core of the Year", names=["Core of the Year"]) == []


def test_sentences_of_a_document_are_its_texts_of_several_words() -> None:
    document = {"name": "a b", "list": [{"why": "no cabe"}, "code", 3, None], "text": "the reply"}
    assert list(sentences_in(document, ["text"])) == ["a b", "no cabe"]
