"""The catalogue: what ships, and what a person's slips in theirs cost and are told as."""

import os
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.models.catalogue.catalogue import Catalogue, load_catalogue, load_catalogues, shipped_path
from tui.models.catalogue.keys import KEYS, RULES
from tui.models.listing import catalogue_model, catalogue_models, find_entry
from tui.models.model import CatalogueEntry, ModelFile, Shape
from tui.models.quantizations import bits_per_weight, weights_bytes
from tui.models.tensors.model_tensors import parameters
from tui.sentences import Fact, Reason, reason
from tui.services.sentences import sentence

SHIPPED = load_catalogue()

GOOD = """[[model]]
name = "Llama-3.2-1B-Instruct"
publisher = "Meta"
license = "llama3.2"
released = "2024-09"
use = "Summaries on an old laptop."
languages = ["en", "es"]
repository = "someone/Llama-3.2-1B-Instruct-GGUF"
quants = ["Q8_0", "Q4_K_M"]
default_quant = "Q4_K_M"
parameters = 1_235_814_400
architecture = "llama"
layers = 16
embedding = 2048
feed_forward = 8192
heads = 32
kv_heads = 8
key_length = 64
vocabulary = 128256
context = 131072
tied = true
"""


def named(name: str, text: str = GOOD) -> str:
    return text.replace("Llama-3.2-1B-Instruct", name)


def changed(key: str, value: str) -> str:
    """The good entry with one line of it written differently."""
    text, count = re.subn(rf"^{key} = .*$", lambda _: f"{key} = {value}", GOOD, flags=re.M)
    return text if count else f"{GOOD}{key} = {value}\n"


def loaded(folder: Path, text: str | bytes) -> Catalogue:
    path = folder / "models.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_catalogue(path)


def words(fact: Fact) -> str:
    return sentence(fact) if isinstance(fact, Reason) else str(fact)


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(start))


def test_the_shipped_catalogue_has_no_problems() -> None:
    assert [sentence(problem.reason) for problem in SHIPPED.problems] == []
    assert len(SHIPPED.entries) >= 18


@pytest.mark.parametrize("entry", SHIPPED.entries, ids=lambda entry: entry.name)
def test_a_shape_counts_up_to_the_published_parameters(entry: CatalogueEntry) -> None:
    assert entry.shape.parameters is not None
    assert parameters(entry.shape) == pytest.approx(entry.shape.parameters, rel=0.005)
    assert len(entry.shape.kv_heads) == entry.shape.layers
    assert len(entry.shape.sliding_layers) in (0, entry.shape.layers)
    sizes = [weights_bytes(entry.shape, quant) for quant in entry.quants]
    assert sizes == sorted(sizes) or entry.shape.embedding % 256


# Sizes of published files, in bytes, headers of a few MiB included.
PUBLISHED = {
    ("Llama-3.1-8B-Instruct", "Q4_K_M"): 4_920_734_272,
    ("Llama-3.3-70B-Instruct", "Q4_K_M"): 42_520_393_856,
    ("gpt-oss-20b", "MXFP4"): 12_109_566_560,
    ("Qwen2.5-7B-Instruct", "Q4_K_M"): 4_683_073_952,
    ("granite-4.0-h-micro", "Q2_K"): 1_226_247_840,
    ("granite-4.0-h-micro", "Q4_K_M"): 1_942_564_512,
    ("granite-4.0-h-tiny", "Q4_K_M"): 4_230_976_352,
    ("gemma-3n-E2B-it", "Q8_0"): 4_788_112_064,
    ("LFM2.5-8B-A1B", "Q4_K_M"): 5_155_564_768,
    ("Qwen3.5-9B", "Q8_0"): 9_527_502_048,
    ("Moonlight-16B-A3B-Instruct", "Q4_K_M"): 10_540_747_360,
    ("Qwen3.6-35B-A3B", "Q4_K_M"): 21_166_757_920,
}


@pytest.mark.parametrize(("name", "quant"), PUBLISHED)
def test_a_row_weighs_what_the_published_file_weighs(name: str, quant: str) -> None:
    entry = find_entry(SHIPPED, name)
    assert entry is not None
    assert catalogue_model(entry, quant).weights_bytes == pytest.approx(PUBLISHED[name, quant], rel=0.003)


def test_every_key_is_explained_at_the_top_of_the_file() -> None:
    head = shipped_path().read_text("utf-8").partition("[[model]]\n")[0]
    for key in KEYS:
        assert re.search(rf"^# .*\b{key}\b", head, re.M), key
    assert len(KEYS) == len(RULES)


def test_what_stands_in_the_file_is_what_is_loaded() -> None:
    raw = msgspec.toml.decode(shipped_path().read_bytes())["model"]
    assert [entry["name"] for entry in raw] == [entry.name for entry in SHIPPED.entries]
    gemma = find_entry(SHIPPED, "gemma-3-4b-it")
    assert gemma is not None
    # Five layers with the window, then one without, from the first layer on.
    assert gemma.shape.sliding_window == 1024
    assert gemma.shape.sliding_layers[:7] == (True, True, True, True, True, False, True)
    liquid = find_entry(SHIPPED, "LFM2.5-1.2B-Instruct")
    assert liquid is not None
    assert liquid.shape.kv_heads.count(8) == 6
    assert liquid.shape.kv_heads[:3] == (0, 0, 8)
    experts = find_entry(SHIPPED, "Qwen3-30B-A3B-Instruct-2507")
    assert experts is not None
    assert experts.shape.active_parameters == pytest.approx(3.3e9, rel=0.02)


def test_quantizations_come_out_small_to_large(tmp_path: Path) -> None:
    (entry,) = loaded(tmp_path, GOOD).entries
    assert entry.quants == ("Q4_K_M", "Q8_0")
    assert entry.languages == ("en", "es")
    assert entry.shape.value_length == 64
    assert bits_per_weight(entry.shape, "Q8_0") > bits_per_weight(entry.shape, "Q4_K_M")


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
    "an unknown architecture": ("architecture", '"lama"', '"lama"', "one of deepseek2,"),
    "heads that do not divide": ("kv_heads", "5", "5", "a divisor of heads (32)"),
    "a window without a pattern": ("window", "512", "nothing", "since window is given"),
    "experts without a number in use": ("experts", "8", "nothing", "since experts is given"),
    "a shape that is not this model's": ("layers", "28", "1_235_814_400", "about 1_965_672_448"),
    "an untied output": ("tied", "false", "1_235_814_400", "check every dimension, and tied"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_slip_is_told_with_its_line_and_costs_only_its_entry(case: str, tmp_path: Path) -> None:
    key, value, found, expected = WRONG[case]
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
    assert found in words(problem.value)
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


def test_a_key_with_a_slip_is_answered_with_the_key_that_was_meant(tmp_path: Path) -> None:
    text = GOOD + "windw_pattern = 6\nzzz = 1\n"

    catalogue = loaded(tmp_path, text)

    assert catalogue.entries == ()
    close, far = catalogue.problems
    assert (close.line, close.key, words(close.expected)) == (22, "windw_pattern", "window_pattern, perhaps")
    assert (far.line, far.key) == (23, "zzz")
    assert "architecture" in words(far.expected)


@pytest.mark.parametrize(
    ("slip", "below"),
    [
        ('use = "Summaries', 0),
        ("layers = = 16", 0),
        ("layers = 16\nlayers = 17", 1),
        ("tied = True", 0),
        # The parser gives no place for these.
        ("layers = " + "9" * 6000, None),
        ("layers = " + "[" * 20000, None),
        ('use = """Summaries', None),
    ],
)
def test_a_syntax_error_costs_only_its_entry(slip: str, below: int | None, tmp_path: Path) -> None:
    key = slip.partition(" ")[0]
    broken = re.sub(rf"^{key} = .*$", lambda _: slip, GOOD, flags=re.M)
    text = f"{named('Before')}\n{broken}\n{named('After')}"

    catalogue = loaded(tmp_path, text)

    assert [entry.name for entry in catalogue.entries] == ["Before", "After"]
    (problem,) = catalogue.problems
    assert problem.entry == "Llama-3.2-1B-Instruct"
    assert problem.line is not None
    if below is None:
        assert line_of(text, 'name = "Llama') < problem.line < line_of(text, 'name = "After')
    else:
        assert problem.line == text[: text.index(f"{slip}\n")].count("\n") + 1 + below
    assert sentence(problem.reason).isprintable()


def test_a_header_inside_a_long_string_is_text(tmp_path: Path) -> None:
    text = changed("use", "'''\n[[model]]\nhere'''") + named("After")

    catalogue = loaded(tmp_path, text)

    assert [entry.name for entry in catalogue.entries] == ["After"]
    (problem,) = catalogue.problems
    assert (problem.key, problem.line) == ("use", 6)


@pytest.mark.parametrize("header", ["[model]", "[[models]]", "[settings]", "[[model.more]]", "[model.shape]"])
def test_another_table_is_named_and_leaves_the_entries_alone(header: str, tmp_path: Path) -> None:
    catalogue = loaded(tmp_path, f"{GOOD}\n{header}\nlayers = 3\n\n{named('After')}")

    assert len(catalogue.entries) == 2
    (problem,) = catalogue.problems
    assert (problem.line, words(problem.value), words(problem.expected)) == (23, header, "[[model]]")


@pytest.mark.parametrize(
    "header", ["[[ model ]]", '[["model"]]', "  [[model]]", "[[model]] # mine", "[[model]]\r"]
)
def test_a_header_may_be_written_in_every_way_that_toml_allows(header: str, tmp_path: Path) -> None:
    assert len(loaded(tmp_path, GOOD.replace("[[model]]", header)).entries) == 1


def test_files_of_other_editors_are_read(tmp_path: Path) -> None:
    assert len(loaded(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()).entries) == 1
    assert len(loaded(tmp_path, GOOD.replace("\n", "\r\n")).entries) == 1


def test_keys_before_the_first_entry_are_told(tmp_path: Path) -> None:
    catalogue = loaded(tmp_path, f"\nlayers = 3\n{GOOD}")

    assert len(catalogue.entries) == 1
    (problem,) = catalogue.problems
    assert (problem.line, problem.key, words(problem.value)) == (2, "layers", "outside an entry")


def test_the_second_of_two_equal_names_is_left_out(tmp_path: Path) -> None:
    catalogue = loaded(
        tmp_path, GOOD + GOOD.replace('name = "Llama-3.2-1B-Instruct"', 'name = "llama_3.2 1B instruct"')
    )

    assert [entry.name for entry in catalogue.entries] == ["Llama-3.2-1B-Instruct"]
    (problem,) = catalogue.problems
    assert (problem.line, problem.key) == (23, "name")
    assert "line 2 has it already" in words(problem.expected)


def test_what_is_no_catalogue_is_told_and_never_raised(tmp_path: Path) -> None:
    cases = {
        "no such file": load_catalogue(tmp_path / "none.toml"),
        "a folder": load_catalogue(tmp_path),
        "not UTF-8": loaded(tmp_path, GOOD.encode() + b"# caf\xe9\n"),
        "no entry": loaded(tmp_path, "# nothing yet\n"),
        "over 4 MiB": loaded(tmp_path, "#" * (5 << 20)),
    }
    for found, catalogue in cases.items():
        assert catalogue.entries == ()
        (problem,) = catalogue.problems
        assert found in words(problem.value)
    assert cases["not UTF-8"].problems[0].line == 22


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "models.toml")
    (problem,) = load_catalogue(tmp_path / "models.toml").problems
    assert words(problem.value) == "not a file"


def test_a_catalogue_of_ones_own_adds_and_replaces(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    replaced = "Qwen3-8B"
    own.write_text(named("My-Model") + named(replaced.lower()) + "\n[[model]]\nname = 3\n")

    catalogue = load_catalogues(own=own)

    names = [entry.name for entry in catalogue.entries]
    assert len(names) == len(SHIPPED.entries) + 1
    assert names[-1] == "My-Model"
    # In its old place, under the name the person gave it.
    assert names.index("qwen3-8b") == [entry.name for entry in SHIPPED.entries].index(replaced)
    assert {problem.path for problem in catalogue.problems} == {own}


def test_no_catalogue_of_ones_own_is_no_problem(tmp_path: Path) -> None:
    assert load_catalogues(own=tmp_path / "none" / "models.toml") == SHIPPED


@given(st.integers(0, len(GOOD)), st.text(max_size=8), st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_any_edit_leaves_the_entry_after_it_alone(tmp_path_factory, at: int, put: str, cut: int) -> None:
    folder = tmp_path_factory.mktemp("edited")
    edited = GOOD[:at] + put + GOOD[at + cut :]
    after = named("Entry-after")

    catalogue = loaded(folder, (edited + "\n" + after).encode("utf-8", "replace"))

    for problem in catalogue.problems:
        assert sentence(problem.reason).isprintable()
    assert catalogue.problems or len(catalogue.entries) == 2
    assert catalogue.entries[-1].name == "Entry-after"


def a_file(name: str, shape: Shape | None, quant: str = "Q4_K_M", error: Reason | None = None) -> ModelFile:
    path = Path(f"/models/{name}-{quant}.gguf")
    return ModelFile(path, (path,), 800, 1, name, quant, "models folder", 700, shape, error=error)


@pytest.mark.parametrize(
    "name",
    [
        "Llama-3.2-1B-Instruct",
        "llama-3.2-1b-instruct",
        "Meta-Llama-3.2-1B-Instruct",
        "meta-llama_Llama-3.2-1B-Instruct",
    ],
)
def test_a_file_is_matched_to_its_entry_by_name(name: str) -> None:
    entry = find_entry(SHIPPED, "Llama-3.2-1B-Instruct")
    assert entry is not None
    file = a_file(name, entry.shape)

    rows = catalogue_models(SHIPPED, [file])

    assert (rows[0].file, rows[0].entry, rows[0].weights_bytes) == (file, entry, 700)
    assert [row.entry for row in rows[1:]] == [other for other in SHIPPED.entries if other is not entry]


def test_a_file_that_is_not_that_model_keeps_its_own_row() -> None:
    entry = find_entry(SHIPPED, "Llama-3.2-1B-Instruct")
    other = find_entry(SHIPPED, "Llama-3.2-3B-Instruct")
    assert entry is not None
    assert other is not None
    impostor = a_file("Llama-3.2-1B-Instruct", other.shape)

    rows = catalogue_models(SHIPPED, [impostor, a_file("Llama-3.2-1B", entry.shape)])

    assert [row.entry for row in rows[:2]] == [None, None]
    assert len(rows) == len(SHIPPED.entries) + 2


def test_a_broken_file_does_not_hide_the_entry() -> None:
    entry = find_entry(SHIPPED, "Qwen3-8B")
    assert entry is not None

    rows = catalogue_models(
        SHIPPED, [a_file("Qwen3-8B", None, error=reason("models.header_cut_off", byte=9))]
    )

    assert [row.file is None for row in rows if row.entry is entry] == [False, True]
    assert len({row.key for row in rows}) == len(rows)


def test_every_file_of_one_model_has_a_row() -> None:
    entry = find_entry(SHIPPED, "Qwen3-8B")
    assert entry is not None

    rows = catalogue_models(SHIPPED, [a_file("Qwen3-8B", entry.shape, quant) for quant in ("Q4_K_M", "Q8_0")])

    assert [(row.quant, row.file is None) for row in rows if row.entry is entry] == [
        ("Q4_K_M", False),
        ("Q8_0", False),
    ]


def test_a_row_without_a_file_is_weighed_at_the_default_quantization() -> None:
    row = catalogue_models(SHIPPED, [])[0]
    assert row.entry is not None
    assert row.quant == row.entry.default_quant
    assert row.weights_bytes == weights_bytes(row.entry.shape, row.quant)
