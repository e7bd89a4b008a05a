"""Pages of the help: their length and their sums."""

import re
from pathlib import Path

from tui.fit.verdict import Fit, Verdict
from tui.models.model import Model, ModelFile
from tui.sentences import reason
from tui.services.activity.moment import Phase
from tui.settings.choices import Choices
from tui.ui.help.pages import help_pages
from tui.ui.models.index import ModelIndex
from tui.ui.timeline.words import BEGIN, CUT, GLYPHS


def test_each_passage_is_a_few_sentences():
    for page in help_pages():
        assert 2 <= len(re.findall(r"[.](?= [A-Z]|$)", page.text)) <= 5, page.title


def test_the_sums_of_the_passages_are_right():
    text = " ".join(page.text for page in help_pages())
    assert "0.1837 is stored as the step 0.2, and 0.0163 is lost" in text
    assert round(0.1837, 1) == 0.2
    assert round(0.2 - 0.1837, 4) == 0.0163
    assert "4.5 bits" in text
    assert (32 * 4 + 16) / 32 == 4.5
    assert "8 billion × 2 bytes = 16 GB" in text
    assert "7 billion × 2 bytes = 14 GB" in text
    assert "At 8.5 bits (Q8_0) 8 billion numbers take 8.5 GB" in text
    assert (32 * 8 + 16) / 32 == 8.5
    assert "At 4.8 bits (Q4_K_M) they take 4.8 GB" in text
    assert "128 KiB a token, or 1 GiB for a context of 8192 tokens" in text
    assert 32 * 2 * 1024 * 2 == 128 << 10
    assert (128 << 10) * 8192 == 1 << 30


def test_the_examples_of_the_filter_find_what_the_help_says():
    (text,) = (page.text for page in help_pages() if page.title == "How the filter understands names")
    llama = model_named("Llama-3.2-3B-Instruct", "Q4_K_M")
    large = model_named("Qwen2.5-13B", "Q8_0")
    for query in ("3b", "q4", "llama3.2", "q4km"):
        assert query in text
        assert matches(llama, None, query), query
        assert not matches(large, None, query), query
    assert "qwen 7b q4" in text
    assert matches(model_named("Qwen2.5-7B-Instruct", "Q4_K_M"), None, "qwen 7b q4")
    assert "fits disk" in text
    fit = Fit(Verdict.FITS, reason("fit.measured_here"), None, None, None, 512, "f16")
    assert matches(llama, fit, "fits disk")
    assert not matches(llama, None, "fits disk")


def test_what_is_remembered_is_what_the_dashboard_keeps():
    (text,) = (page.text for page in help_pages() if page.title == "What is remembered")
    terms = {
        "theme": "theme",
        "sort": "order",
        "columns": "columns",
        "context": "context",
        "kv_type": "type of the KV cache",
    }
    assert set(Choices.__struct_fields__) == set(terms)
    assert all(word in text for word in terms.values())


def matches(model: Model, fit: Fit | None, query: str) -> bool:
    index = ModelIndex()
    index.set_models([model])
    index.set_fits({model.key: fit} if fit is not None else {})
    return bool(index.listed(query, "name"))


def model_named(name: str, quant: str) -> Model:
    path = Path(f"/models/{name}.gguf")
    file = ModelFile(path, (path,), 1, 0, name, quant, "test", 1, None)
    return Model(name, quant, 1, None, file, None)


def test_the_passage_on_the_timeline_has_its_signs():
    text = " ".join(page.text for page in help_pages())
    signs = {glyph for phase, glyph in GLYPHS.items() if phase is not Phase.IDLE} | {BEGIN, CUT}
    assert all(f"{sign} " in text or f"{sign};" in text for sign in signs)
