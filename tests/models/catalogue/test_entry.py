"""Mistakes in one entry, with their line."""

import re
from pathlib import Path

import pytest

from tests.models.catalogue.entries import GOOD, SHIPPED, changed, loaded, named, words
from tui.models.catalogue.keys import RULES
from tui.models.model import CatalogueEntry
from tui.models.quantizations import weights_bytes
from tui.models.tensors.model_tensors import parameters
from tui.services.sentences import sentence


@pytest.mark.parametrize("entry", SHIPPED.entries, ids=lambda entry: entry.name)
def test_a_shape_counts_up_to_the_published_parameters(entry: CatalogueEntry) -> None:
    assert entry.shape.parameters is not None
    assert parameters(entry.shape) == pytest.approx(entry.shape.parameters, rel=0.005)
    assert len(entry.shape.kv_heads) == entry.shape.layers
    assert len(entry.shape.sliding_layers) in (0, entry.shape.layers)
    # Q3_K_L keeps the down projection at five bits, which is half of a network without a gate.
    sizes = [weights_bytes(entry.shape, quant) for quant in entry.quants if quant != "Q3_K_L"]
    assert sizes == sorted(sizes) or entry.shape.embedding % 256


WRONG = {
    "a word for a number": ("layers", '"16"', '"16"', "a whole number from 1 to 512"),
    "true for a number": ("layers", "true", "true", "a whole number from 1 to 512"),
    "a fraction": ("embedding", "2048.5", "2048.5", "a whole number"),
    "a negative number": ("vocabulary", "-1", "-1", "a whole number from 1"),
    "zero heads": ("kv_heads", "0", "0", "a whole number from 1"),
    "thousands of digits": ("context", f"0x{'f' * 6000}", "a number too large", "a whole number of tokens"),
    "a number for a word": ("license", "3", "3", "a line of text in quotes"),
    "an empty name": ("use", '""', '""', "a line of text"),
    "control characters": ("publisher", '"Me\\u001b[2Jta"', "'Me\\x1b[2Jta'", "a line of text"),
    "two lines": ("use", '"one\\ntwo"', "'one\\ntwo'", "a line of text"),
    "one language bare": ("languages", '"en"', '"en"', 'codes like ["en", "es"]'),
    "a language twice": ("languages", '["en", "en"]', "['en', 'en']", "different codes"),
    "an address for a repository": ("repository", '"https://a.example/b/c"', "https", "owner/name"),
    "a quantization that is none": ("quants", '["Q4_K_M", "Q9_K"]', "Q9_K", "Q8_0"),
    "a default that is not offered": ("default_quant", '"Q6_K"', '"Q6_K"', "one of its quants: Q8_0, Q4_K_M"),
    "month thirteen": ("released", '"2024-13"', '"2024-13"', '"2025-08"'),
    "a date without quotes": ("released", "2024-09-25", "datetime.date", '"2025-08"'),
    "an unknown architecture": ("architecture", '"lama"', '"lama"', "one of afmoe,"),
    "heads that do not divide": ("kv_heads", "5", "5", "a divisor of heads (32)"),
    "a window without a pattern": ("window", "512", "nothing", "since window is given"),
    "experts without a number in use": ("experts", "8", "nothing", "since experts is given"),
    "a shape that is not this model's": ("layers", "28", "1_235_814_400", "about 1_965_672_448"),
    "a use that is none": ("uses", '["chat", "sing"]', "sing", "out of chat, summarise"),
    "a language it does not know": ("chosen_for", '["fr"]', "fr", "some of its languages: en, es"),
    "thinking as a word of its own": ("thinking", '"sometimes"', '"sometimes"', "one of no, yes, both"),
    "tools as a word": ("tools", '"yes"', '"yes"', "true or false"),
    "its own successor": ("superseded_by", '"Llama-3.2-1B-Instruct"', "Llama", "the name of another model"),
    "sampling without a source": ("sampling", "[{ temperature = 0.7 }]", "temperature", "source ="),
    "sampling out of range": ("sampling", '[{ source = "card", top_p = 2 }]', "top_p", "any of temperature"),
    "a setting that no maker recommends": (
        "sampling",
        '[{ source = "card", seed = 2 }]',
        "seed",
        "any of temp",
    ),
    "a file name without its quantization": ("files", '"Model.gguf"', '"Model.gguf"', "{quant} in it"),
    "a file name in another folder": ("files", '"../{quant}.gguf"', '"../', "{quant} in it"),
    "another repository without quants": (
        "other_repositories",
        '[{ repository = "a/b" }]',
        "a/b",
        "quants =",
    ),
    "an untied output": ("tied", "false", "1_235_814_400", "check every dimension, and tied"),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistake_is_reported_with_its_line_and_drops_only_its_entry(case: str, tmp_path: Path) -> None:
    key, value, message, expected = WRONG[case]
    text = f"# mine\n{named('Before')}\n{changed(key, value)}\n{named('After')}"

    catalogue = loaded(tmp_path, text)

    assert [entry.name for entry in catalogue.entries] == ["Before", "After"]
    (problem,) = catalogue.problems
    start, end = text.index("\n", text.index('"Before"')), text.index('"After"')
    first, last = text[:start].count("\n") + 1, text[:end].count("\n")
    assert problem.path == tmp_path / "models.toml"
    assert problem.line is not None
    assert first < problem.line < last
    if words(problem.value) != "nothing" and problem.key == key:
        assert text.split("\n")[problem.line - 1].startswith(f"{key} =")
    assert problem.entry == "Llama-3.2-1B-Instruct"
    assert message in words(problem.value)
    assert expected in words(problem.expected)
    assert sentence(problem.reason).isprintable()
    assert f"models.toml, line {problem.line}: Llama-3.2-1B-Instruct, {problem.key}: " in sentence(
        problem.reason
    )


@pytest.mark.parametrize("key", [key for key, rule in RULES.items() if rule.required])
def test_a_missing_key_is_named(key: str, tmp_path: Path) -> None:
    text = re.sub(rf"^{key} = .*\n", "", GOOD, flags=re.M)

    catalogue = loaded(tmp_path, text + named("Other"))

    assert [entry.name for entry in catalogue.entries] == ["Other"]
    (problem,) = catalogue.problems
    assert (problem.line, problem.key, words(problem.value)) == (1, key, "nothing")


def test_what_is_known_of_a_model_is_in_its_entry(tmp_path: Path) -> None:
    text = GOOD + (
        'uses = ["summarise", "tools"]\nchosen_for = ["es"]\nthinking = "both"\ntools = true\n'
        'superseded_by = "Qwen3.5-2B"\n'
        'sampling = [\n  { source = "its card", temperature = 0.6, top_k = 20, thinking = true },\n]\n'
        'files = "Llama.{quant}.gguf"\n'
        'other_repositories = [{ repository = "other/place", quants = ["Q2_K"] }]\n'
    )

    (entry,) = loaded(tmp_path, text).entries

    assert (entry.uses, entry.chosen_for, entry.thinking) == (("summarise", "tools"), ("es",), "both")
    assert (entry.tools, entry.superseded_by, entry.commercial) == (True, "Qwen3.5-2B", "conditions")
    (sampling,) = entry.sampling
    assert (sampling.values, sampling.thinking) == ({"temperature": 0.6, "top_k": 20}, True)
    assert [repository.files for repository in entry.repositories] == [
        "Llama.{quant}.gguf",
        "place-{quant}.gguf",
    ]
    assert entry.quants == ("Q2_K", "Q4_K_M", "Q8_0")


def test_nothing_is_assumed_of_what_an_entry_does_not_say(tmp_path: Path) -> None:
    (entry,) = loaded(tmp_path, GOOD.replace("llama3.2", "a-licence-of-its-own")).entries

    assert (entry.thinking, entry.tools, entry.commercial, entry.superseded_by) == (None, None, None, None)
    assert (entry.uses, entry.sampling) == ((), ())


def test_misspelt_key_suggests_the_right_one(tmp_path: Path) -> None:
    text = GOOD + "windw_pattern = 6\nzzz = 1\n"

    catalogue = loaded(tmp_path, text)

    assert catalogue.entries == ()
    close, far = catalogue.problems
    assert (close.line, close.key, words(close.expected)) == (22, "windw_pattern", "window_pattern, perhaps")
    assert (far.line, far.key) == (23, "zzz")
    assert "architecture" in words(far.expected)
