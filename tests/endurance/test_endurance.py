"""A session of some questions leaves nothing behind; `python -m tests.endurance` goes on for an hour."""

import gc

from textual.timer import Timer
from textual.widget import Widget

from tests.endurance.figures import measure
from tests.endurance.session import QUESTIONS, SETTINGS, play_round
from tests.ui.dashboard.running_dashboard import load_first, running
from tests.waiting import until
from tui.chat.conversation import Conversation
from tui.chat.messages import Reply

MOST_BYTES = 100_000
"""Bytes that may stay for each question.

Caches and the timeline fill during the first hundreds of questions: 20 to 35 KB each. A footer that kept its
old keys left 600 KB, and 2 MB at each load.
"""
MOST_DEAD = 30_000
"""Objects that nobody can reach and no collection frees, because they were frozen.

Parts of the start end later, 9,000 objects; where its dead objects were frozen too, there were 64,000.
"""
COUNTED = (Widget, Timer, Reply, Conversation)
"""Classes whose objects go with their chat, their model or their dialog."""


def count_objects() -> dict[str, int]:
    """Return the number of objects of each such class."""
    objects = gc.get_objects()
    return {kind.__name__: sum(isinstance(item, kind) for item in objects) for kind in COUNTED}


async def test_questions_chats_and_loads_leave_nothing_behind() -> None:
    # GIVEN no collection of garbage until the start is over, as the command line has it
    gc.disable()
    async with running(settings=SETTINGS) as (pilot, dashboard):
        await until(lambda: dashboard.models.settled and gc.isenabled(), "the end of the start")
        await load_first(pilot, dashboard)
        await play_round(pilot, dashboard)
        first, first_counts = measure(), count_objects()
        await play_round(pilot, dashboard)
        last, last_counts = measure(), count_objects()

        # THEN memory grows by caches alone
        more = last.kinds - first.kinds
        assert last.allocated - first.allocated < MOST_BYTES * QUESTIONS, more.most_common(20)
        # AND no widget, timer or message stays for each question
        for kind, number in last_counts.items():
            assert number < first_counts[kind] + QUESTIONS, kind
        # AND files, threads and frozen objects have not become more
        assert last.handles <= first.handles + 4
        assert last.threads <= first.threads + 4
        assert last.frozen <= first.frozen

        # AND what was frozen is alive
        gc.unfreeze()
        assert gc.collect() < MOST_DEAD
