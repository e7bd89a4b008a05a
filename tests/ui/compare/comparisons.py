"""Comparisons by scripted answers, for the tests of their screens."""

from textual.widgets import Static

from tests.chat.scripted_comparison import MIB, ScriptedHost, model, ready
from tui.chat.comparing.comparison import Comparison, own_case, task_case
from tui.chat.comparing.tasks import tasks_named
from tui.models.model import Model
from tui.services.comparing.comparison_run import ComparisonRun, Prepare
from tui.services.comparing.comparisons import Comparisons

ONE, TWO, THREE = model("One"), model("Two", 200 * MIB), model("Three")
HELLO = own_case("Say hello.")
SUM = task_case(tasks_named(["arithmetic-en"])[0])


async def compared(host: ScriptedHost | None = None, *models: Model, prepare: Prepare = ready) -> Comparison:
    """A comparison of two prompts that has ended."""
    run = ComparisonRun(models or (ONE, TWO), (HELLO, SUM), host or ScriptedHost(), prepare)
    return await run.run()


def comparisons_of(*past: Comparison, host: ScriptedHost | None = None) -> Comparisons:
    """Comparisons of a session, of which these have ended."""
    comparisons = Comparisons(host or ScriptedHost(), ready, lambda *_reply: None, lambda: None)
    comparisons.past.extend(past)
    return comparisons


def words(node, selector: str) -> str:
    """What a line of a screen says."""
    return node.query_one(selector, Static).visual.plain
