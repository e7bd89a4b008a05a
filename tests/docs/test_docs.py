"""The manual says what the program does: generated blocks, links, pictures and commands."""

import contextlib
import re
from pathlib import Path

import pytest

from tests.docs.blocks import names, rewritten
from tests.docs.command_options import parser_of
from tests.docs.json_keys import described
from tests.docs.key_bindings import bindings_by_pane
from tests.docs.pages import ROOT, anchors, commands, links, pages, paths
from tests.docs.pick_table import MACHINES
from tests.docs.tables import table
from tui.cli.arguments import COMMANDS, parse

PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages()]


@pytest.mark.parametrize("page", PAGES)
def test_generated_blocks_are_up_to_date(page: Path):
    text = page.read_text(encoding="utf-8")
    assert rewritten(text, table) == text, "python -m tests.docs writes them anew"


def test_every_kind_of_block_is_in_the_manual():
    block_names = {name for page in pages() for name in names(page.read_text(encoding="utf-8"))}
    options = {f"options: {command}" for command in ("dashboard", *COMMANDS)}
    settings = {"settings", "settings: machines", "settings: presets"}
    documents = {f"json: {document}" for document in described()}
    models = {f"models: {name}" for name in ("list", "sampling", "licences", "left out")}
    picks = {f"{kind}: {machine}" for kind in ("picks", "not picked") for machine in MACHINES}
    evidence = {f"evidence: {name}" for name in ("ladders", "benchmarks", "sources")}
    commands = {"keys", "keys: first", "commands", "filter words"}
    assert block_names >= commands | options | settings | documents | models | picks | evidence


@pytest.mark.parametrize("page", PAGES)
def test_targets_of_links_and_pictures_exist(page: Path):
    for target in links(page.read_text(encoding="utf-8")):
        path, _hash, anchor = target.partition("#")
        linked_page = (page.parent / path).resolve() if path else page
        assert linked_page.is_relative_to(ROOT), target
        assert linked_page.exists(), target
        if anchor:
            assert anchor in anchors(linked_page.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("page", PAGES)
def test_paths_of_the_project_exist(page: Path):
    for path in paths(page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists() or (ROOT / "tui" / path).exists(), path


def test_every_page_of_the_manual_is_in_its_index():
    indexes = {ROOT / "docs" / "README.md", ROOT / "docs" / "decisions" / "README.md"}
    listed = {
        (index.parent / target.partition("#")[0]).resolve()
        for index in indexes
        for target in links(index.read_text(encoding="utf-8"))
    }
    assert {page for page in pages() if (ROOT / "docs") in page.parents} - indexes <= listed


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_the_manual_are_valid(page: Path, capsys: pytest.CaptureFixture[str]):
    for typed in commands(page.read_text(encoding="utf-8")):
        # The table of commands has the names of arguments in the place of their values.
        arguments = ["bash" if word == "SHELL" else word for word in typed]
        code: object = 0
        with contextlib.suppress(SystemExit):
            try:
                parse(arguments)
            except SystemExit as end:
                code = end.code
                raise
        assert code == 0, (arguments, capsys.readouterr().err)


def test_every_picture_is_used():
    pictures = {
        (page.parent / target).resolve().name
        for page in pages()
        for target in links(page.read_text(encoding="utf-8"))
        if "screenshots/" in target
    }
    assert pictures
    assert {picture.name for picture in (ROOT / "screenshots").glob("*.svg")} >= pictures


def test_every_action_has_a_description_and_an_id():
    for title, bindings in bindings_by_pane().items():
        assert title[0].isupper(), title
        for binding in bindings:
            assert re.fullmatch(r"[a-z_]+\.[a-z_]+", str(binding.id))
            assert binding.tooltip or binding.description, binding.id


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_option_is_explained(command: str):
    parser = parser_of(command)
    assert parser.description
    assert [action.dest for action in parser._actions if not action.help] == []


def test_commands_are_found_in_shell_lines():
    page = (
        'Say `llmtui fit X --ctx 512`.\n\n```sh\ngit diff | llmtui run ./m.gguf --system "a | b" > out.txt\n'
        ".venv/bin/llmtui && ls  # llmtui nothing\nllmtui fit [MODEL]\n```\n"
    )
    assert commands(page) == [["run", "./m.gguf", "--system", "a | b"], [], ["fit", "X", "--ctx", "512"]]
