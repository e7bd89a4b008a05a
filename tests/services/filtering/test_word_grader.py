"""Words of a filter that are no keywords."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.model_samples import ALL, ALL_FITS, model
from tui.fit.verdict import Verdict
from tui.models.model import OtherPlace
from tui.services.filtering.word_grader import FactGroup, WordGrader, filter_facts, grader_of
from tui.ui.models.index import ModelIndex


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
    index = ModelIndex()
    index.set_models(ALL)
    index.set_fits(ALL_FITS)
    assert set(names(index.listed(query, "name"))) == set(matching)


def test_the_beginning_of_a_keyword_matches_while_it_is_typed():
    translator = model("Model-2")
    entry = msgspec.structs.replace(translator.entry, uses=("translate",))
    index = ModelIndex()
    index.set_models([msgspec.structs.replace(translator, entry=entry)])
    assert all(index.listed(query, "name") for query in ("tra", "transl", "translate", "traduc", "Alemá"))
    # Letters inside a keyword say nothing, and two are too few.
    assert not any(index.listed(query, "name") for query in ("ranslate", "tr", "tratar"))
    index.set_models([translator])
    assert not index.listed("tra", "name")


def test_a_store_matches_by_its_name_and_by_the_name_there():
    stored = model("Model-2", is_local=True)
    other = (OtherPlace(Path("/x"), "lm_studio", "org/Two"),)
    file = msgspec.structs.replace(stored.file, found_in="ollama", stored_as="two:3b", elsewhere=other)
    stored = msgspec.structs.replace(stored, file=file)

    index = ModelIndex()
    index.set_models([stored])
    assert all(index.listed(query, "name") for query in ("ollama", "lm studio", "two:3b", "org/two"))
    assert not index.listed("jan", "name")


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
    index = ModelIndex()
    index.set_models(PEOPLE)
    listed = names(index.listed(query, "name", best_first=True))
    assert listed[:1] == ([best] if best else [])
    assert len(listed) == count


def test_model_without_a_size_in_its_name_is_found_by_its_parameters():
    mini = model("Phi-4-mini")
    # The sample has 3.2 billion.
    index = ModelIndex()
    index.set_models([mini])
    assert index.listed("3b", "name")
    assert index.listed("3.2b", "name")
    assert not index.listed("4b", "name")


def test_a_word_is_graded_by_the_fact_that_matches_best():
    llama = filter_facts(model("Llama-3.2-3B-Instruct"))
    grader = WordGrader("q4km")
    assert grader.grade("q4km") == 3
    assert grader.grade("q4km-x") == 3
    assert grader.grade("q4_k_s") == 0
    named, in_no_fact = (WordGrader(word).grades([llama]) for word in ("llama", "nothing"))
    assert [*named, *in_no_fact] == [6, 0]
    plain = WordGrader("llama")
    assert [plain.grade(fact) for fact in ("llama-3", "llamafile", "tinyllama", "llam")] == [3, 2, 1, 0]
    # A word without letters and numbers is looked for as it is.
    assert WordGrader("-").grade("a-b") == 1
    assert WordGrader("-").grade("ab") == 0


@given(st.text("aBé1².-_/ ", min_size=1), st.text("abe", min_size=1, max_size=3))
def test_a_word_of_letters_is_graded_in_a_name_as_in_any_fact(name, word):
    facts = msgspec.structs.replace(filter_facts(model(name)), group=FactGroup((), ()))
    grade = WordGrader(word).grade(facts.name)
    assert WordGrader(word).grades([facts]) == [grade + 3 if grade else 0]


def test_the_same_facts_are_graded_once(monkeypatch):
    facts = [filter_facts(model("Llama-3.2-3B-Instruct")), filter_facts(model("Qwen3-8B"))]
    grader = grader_of("llama")
    # The architecture of the sample is Llama's.
    assert grader.grades(facts) == [6, 3]
    monkeypatch.setattr(grader, "grade", None)
    assert grader_of("llama").grades(facts) == [6, 3]


def test_the_word_of_a_verdict_is_a_fact():
    grader = grader_of("tigh")
    assert grader.by_verdict[Verdict.TIGHT] == 2
    assert not grader.by_verdict[Verdict.FITS]


def test_a_word_is_in_a_name_as_its_beginning_and_a_short_one_as_a_whole():
    facts = [filter_facts(model("Llama-Spanish-7B")), filter_facts(model("Essay-es"))]
    assert grader_of("spanish").names_with_word(facts) == [True, False]
    assert grader_of("span").names_with_word(facts) == [True, False]
    assert grader_of("pan").names_with_word(facts) == [False, False]
    assert grader_of("es").names_with_word(facts) == [False, True]
    assert grader_of("sp").names_with_word(facts) == [False, False]
