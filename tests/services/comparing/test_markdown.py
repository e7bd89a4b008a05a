"""Markdown of a comparison: every figure and answer, and hostile text kept apart."""

import itertools

from markdown_it import MarkdownIt

from tests.chat.scripted_comparison import MIB, ScriptedHost, model, ready
from tests.reasons import reason_with_text
from tui.chat.comparing.comparison import Comparison, PreparedLoad, own_case, task_case
from tui.chat.comparing.tasks import tasks_named
from tui.engine.protocol import Failed
from tui.models.model import Model
from tui.services.comparing.comparison_run import ComparisonRun
from tui.services.comparing.markdown import code_block, comparison_to_markdown, markdown_table

SUM = task_case(tasks_named(["arithmetic-en"])[0])


async def compared(host: ScriptedHost, *models: Model, prepare=ready, own: str = "Hello?") -> Comparison:
    return await ComparisonRun(models, (own_case(own), SUM), host, prepare).run()


def kinds(text: str) -> list[tuple[str, str]]:
    """Headings and code blocks with their text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    kinds_found: list[tuple[str, str]] = []
    for previous, token in itertools.pairwise(tokens):
        if previous.type == "heading_open":
            kinds_found.append((previous.tag, token.content))
        if token.type == "fence":
            kinds_found.append(("code", token.content))
    return kinds_found


HOSTILE = "# not a heading\n```\n| a | b |\n````\n<script>x</script>\n\x1b[31m*red*"


async def test_markdown_has_every_figure_check_and_answer():
    host = ScriptedHost({SUM.prompt: "399, I think", "Hello?": "Good day."}, device_bytes=64 * MIB)
    text = comparison_to_markdown(await compared(host, model("One"), model("Two_b|c")))
    assert text.startswith("# Comparison: 2 models, 2 prompts\n")
    assert kinds(text) == [
        ("h1", "Comparison: 2 models, 2 prompts"),
        ("h2", "Your prompt"),
        ("code", "Hello?\n"),
        ("h3", "One Q4\\_1"),
        ("code", "Good day.\n"),
        ("h3", "Two\\_b|c Q4\\_1"),
        ("code", "Good day.\n"),
        ("h2", "Arithmetic, English"),
        ("code", f"{SUM.prompt}\n"),
        ("h3", "One Q4\\_1"),
        ("code", "399, I think\n"),
        ("h3", "Two\\_b|c Q4\\_1"),
        ("code", "399, I think\n"),
    ]
    for figure in ("10.0 tok/s", "0.6 s", "150 MiB", "140 MiB", "64.0 MiB", "pass: 399 is right"):
        assert figure in text, figure
    assert "1 of 1 passed" in text


async def test_text_of_a_model_leaves_the_structure_intact():
    comparison = await compared(ScriptedHost({"Hello?": HOSTILE}), model("One"), model("Two"))
    text = comparison_to_markdown(comparison)
    assert "\x1b" not in text
    blocks = [content for kind, content in kinds(text) if kind == "code"]
    assert blocks[1] == HOSTILE.replace("\x1b[31m", "") + "\n"
    assert [kind for kind, _content in kinds(text)].count("h1") == 1


async def test_reason_for_a_missing_answer_is_included():
    async def prepare(next_model: Model) -> PreparedLoad:
        plan = await ready(next_model)
        why = Failed(
            0,
            "memory",
            reason_with_text("Too big: it needs 9 GiB."),
            reason_with_text("Choose a smaller one."),
        )
        return PreparedLoad(plan.settings, refused=why if next_model.name == "One" else None)

    text = comparison_to_markdown(await compared(ScriptedHost(), model("One"), model("Two"), prepare=prepare))
    assert text.count("Too big: it needs 9 GiB.") >= 3
    assert "n/a" in text


async def test_speeds_that_are_too_low_are_marked_and_explained_once():
    slow = ScriptedHost(cpu_shares={"Hello?": 0.5, SUM.prompt: 0.5})
    text = comparison_to_markdown(await compared(slow, model("One"), model("Two")))
    assert text.count("| 10.0 \\* |") == 2
    assert text.count("10.0 tok/s \\*, 0.6 s") == 4
    assert text.count("alone it is faster") == 1
    assert "alone it is" not in comparison_to_markdown(
        await compared(ScriptedHost(), model("One"), model("Two"))
    )


def test_table_keeps_its_columns_with_any_content():
    lines = markdown_table([["a|b", "c"], ["new\nline", "`*_"]]).splitlines()
    assert lines == ["| a\\|b | c |", "| --- | --- |", "| new line | \\`\\*\\_ |"]


def test_the_fence_is_longer_than_any_in_the_text():
    assert code_block("a").splitlines() == ["```text", "a", "```"]
    assert code_block("````\nx").splitlines()[0] == "`````text"
