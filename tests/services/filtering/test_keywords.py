"""Keywords of the filter: each word, in both languages."""

import collections

import msgspec
import pytest

from tests.ui.model_samples import FITS_HERE, fit, model
from tui.fit.verdict import Speed, Verdict
from tui.fit.words import verdict_word
from tui.services.filtering.keywords import BY_WORDS, KEYWORDS, fold, is_new, published_words


def holds(word, listed_model, verdict_fit=None):
    return BY_WORDS[fold(word)].holds(listed_model, verdict_fit)


def entry_model(**facts):
    listed_model = model("Model-2")
    return msgspec.structs.replace(listed_model, entry=msgspec.structs.replace(listed_model.entry, **facts))


def test_no_word_stands_for_two_keywords():
    count_by_word = collections.Counter(fold(word) for keyword in KEYWORDS for word in keyword.words)
    assert [word for word, count in count_by_word.items() if count > 1] == []


@pytest.mark.parametrize(
    ("facts", "spellings"),
    [
        ({"languages": ("en", "es")}, ("spanish", "Español", "ESPANOL", "castellano", "es", "english")),
        ({"uses": ("translate",)}, ("translate", "traducir", "traducción")),
        ({"uses": ("translate",), "languages": ()}, ("spanish", "english")),
        ({"uses": ("summarise",)}, ("summarise", "summarize", "resumir")),
        ({"uses": ("tools",)}, ("tools", "herramientas", "agent")),
        ({"tools": True}, ("tools", "tool")),
        ({"thinking": "both"}, ("thinking", "pensar")),
        ({"license": "apache-2.0"}, ("apache",)),
        ({"commercial": "yes"}, ("commercial", "comercial")),
        ({"superseded_by": "Model-3"}, ("superseded", "antiguo")),
    ],
)
def test_the_words_of_a_property_hold_for_a_model_with_it_and_not_for_another(facts, spellings):
    assert all(holds(word, entry_model(**facts)) for word in spellings)
    plain = entry_model(languages=(), thinking="no", tools=False)
    assert not any(holds(word, plain) for word in spellings)
    assert not any(holds(word, msgspec.structs.replace(plain, entry=None)) for word in spellings)


@pytest.mark.parametrize(
    ("verdict", "spellings"),
    [
        (Verdict.FITS, ("fits", "cabe")),
        (Verdict.TIGHT, ("tight", "justo")),
        (Verdict.TOO_BIG, ("too big", "no cabe")),
    ],
)
def test_a_verdict_holds_once_it_is_known(verdict, spellings):
    listed_model = model("Model-2")
    assert all(holds(word, listed_model, fit(verdict)) for word in spellings)
    assert not any(holds(word, listed_model, fit(Verdict.SPLIT)) for word in spellings)
    assert not any(holds(word, listed_model) for word in spellings)


def test_a_speed_is_compared_with_reading_and_an_unknown_one_is_neither_fast_nor_slow():
    listed_model = model("Model-2")
    paces = {
        speed: [
            word
            for word in ("fast", "readable", "slow", "lento", "rápido")
            if holds(word, listed_model, msgspec.structs.replace(fit(), speed=Speed(speed, "estimated")))
        ]
        for speed in (20.0, 5.0, 1.7, None)
    }
    assert paces == {
        20.0: ["fast", "readable", "rápido"],
        5.0: ["readable"],
        1.7: ["slow", "lento"],
        None: [],
    }


def test_a_file_on_the_disk_is_here():
    assert all(holds(word, FITS_HERE) for word in ("here", "disk", "on disk", "aquí", "disco"))
    assert not holds("disk", model("Model-2"))


def test_new_is_what_was_released_in_the_last_months(monkeypatch):
    monkeypatch.setattr("time.strftime", lambda _format: "2026-03")
    released = ("2025-08-31", "2025-09", "2025-09-01", "2026-03", None)
    assert [is_new(entry_model(released=date).entry) for date in released] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_words_are_folded_without_case_and_accents():
    assert [fold(text) for text in ("Español", "RÁPIDO", "Código", "llama")] == [
        "espanol",
        "rapido",
        "codigo",
        "llama",
    ]


def test_published_words_are_those_that_hold_without_short_ones():
    published = published_words(entry_model(languages=("es",), uses=("chat",)).entry)
    assert {"spanish", "espanol", "castellano", "chat"} <= set(published)
    assert "es" not in published
    assert "french" not in published


@pytest.mark.usefixtures("in_spanish")
def test_a_verdict_is_typed_as_the_list_shows_it():
    assert {fold(verdict_word(verdict)) for verdict in Verdict if verdict is not Verdict.UNKNOWN} <= set(
        BY_WORDS
    )
