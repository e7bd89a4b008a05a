"""Picks as `llmtui fit --task` prints them, on machines that are not here."""

import json
from collections.abc import Callable, Sequence

import msgspec
import pytest

from tests.cli.command_results import Result
from tests.services.picks.samples import CODE, coding, judged
from tui.cli import fit
from tui.cli.pick_output import pick_sentences, report_picks
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model, settings_for
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.speed import BandwidthSpeeds
from tui.fit.verdict import Verdict
from tui.hardware.machine import Machine
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import Reading
from tui.models.model import Model
from tui.services.picks.measured_here import MeasuredHere
from tui.services.picks.recommendation import recommend
from tui.services.sizing import JudgedModel

Run = Callable[..., Result]

MODELS = [
    judged("big", verdict=Verdict.TOO_BIG, size=4),
    judged("mid", thinking="yes"),
    judged("small", speed=None),
    judged("unknown", thinking=None),
]
FIGURES = coding({"big": 40, "mid": 30, "small": 20})


def test_prints_each_pick_with_facts_and_reasons(capsys: pytest.CaptureFixture[str]):
    report_picks(recommend(MODELS, CODE, FIGURES), None)
    assert capsys.readouterr().out.splitlines() == [
        "1. mid Q4_K_M",
        "   fits · 2.93 GiB at 8k · about 20 tok/s · not on disk",
        "   The best evidenced of 3 models that run well here.",
        "   mid has 30 in Coding, and small 20 (Lab, 2026-07; evidence A).",
        "   It thinks first: the answer begins after about 50 s for each 1,000 tokens of thinking.",
        "",
        "2. small Q4_K_M",
        "   fits · 2.93 GiB at 8k · not on disk",
        "   Answers at once, where mid thinks first.",
        "   small has 20 in Coding, less good than mid with 30 (Lab, 2026-07; evidence A).",
        "   How fast it writes here is not known.",
        "",
        "3. unknown Q4_K_M",
        "   fits · 2.93 GiB at 8k · about 20 tok/s · not on disk",
        "   Place 3 of 3.",
        "   No published figure was found for unknown (evidence D).",
        "   Whether it thinks first is not known.",
        "   Nothing published supports this pick.",
        "",
        "Why not",
        "   big Q4_K_M: needs 4.00 GiB; at most 2.00 GiB of unified memory can be given to a model.",
    ]


def test_says_where_no_model_passes(capsys: pytest.CaptureFixture[str]):
    report_picks(recommend([MODELS[0]], CODE, FIGURES), None)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "No model passes: none fits, is fast enough and knows the language.\n"


def test_json_has_both_figures_with_their_source(capsys: pytest.CaptureFixture[str]):
    measured = [MeasuredHere("unknown Q4_K_M", "code", "mine", 3, 4, "2026-11-30")]
    report_picks(recommend(MODELS, CODE, FIGURES, measured), {"name": "a machine"})
    document = json.loads(capsys.readouterr().out)
    picks = {pick["model"]["name"]: pick for pick in document["picks"]}
    assert document["not_picked"][0]["why_code"] == "services.gate_too_big"
    compared = picks["mid"]["compared_with"]
    assert (compared["name"], compared["better"], compared["tie"]) == ("small", True, False)
    assert (compared["figure"]["score"], compared["other_figure"]["source"]) == (30, "Lab")
    assert picks["unknown"]["figure"]["score"] == 0.75
    assert picks["unknown"]["figure"]["source"] == "this machine"


def test_every_reason_is_a_whole_sentence():
    result = recommend(MODELS, CODE, FIGURES)
    sentences = [text for pick in result.picks for text in pick_sentences(pick, result)]
    assert all(text[-1] == "." and text[0] != " " for text in sentences)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes of the formula in place of those of the engine, which take seconds for all models."""

    async def judge(
        models: Sequence[Model], settings: LoadSettings, machine: Machine, _reading: Reading | None
    ) -> list[JudgedModel]:
        sizer, machine_pools = Sizer(None), pools(machine, None, offload=True)
        own_settings = [settings_for(model, settings) for model in models]
        return [
            JudgedModel(model, fit_model(model, sizer.known_size(model, own), machine_pools, own))
            for model, own in zip(models, own_settings, strict=True)
        ]

    monkeypatch.setattr(fit, "judge_models", judge)


@pytest.mark.usefixtures("quick")
def test_picks_for_another_machine(inside: Run):
    options = ("fit", "--task", "summarise", "--language", "es", "--machine", "m1-8gb")
    result = inside(*options, "--top", "2")
    assert result.code == 0, result.err
    assert result.err.startswith("On ")
    lines = result.out.splitlines()
    assert [line[:3] for line in lines if line[:1].isdigit()] == ["1. ", "2. "]
    assert "Why not" in lines
    document = inside(*options, "--ctx", "4k", "--json").json
    assert (document["task"], document["language"], document["context"]) == ("summarise", "es", 4096)
    assert [pick["model"]["verdict"] for pick in document["picks"]] == ["fits"] * 3
    assert all("es" in pick["model"]["languages"] for pick in document["picks"])


@pytest.mark.usefixtures("quick")
def test_says_what_the_speeds_of_a_machine_are_worth_that_was_never_measured(
    inside: Run, monkeypatch: pytest.MonkeyPatch
):
    options = ("fit", "--task", "chat", "--language", "en")
    monkeypatch.setattr(fit, "class_speeds", lambda _machine: None)
    result = inside(*options)
    assert result.code == 0, result.err
    assert "Speed not measured here, so it kept no model out." in result.err
    assert inside(*options, "--json").json["speed_basis"] == "unknown"
    # WHEN a bandwidth is published for such a machine THEN speeds are estimated and keep models out
    slow_machine = msgspec.structs.replace(PROFILES["hp-i5-1035g1"], memory_bandwidth=2e9)
    monkeypatch.setattr(fit, "class_speeds", lambda _machine: BandwidthSpeeds(slow_machine))
    result = inside(*options)
    assert "Speed not measured here: estimated from the memory bandwidth of such a machine." in result.err
    document = inside(*options, "--json").json
    assert document["speed_basis"] == "class"
    assert all(pick["model"]["tokens_per_second"]["value"] >= 5 for pick in document["picks"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--task", "sing"), "invalid choice: 'sing' (choose from chat, summarise"),
        (("--task", "chat", "--language", "klingon"), "no model knows klingon; choose from "),
        (("--language", "es"), "--language, --top, --speed and --commercial go with --task"),
        (("Qwen3-8B", "--task", "chat"), "--task picks from all models and takes no MODEL"),
        (("--task", "chat", "--fits"), "--task goes without --quant, --quants, --sort, --fits and --filter"),
        (("--task", "chat", "--machine", "pc-24gb"), "--task takes one machine"),
        (("--task", "chat", "--speed", "fast"), "invalid number value: 'fast'"),
        (("--task", "chat", "--speed", "-1"), "-1 is not from 0 to 1000"),
        (("--task", "chat", "--top", "0"), "0 is not 1 or more"),
    ],
)
def test_wrong_options_are_explained(inside: Run, options: tuple[str, ...], message: str):
    result = inside("fit", "--machine", "m1-8gb", *options)
    assert (result.code, result.out) == (2, "")
    assert message.replace("'", "") in result.err.replace("'", "")


def test_picks_are_for_the_users_language_where_models_know_it(inside: Run, monkeypatch: pytest.MonkeyPatch):
    def language(wanted: str) -> str:
        monkeypatch.setenv("LANGUAGE", wanted)
        return inside("fit", "--task", "chat", "--machine", "m1-8gb", "--json").json["language"]

    assert language("gl:en") == "gl"
    assert language("tlh:fr:en") == "fr"
    assert language("tlh:en") == "en"
