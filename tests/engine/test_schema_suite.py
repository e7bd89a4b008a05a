"""The public JSON Schema Test Suite: what is enforced is right, and what is not is refused."""

import json
from pathlib import Path

from tests.engine.gbnf import Grammar
from tests.engine.schema_suite import Outcome, groups, outcome_of, text_of
from tui.engine.grammar import grammar_of
from tui.engine.llama import LlamaModel, lib
from tui.engine.options import LoadSettings, SamplingSettings
from tui.engine.schema_document import SchemaError
from tui.engine.token_sampler import TokenSampler
from tui.services.sentences import sentence


def outcomes() -> list[Outcome]:
    return [outcome_of(group) for group in groups()]


def test_suite_has_no_wrong_result() -> None:
    results = outcomes()
    assert [line for outcome in results for line in outcome.wrong] == []
    # Refusing everything would be right, too.
    assert sum(outcome.refusal is None for outcome in results) >= 185
    assert sum(outcome.right for outcome in results) >= 700
    assert sum(outcome.not_written for outcome in results) <= 120


def test_every_refusal_has_a_sentence() -> None:
    for outcome in outcomes():
        if outcome.refusal is not None:
            assert sentence(outcome.refusal).endswith("."), outcome.group.description


def test_the_engine_reads_every_grammar_of_the_suite_as_the_matcher_does(smollm2: Path) -> None:
    model = LlamaModel(str(smollm2), LoadSettings(context=512), dry=True)
    end = lib.llama_vocab_eos(model.vocab)
    count = 0
    for group in groups():
        try:
            text = grammar_of(json.loads(json.dumps(group.schema)))
        except (SchemaError, AttributeError):
            continue
        grammar = Grammar(text)
        for test in group.tests:
            sampler = TokenSampler(model, SamplingSettings(), text)
            written = text_of(test["data"])
            is_accepted = sampler.accept_text(written) and sampler._allowed(end)
            sampler.close()
            assert is_accepted == grammar.matches(written), (group.description, written)
            count += 1
    assert count > 800
