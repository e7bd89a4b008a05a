"""Comparisons of a session: one under way, and those that have ended."""

from tests.chat.scripted_comparison import ScriptedHost, model, ready
from tui.chat.comparing.comparison import PreparedLoad, own_case
from tui.models.model import Model
from tui.services.comparing.comparisons import Comparisons

ONE, TWO, THREE = model("One"), model("Two"), model("Three")
HELLO = own_case("Say hello.")


async def test_comparison_is_running_until_it_ends():
    ended: list[bool] = []
    host = ScriptedHost()
    comparisons = Comparisons(host, ready, lambda *_reply: None, lambda: ended.append(host.loaded is None))
    run = comparisons.begin([ONE, TWO], [HELLO])
    assert list(comparisons.all) == [run.comparison]
    assert not comparisons.compares([ONE, TWO])
    await comparisons.finish(run)
    assert comparisons.run is None
    assert list(comparisons.all) == comparisons.past == [run.comparison]
    assert ended == [True]
    assert comparisons.compares([TWO, ONE])
    assert not comparisons.compares([ONE, THREE])


async def test_stopped_comparison_is_kept():
    comparisons: Comparisons

    async def stopping(next_model: Model) -> PreparedLoad:
        comparisons.stop()
        return await ready(next_model)

    comparisons = Comparisons(ScriptedHost(), stopping, lambda *_reply: None, lambda: None)
    changes_before = comparisons.changes
    await comparisons.finish(comparisons.begin([ONE, TWO], [HELLO]))
    assert [comparison.ended for comparison in comparisons.past] == ["stopped"]
    assert comparisons.changes > changes_before
