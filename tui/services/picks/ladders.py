"""Ladders of benchmarks: two models are compared in the first of them that both were measured in."""

from collections.abc import Iterator

import msgspec

from tui.models.model import Use


class Rung(msgspec.Struct, frozen=True):
    """A benchmark in a ladder."""

    benchmark: str
    """Its id."""
    direct: bool = False
    """True where it measures the task itself; False where it measures something close to it."""


GENERAL = Rung("aa-index")
"""The general index: decides where no benchmark of the task does."""
LANGUAGE = Rung("language")
"""Stands for the benchmarks of the language asked for."""
OF_LANGUAGE: dict[str, tuple[Rung, ...]] = {
    "en": (Rung("euroeval-en"), Rung("euroeval-en-validation")),
    "es": (Rung("euroeval-es"), Rung("euroeval-es-validation")),
}
"""Benchmarks of a language, by its code."""

LADDERS: dict[Use, tuple[Rung, ...]] = {
    "chat": (Rung("eqbench3", direct=True),),
    "summarise": (Rung("vectara", direct=True), Rung("vectara-old"), Rung("aa-lcr")),
    "translate": (LANGUAGE,),
    "draft": (
        Rung("eqbench-creative", direct=True),
        Rung("eqbench-longform", direct=True),
        Rung("eqbench3"),
    ),
    "code": (Rung("aa-coding", direct=True), Rung("aa-livecodebench", direct=True)),
    "extract": (Rung("bfcl-v4-ast"), Rung("bfcl-v4-ast-prompted"), GENERAL, Rung("aa-ifbench")),
    "tools": (Rung("bfcl-v4", direct=True), Rung("aa-tau2", direct=True), Rung("bfcl-v4-prompted")),
    "reasoning": (Rung("aa-gpqa", direct=True), Rung("aa-aime", direct=True)),
}
"""Independent benchmarks of each task, the deciding one first; the general index follows where it is missing.

Instructions with unusual conditions say less of pulling facts out of a text than the general index does."""
LANGUAGE_DECIDES: frozenset[Use] = frozenset({"chat", "summarise", "draft"})
"""Tasks that are written in a language: before the general index, benchmarks of another language than English
count for them."""

OF_MAKERS: dict[Use, tuple[str, ...]] = {
    "chat": ("maker-arena-hard", "maker-arena-hard-v2", "maker-wildbench"),
    "summarise": ("maker-longbench-v2", "maker-ruler-128k"),
    "translate": (
        "maker-wmt24pp-metricx-55-pairs",
        "maker-wmt24pp-hard-subset-55-languages-xcomet-xxl",
        "maker-wmt24pp-en-to-xx",
    ),
    "draft": ("maker-writingbench", "maker-arena-hard", "maker-arena-hard-v2"),
    "code": (
        "maker-swe-bench-verified",
        "maker-livecodebench-v6",
        "maker-livecodebench",
        "maker-bigcodebench-pass-1",
        "maker-humaneval-pass-1",
    ),
    "extract": ("maker-ifbench", "maker-ifbench-prompt", "maker-ifeval"),
    "tools": (
        "maker-bfcl-v4",
        "maker-bfcl-v3",
        "maker-tau2-bench",
        "maker-tau2-mean-of-3",
        "maker-tau3-bench",
    ),
    "reasoning": (
        "maker-gpqa-diamond",
        "maker-gpqa",
        "maker-gpqa-no-tools",
        "maker-gpqa-0-shot-cot",
        "maker-mmlu-pro",
    ),
}
"""Benchmarks that makers measured themselves, for models that nobody else has measured together."""
OF_ANY_MAKER = ("maker-mmlu-pro", "maker-mmlu-pro-5-shot-cot", "maker-mmlu-pro-5-shot-logprobs")
"""Benchmarks of makers that count for every task, last."""


def ladder(task: Use, language: str) -> tuple[Rung, ...]:
    """Return the independent benchmarks of a task in a language, the deciding one first."""
    return tuple(_rungs(task, language))


def _rungs(task: Use, language: str) -> Iterator[Rung]:
    of_language = OF_LANGUAGE.get(language, ())
    is_foreign = task in LANGUAGE_DECIDES and language != "en"
    if task == "chat" and is_foreign:
        yield from of_language
    for rung in LADDERS[task]:
        if rung is LANGUAGE:
            yield from of_language
        else:
            yield rung
    if task != "chat" and is_foreign:
        yield from of_language
    if GENERAL not in LADDERS[task]:
        yield GENERAL
    if task in LANGUAGE_DECIDES and not is_foreign:
        yield from of_language


def maker_ladder(task: Use) -> tuple[str, ...]:
    """Return the ids of the benchmarks of makers for a task, the deciding one first."""
    return (*OF_MAKERS[task], *(name for name in OF_ANY_MAKER if name not in OF_MAKERS[task]))
