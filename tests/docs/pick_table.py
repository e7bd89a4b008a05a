"""The tables of picks by machine, task and language, and those of benchmarks and sources."""

import asyncio
from collections.abc import Sequence
from functools import cache

from tests.docs.blocks import markdown_table
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model, settings_for
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.speed import BandwidthSpeeds
from tui.fit.speed_words import speed_word
from tui.fit.verdict import Fit
from tui.hardware.profiles import PROFILES
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.evidence.evidence_files import shipped_evidence
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.services.model_columns import footprint_word
from tui.services.picks.ladders import ladder, maker_ladder
from tui.services.picks.picking import pick_models
from tui.services.picks.recommendation import Recommendation
from tui.services.picks.wish import TASKS, Wish
from tui.services.picks.words import remarks, role_reason, why_pick
from tui.services.sentences import sentence, sentences

MACHINES = ("m1-8gb", "hp-i5-1035g1", "pc-24gb")
LANGUAGES = ("en", "es")
CONTEXT = 8192


def picks(machine: str) -> str:
    """Return the picks for a machine by its name."""
    header = ("task", "model", "needs", "tok/s", "evidence", "why")
    return markdown_table(header, _rows(machine))


def why_not(machine: str) -> str:
    """Return the good models that a machine by its name rules out, with the tasks and the reason."""
    tasks: dict[tuple[str, str], list[str]] = {}
    for task in TASKS:
        for language in LANGUAGES:
            for item in recommendation(machine, task, language).expected:
                key = (item.place.candidate.model.label, sentence(item.why))
                tasks.setdefault(key, []).append(f"{task} ({language})")
    rows = ((label, why, ", ".join(names)) for (label, why), names in tasks.items())
    return markdown_table(("model", "why not", "expected for"), rows)


def evidence(name: str) -> str:
    """Return a table by its name: `ladders`, `benchmarks` or `sources`.

    Raises:
        KeyError: there is no such table.
    """
    return {"ladders": _ladders, "benchmarks": _benchmarks, "sources": _sources}[name]()


@cache
def recommendation(machine: str, task: str, language: str) -> Recommendation:
    """Return the picks of the catalogue for a machine by its name, with sizes of the closed form."""
    wish = Wish(TASKS[[*TASKS].index(task)], language, CONTEXT)

    async def judge_all(rows: Sequence[Model], _settings: LoadSettings) -> list[Fit]:
        return [_fit(machine, row) for row in rows]

    return asyncio.run(pick_models(_models(), wish, LoadSettings(CONTEXT), judge_all))


@cache
def _models() -> list[Model]:
    return [catalogue_model(entry) for entry in load_catalogue().entries]


_SIZER = Sizer(None)


@cache
def _fit(machine_name: str, model: Model) -> Fit:
    machine = PROFILES[machine_name]
    settings = settings_for(model, LoadSettings(CONTEXT))
    sized = _SIZER.known_size(model, settings)
    return fit_model(
        model,
        sized,
        pools(machine, None, offload=True),
        settings,
        measurements=BandwidthSpeeds(machine),
    )


def _rows(machine: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for task in TASKS:
        for language in LANGUAGES:
            result = recommendation(machine, task, language)
            for pick in result.picks:
                reasons = [role_reason(pick, result), why_pick(pick), *remarks(pick, result)]
                first = pick is result.picks[0]
                rows.append(
                    (
                        f"{task}, {language}" if first else "",
                        pick.candidate.model.label,
                        footprint_word(pick.candidate.fit),
                        speed_word(pick.candidate.fit.speed),
                        pick.place.mark,
                        sentences(reasons),
                    )
                )
            if not result.picks:
                rows.append((f"{task}, {language}", "none", "", "", "", ""))
    return rows


def _ladders() -> str:
    names = {item.id: item.name for item in shipped_evidence().benchmarks.values()}
    rows: list[tuple[str, ...]] = []
    for task in TASKS:
        for language in LANGUAGES:
            steps = ladder(task, language)
            texts = [names[step.benchmark] + ("" if step.direct else " (close)") for step in steps]
            rows.append((f"{task}, {language}", ", then ".join(texts)))
        rows.append((f"{task}, makers", ", then ".join(names[name] for name in maker_ladder(task))))
    return markdown_table(("task", "benchmarks, the first shared one decides"), rows)


def _benchmarks() -> str:
    figures = [figure for own in shipped_evidence().figures.values() for figure in own]
    rows = (
        (
            item.name,
            item.measures,
            f"{item.noise:g}",
            item.better,
            str(sum(figure.benchmark is item for figure in figures)),
        )
        for item in shipped_evidence().benchmarks.values()
    )
    return markdown_table(("benchmark", "measures", "a tie up to", "better", "figures"), rows)


def _sources() -> str:
    figures = [figure for own in shipped_evidence().figures.values() for figure in own]
    rows = (
        (
            f"[{item.name}]({item.address})",
            item.licence,
            item.date,
            str(sum(figure.source is item for figure in figures)),
        )
        for item in shipped_evidence().sources.values()
    )
    return markdown_table(("source", "allowed by", "read or published", "figures"), rows)
