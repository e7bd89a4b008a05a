"""The common families' chat templates, rendered as their publishers document."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.engine import upstream
from tests.engine.families import CASES, FAMILIES, TODAY, Family
from tests.engine.requests import user
from tui.engine.templates.chat_template import ChatTemplate
from tui.engine.thinking.detection import thinking_mode
from tui.engine.thinking.marks import thinking_format
from tui.engine.thinking.splitter import ThinkingSplitter

OWN = Path(__file__).parent
UPSTREAM = upstream.folder()
needs_upstream = pytest.mark.skipif(UPSTREAM is None, reason=f"{upstream.FOLDER} names no folder")
ALL_UPSTREAM = sorted(UPSTREAM.glob("*.jinja")) if UPSTREAM else []
WITHOUT_TOOLS_NOTHING = {
    "CohereForAI-c4ai-command-r-plus-tool_use",
    "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
    "NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
    "fireworks-ai-llama-3-firefunction-v2",
}
"""Second templates of models that have another one for talking."""


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.templates.sandbox._now", lambda format: datetime(*TODAY).strftime(format))


def check(template: ChatTemplate, family: Family) -> None:
    assert template.reason is None
    for case, expected in family.expected.items():
        messages, think = CASES[case]
        prompt = template.render(messages, think=think)
        assert prompt.reason is None
        if expected.startswith("…"):
            assert prompt.text.endswith(expected[1:]), case
        else:
            assert prompt.text == expected, case


@pytest.mark.parametrize("name", FAMILIES)
def test_prompts_of_a_family_match_its_documentation(name: str) -> None:
    family = FAMILIES[name]
    source = (OWN / f"{name}.jinja").read_text("utf-8")

    check(ChatTemplate(source, family.bos, family.eos), family)
    assert thinking_mode(source) == family.thinking


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.upstream])
@needs_upstream
def test_template_of_the_publisher_gives_the_same_prompts(name: str) -> None:
    assert UPSTREAM is not None
    family = FAMILIES[name]
    source = (UPSTREAM / f"{family.upstream}.jinja").read_text("utf-8")

    check(ChatTemplate(source, family.bos, family.eos), family)
    assert thinking_mode(source) == family.thinking


def test_every_template_file_belongs_to_a_family() -> None:
    assert {file.stem for file in OWN.glob("*.jinja")} == FAMILIES.keys()


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.thinking != "never"])
def test_thinking_is_separated_whether_or_not_the_prompt_opens_it(name: str) -> None:
    family = FAMILIES[name]
    source = (OWN / f"{name}.jinja").read_text("utf-8")
    format = thinking_format(source)
    assert format is not None
    prompt = ChatTemplate(source, family.bos, family.eos).render(user("Hi"), think=True).text
    opens = "" if prompt.rstrip().endswith(format.opens) else format.opens
    splitter = ThinkingSplitter(format, prompt)

    parts = splitter.feed(
        f"{opens}\nTwo words.{format.closes}{''.join(format.headers)}Hello{''.join(format.footers)}"
    )

    assert [*parts, *splitter.flush()] == [(True, "Two words."), (False, "Hello")]


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.thinking == "optional"])
def test_with_thinking_off_a_reply_is_an_answer(name: str) -> None:
    source = (OWN / f"{name}.jinja").read_text("utf-8")
    splitter = ThinkingSplitter(
        thinking_format(source), ChatTemplate(source).render(user("Hi"), think=False).text
    )

    assert not splitter.in_thinking
    assert [*splitter.feed("Hello"), *splitter.flush()] == [(False, "Hello")]


@pytest.mark.parametrize("file", ALL_UPSTREAM, ids=lambda file: file.stem)
def test_every_template_of_a_publisher_accepts_a_conversation(file: Path) -> None:
    template = ChatTemplate(file.read_text("utf-8"), "<s>", "</s>")

    if file.stem in WITHOUT_TOOLS_NOTHING:
        assert template.reason is not None
        return
    prompt = template.render(user("quince", "medlar", "damson", system="sloe"))
    assert (template.reason, prompt.reason) == (None, None)
    assert all(word in prompt.text for word in ("quince", "medlar", "damson", "sloe"))


@pytest.mark.parametrize("file", ALL_UPSTREAM, ids=lambda file: file.stem)
def test_every_publishers_switch_turns_thinking_off_and_on(file: Path) -> None:
    source = file.read_text("utf-8")
    if file.stem in WITHOUT_TOOLS_NOTHING or thinking_mode(source) != "optional":
        return
    template = ChatTemplate(source, "<s>", "</s>")
    on, off = (template.render(user("Hi", system="Be brief."), think=think).text for think in (True, False))

    assert on != off
    assert "Be brief." in on
    assert not ThinkingSplitter(thinking_format(source), off).in_thinking


@pytest.mark.parametrize("case", upstream.expected(), ids=lambda case: case.name)
def test_prompts_match_the_tests_of_llama_cpp(case: upstream.Expected) -> None:
    template = ChatTemplate(case.template, case.bos, case.eos)
    conversation = user(
        "Hello",
        "Hi there",
        "Who are you",
        "   I am an assistant   ",
        "Another question",
        system="You are a helpful assistant",
    )
    rendered = template.render(conversation)

    # Where a model takes no system message, llama.cpp joins it to the question with one newline.
    text = rendered.text.replace("a helpful assistant\n\nHello", "a helpful assistant\nHello")
    expected = case.text.replace("a helpful assistant\n\nHello", "a helpful assistant\nHello")
    # It takes out the mark at the beginning, which its tokenizer puts there.
    assert text.removeprefix(case.bos) == expected.removeprefix(case.bos)
    assert rendered.reason is None
