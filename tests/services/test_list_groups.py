"""Groups of the list of models."""

import msgspec

from tests.ui.model_samples import ALL, ALL_FITS, BROKEN, FITS_HERE, fit, model
from tui.fit.verdict import Speed, Verdict
from tui.models.catalogue.catalogue import load_catalogue
from tui.services.list_groups import (
    GROUPS,
    Recommender,
    after_successors,
    group_of,
    group_title,
    grouped,
)
from tui.services.model_columns import sort_models

SLOW = msgspec.structs.replace(fit(), speed=Speed(1.7, "estimated"))
FAST = msgspec.structs.replace(fit(), speed=Speed(17.0, "estimated"))


def superseded(name, by, is_local=False):
    old = model(name, is_local=is_local)
    return msgspec.structs.replace(old, entry=msgspec.structs.replace(old.entry, superseded_by=by))


def names(models):
    return [listed_model.name for listed_model in models]


def test_a_file_on_this_disk_is_in_its_group_whatever_its_verdict():
    assert group_of(FITS_HERE, fit(Verdict.TOO_BIG)) == "disk"
    assert group_of(BROKEN, None) == "disk"


def test_other_models_are_grouped_by_verdict_and_speed():
    listed_model = model("One")
    assert group_of(listed_model, None) == "unsized"
    assert group_of(listed_model, FAST) == "recommended"
    assert group_of(listed_model, SLOW) == "slow"
    # A speed that is not known is not slow.
    assert group_of(listed_model, fit(Verdict.TIGHT)) == "recommended"
    too_big = msgspec.structs.replace(SLOW, verdict=Verdict.TOO_BIG)
    assert group_of(listed_model, too_big) == "too_big"
    assert group_of(listed_model, fit(Verdict.ELSEWHERE)) == "elsewhere"


def test_groups_stand_in_their_order_without_empty_ones():
    groups = grouped(sort_models(ALL, ALL_FITS, "verdict"), ALL_FITS, Recommender().order)
    assert [(members.group.name, names(members.models)) for members in groups] == [
        ("disk", ["tiny", "broken"]),
        ("recommended", ["small", "medium"]),
        ("unsized", ["new"]),
        ("too_big", ["huge"]),
    ]
    assert [group_title(group) for group in GROUPS if group.is_folded] == ["too big"]


def test_of_what_is_too_big_the_nearest_is_first():
    models = [model("far"), model("near")]
    fits = {models[0].key: fit(Verdict.TOO_BIG, 80), models[1].key: fit(Verdict.TOO_BIG, 9)}
    (members,) = grouped(models, fits, Recommender().order)
    assert names(members.models) == ["near", "far"]


def test_the_order_of_recommended_models_can_be_another():
    models = [model("a"), model("b"), model("c")]
    fits = {listed_model.key: FAST for listed_model in models}

    def backwards(group, _fits):
        return sorted(group, key=lambda listed_model: listed_model.name, reverse=True)

    (members,) = grouped(models, fits, backwards)
    assert names(members.models) == ["c", "b", "a"]
    assert names(Recommender().order(models, fits)) == ["a", "b", "c"]


def test_evidence_comes_before_size_among_recommended_models():
    entries = {entry.name: entry for entry in load_catalogue().entries}
    small, large = (
        msgspec.structs.replace(model(name), entry=entries[name])
        for name in ("Qwen3.5-4B", "Falcon-H1-7B-Instruct")
    )
    fits = {
        small.key: msgspec.structs.replace(fit(total=3), speed=Speed(17.0, "estimated")),
        large.key: msgspec.structs.replace(fit(total=5), speed=Speed(17.0, "estimated")),
    }
    order = Recommender().order
    assert names(order([large, small], fits, "en")) == ["Qwen3.5-4B", "Falcon-H1-7B-Instruct"]
    # WHEN the first is too slow to read along THEN the gates refuse it
    fits[small.key] = msgspec.structs.replace(fits[small.key], speed=Speed(4.5, "estimated"))
    assert names(order([small, large], fits, "en"))[-1] == "Qwen3.5-4B"
    # AND another language is another comparison, of none that knows it
    assert set(names(order([small, large], fits, "xx"))) == {"Qwen3.5-4B", "Falcon-H1-7B-Instruct"}


def test_the_same_candidates_are_compared_once_whatever_their_order_and_sizes(monkeypatch):
    entries = {entry.name: entry for entry in load_catalogue().entries}
    models = [
        msgspec.structs.replace(model(name), entry=entries[name])
        for name in ("Qwen3.5-4B", "Falcon-H1-7B-Instruct")
    ]
    order = Recommender().order
    first = order(models, {listed_model.key: fit(total=3) for listed_model in models})
    monkeypatch.setattr("tui.services.picks.evidence_order.EvidenceOrder", None)
    again = order(models[::-1], {listed_model.key: fit(total=4) for listed_model in models})
    assert names(again) == names(first)


def test_a_superseded_model_follows_its_successor_or_stands_last():
    models = [
        superseded("old", "middle"),
        superseded("lost", "nowhere"),
        superseded("mine", "nowhere", is_local=True),
        model("other"),
        superseded("middle", "new"),
        model("new"),
    ]
    assert names(after_successors(models)) == ["mine", "other", "new", "middle", "old", "lost"]
    assert after_successors(models[3:4]) == models[3:4]


def test_entries_that_name_one_another_are_all_listed():
    models = [superseded("a", "b"), superseded("b", "a"), model("c"), superseded("d", "d")]
    assert sorted(names(after_successors(models))) == ["a", "b", "c", "d"]
