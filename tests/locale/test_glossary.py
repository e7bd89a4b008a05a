"""The glossary of the Spanish translation, and the catalogue beside it."""

import pytest

from tests.locale.catalogues import forms_of, read_catalogue
from tests.locale.glossary import GLOSSARY, Term, avoided_words, glossary, usage

OTHER_FORMS = frozenset(("back", "choose", "close"))
"""Terms whose Spanish changes in the middle, or that are seldom the term: `elige`, `cierra`, `de vuelta`."""
TERMS = glossary(GLOSSARY.read_text(encoding="utf-8"))


def test_terms_are_in_alphabetical_order_and_each_is_there_once() -> None:
    english = [term.english.casefold() for term in TERMS]
    assert len(english) > 100
    assert english == sorted(set(english))


def test_every_row_of_the_table_is_read() -> None:
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    assert len(TERMS) == sum(line.startswith("|") for line in lines) - 2


def test_no_word_is_both_a_translation_and_one_to_avoid() -> None:
    spanish = {word.partition(" (")[0] for term in TERMS for word in term.spanish}
    assert not spanish & {word for term in TERMS for word in term.avoided}


def test_no_translation_has_a_word_to_avoid() -> None:
    wrong = [
        f"{message.id!r} → {form!r}: {', '.join(avoided)}"
        for message in read_catalogue("es")
        if message.id
        for form in forms_of(message.string)
        if (avoided := avoided_words(form, TERMS))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("translation", "avoided"),
    [
        ("Abre el fichero", ["fichero"]),
        ("Ficheros por defecto", ["fichero", "por defecto"]),
        ("Abre {fichero} con `fichero`, fichero.toml o --fichero", []),
        ("Ficherito", []),
    ],
)
def test_words_to_avoid_are_those_of_sentences(translation: str, avoided: list[str]) -> None:
    terms = [Term("file", ("archivo",), ("fichero",)), Term("default", ("predeterminado",), ("por defecto",))]
    assert avoided_words(translation, terms) == avoided


def test_terms_are_translated_as_the_glossary_says() -> None:
    # A term may be meant otherwise here and there, but not in most places.
    messages = [
        (" ".join(forms_of(message.id)), " ".join(forms_of(message.string)))
        for message in read_catalogue("es")
        if message.id
    ]
    terms = [term for term in TERMS if "(" not in term.english and term.english not in OTHER_FORMS]
    shares = {term.english: usage(term, messages) for term in terms}
    often = {english: share for english, share in shares.items() if share[0] >= 5}
    assert len(often) > 60
    assert {english: share for english, share in often.items() if share[1] < share[0] / 2} == {}


def test_the_use_of_a_term_is_counted_in_prose() -> None:
    messages = [
        ("Choose layers", "Elige las capas"),
        ("a Layer", "un estrato"),
        ("layer.toml and `layer`", "layer.toml y `layer`"),
        ("Windows", "Windows"),
    ]
    assert usage(Term("layer", ("capa",), ()), messages) == (2, 1)
    assert usage(Term("window", ("ventana",), ()), messages) == (0, 0)
