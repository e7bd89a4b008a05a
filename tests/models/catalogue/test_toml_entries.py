"""A mistake in one entry leaves the others alone."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.catalogue.entries import GOOD, changed, loaded, named, words
from tui.services.sentences import sentence


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(start))


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
def test_syntax_error_drops_only_its_entry(slip: str, below: int | None, tmp_path: Path) -> None:
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
def test_entry_header_in_any_toml_spelling_is_found(header: str, tmp_path: Path) -> None:
    assert len(loaded(tmp_path, GOOD.replace("[[model]]", header)).entries) == 1


def test_files_of_other_editors_are_read(tmp_path: Path) -> None:
    assert len(loaded(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()).entries) == 1
    assert len(loaded(tmp_path, GOOD.replace("\n", "\r\n")).entries) == 1


def test_keys_before_the_first_entry_are_reported(tmp_path: Path) -> None:
    catalogue = loaded(tmp_path, f"\nlayers = 3\n{GOOD}")

    assert len(catalogue.entries) == 1
    (problem,) = catalogue.problems
    assert (problem.line, problem.key, words(problem.value)) == (2, "layers", "outside an entry")


@given(st.integers(0, len(GOOD)), st.text(max_size=8), st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_any_edit_leaves_the_next_entry_intact(tmp_path_factory, offset: int, put: str, cut: int) -> None:
    folder = tmp_path_factory.mktemp("edited")
    edited = GOOD[:offset] + put + GOOD[offset + cut :]
    after = named("Entry-after")

    catalogue = loaded(folder, (edited + "\n" + after).encode("utf-8", "replace"))

    for problem in catalogue.problems:
        assert sentence(problem.reason).isprintable()
    assert catalogue.problems or len(catalogue.entries) == 2
    assert catalogue.entries[-1].name == "Entry-after"
