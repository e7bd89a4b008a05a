"""Filter as it is typed: what it understands, and which models it leaves."""

import msgspec
import pytest

from tests.ui.model_samples import ALL, ALL_FITS, fit, model
from tui.fit.verdict import Speed, Verdict
from tui.services.filtering.model_filter import ModelFilter, counted


def understood(query):
    return ModelFilter(query).understood


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", ""),
        ("llama 3.2", ""),
        ("Spanish TOOLS <4gb", "Spanish · tools · under 4 GiB"),
        ("español herramientas < 4 GiB", "Spanish · tools · under 4 GiB"),
        ("cabe rápido traducir", "fits · fast · translate"),
        ("too big", "too big"),
        ("no cabe", "too big"),
        ("on disk", "on this disk"),
        ("-code not spanish sin pensar", "not code · not Spanish · not thinking"),
        ("llama es", '"llama" · Spanish'),
        ("-llama", 'not "llama"'),
        (">=2,5g >500mb", "over 2.5 GiB · over 500 MiB"),
        ("<8b >10tok/s", "under 8 billion parameters · over 10 tok/s"),
        ("<4 tools", "tools · under 4 GiB"),
        ("-<4gb", "not under 4 GiB"),
        # A sign that waits for its number says nothing yet, and an unknown unit is a name.
        ("< ", ""),
        ("<4cats", ""),
    ],
)
def test_the_filter_says_what_it_understood(query, sentence):
    assert understood(query) == sentence


def test_the_counts_follow_what_was_understood():
    assert counted("spanish <4gb", 12, 148) == "Spanish · under 4 GiB: 12 of 148"
    assert counted("llama", 3, 148) == "3 of 148"


def names(query, models=ALL, fits=ALL_FITS):
    return [listed_model.name for listed_model in ModelFilter(query).matching(models, fits)]


@pytest.mark.parametrize(
    ("query", "matching"),
    [
        ("", ["new", "broken", "huge", "medium", "small", "tiny"]),
        ("fits", ["small", "tiny"]),
        ("fits disk", ["tiny"]),
        ("fits -disk", ["small"]),
        ("<2gb", ["small", "tiny"]),
        (">2gb", ["huge", "medium"]),
        ("<=42gib >=42gib", ["huge"]),
        # An unknown size is within no bound, so it is outside of each.
        ("-<100gb", ["new", "broken"]),
        ("<4b", ["new", "huge", "medium", "small", "tiny"]),
        ("german tight", ["medium"]),
        ("spanish", []),
        ("-tiny german", ["new", "broken", "huge", "medium", "small"]),
        ("tigh", ["medium"]),
        ("not tigh", ["new", "broken", "huge", "small", "tiny"]),
        ("<", ["new", "broken", "huge", "medium", "small", "tiny"]),
    ],
)
def test_all_terms_must_hold(query, matching):
    assert names(query) == matching


def test_a_file_without_an_entry_matches_a_keyword_by_its_name_alone():
    coder = msgspec.structs.replace(model("My-Coder-7B", is_local=True), entry=None)
    decoder = msgspec.structs.replace(model("Decode-7B", is_local=True), entry=None)
    published = model("Codestral-22B")
    assert names("code", [coder, decoder, published], {}) == ["My-Coder-7B"]
    assert names("-code", [coder, decoder, published], {}) == ["Decode-7B", "Codestral-22B"]


def test_a_limit_of_the_speed_needs_a_known_speed():
    fast, slow = model("fast"), model("slow")
    fits = {
        fast.key: msgspec.structs.replace(fit(), speed=Speed(20.0, "measured")),
        slow.key: msgspec.structs.replace(fit(), speed=Speed(3.0, "measured")),
    }
    assert names(">10t/s", [fast, slow, model("unknown")], fits) == ["fast"]


def test_only_words_of_names_rank_the_matches():
    assert ModelFilter("llama spanish").has_name
    assert not ModelFilter("spanish -llama <4gb").has_name


def test_a_verdict_that_changes_changes_the_matches():
    tight = {key: msgspec.structs.replace(old, verdict=Verdict.TIGHT) for key, old in ALL_FITS.items()}
    assert names("fits", fits=tight) == []
    assert len(names("tight", fits=tight)) == len(tight)
