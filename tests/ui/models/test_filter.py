"""Filter of the list of models."""

from pathlib import Path

import msgspec
import pytest

from tests.ui.model_samples import ALL, ALL_FITS, model
from tui.models.model import OtherPlace
from tui.ui.models.filter import filtered_and_sorted, matches


def names(models):
    return [listed_model.name for listed_model in models]


@pytest.mark.parametrize(
    ("query", "matching"),
    [
        ("", ["new", "broken", "huge", "medium", "small", "tiny"]),
        ("HUGE", ["huge"]),
        ("q4_k tight", ["medium"]),
        ("too big", ["huge"]),
        ("on disk", ["broken", "tiny"]),
        ("meta unknown", ["broken"]),
        ("nothing like it", []),
    ],
)
def test_every_word_of_the_filter_must_match(query, matching):
    matched = [candidate for candidate in ALL if matches(candidate, ALL_FITS.get(candidate.key), query)]
    assert names(matched) == matching


def test_a_use_of_the_catalogue_matches():
    translator = model("Model-2")
    entry = msgspec.structs.replace(translator.entry, uses=("translate",))
    assert matches(msgspec.structs.replace(translator, entry=entry), None, "translate")
    assert not matches(translator, None, "translate")


def test_a_store_matches_by_its_name_and_by_the_name_there():
    stored = model("Model-2", is_local=True)
    other = (OtherPlace(Path("/x"), "lm_studio", "org/Two"),)
    file = msgspec.structs.replace(stored.file, found_in="ollama", stored_as="two:3b", elsewhere=other)
    stored = msgspec.structs.replace(stored, file=file)

    assert all(matches(stored, None, query) for query in ("ollama", "lm studio", "two:3b", "org/two"))
    assert not matches(stored, None, "jan")


PEOPLE = [
    model("Qwen3.6-35B-A3B"),
    model("Llama-3.2-3B-Instruct"),
    model("Llama-3.1-8B-Instruct", "Q8_0"),
    model("Meta-Llama-3-8B", "IQ4_XS", license="llama3"),
    model("SmolLM2-1.7B-Instruct", "Q6_K"),
    model("Qwen2.5-13B-Chat", "F16"),
]


@pytest.mark.parametrize(
    ("query", "best", "count"),
    [
        ("3b", "Llama-3.2-3B-Instruct", 2),
        ("35b", "Qwen3.6-35B-A3B", 1),
        ("a3b", "Qwen3.6-35B-A3B", 1),
        ("1.7b", "SmolLM2-1.7B-Instruct", 1),
        ("7b", "", 0),
        ("q8", "Llama-3.1-8B-Instruct", 1),
        ("q4km 3b", "Llama-3.2-3B-Instruct", 2),
        ("4bit llama", "Llama-3.2-3B-Instruct", 3),
        ("6-bit", "SmolLM2-1.7B-Instruct", 1),
        ("llama 3.2", "Llama-3.2-3B-Instruct", 5),
        ("llama3.1", "Llama-3.1-8B-Instruct", 1),
        ("llama 3 8b", "Meta-Llama-3-8B", 2),
        ("qwen 2.5", "Qwen2.5-13B-Chat", 1),
        ("13b", "Qwen2.5-13B-Chat", 1),
        ("struct smol", "SmolLM2-1.7B-Instruct", 1),
        ("(", "", 0),
    ],
)
def test_words_and_numbers_match_by_meaning_with_the_best_first(query, best, count):
    listed = names(filtered_and_sorted(PEOPLE, {}, query, "name", best_first=True))
    assert listed[:1] == ([best] if best else [])
    assert len(listed) == count


def test_model_without_a_size_in_its_name_is_found_by_its_parameters():
    mini = model("Phi-4-mini")
    # The sample has 3.2 billion.
    assert matches(mini, None, "3b")
    assert matches(mini, None, "3.2b")
    assert not matches(mini, None, "4b")


def test_the_matching_models_are_sorted():
    by_size = ["tiny", "small", "medium", "huge", "broken", "new"]
    assert names(filtered_and_sorted(ALL, ALL_FITS, "q4_k", "size")) == by_size
    assert names(filtered_and_sorted(ALL, ALL_FITS, "on disk", "verdict")) == ["tiny", "broken"]
