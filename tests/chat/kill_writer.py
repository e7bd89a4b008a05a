"""Kills a process that streams replies into the store, at random moments, and looks at what is left.

`python -m tests.chat.kill_writer --times 200` prints the most text that was missing, in seconds.
"""

import argparse
import contextlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.chat.conversations import METRICS, PART_SETTINGS, result_of
from tui.chat.conversation import Conversation, Message, Question, Reply
from tui.chat.reply_prompts import ReplyPrompts
from tui.chat.storage.recorder import ConversationRecorder
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore
from tui.sentences import reason

PIECE_SECONDS = 0.01
"""Between two pieces of a reply: 100 tokens a second."""
PIECES = 60
"""Of a reply; each is `number@time `."""
LONGEST_SECONDS = 1.5
"""Within which the process is killed."""


def stream(file: Path) -> None:
    """Ask and answer without end, telling on standard output what has been said, after the store was told."""
    store = ConversationStore(file)
    while True:
        conversation = Conversation()
        ConversationRecorder(store, conversation)
        for turn in range(3):
            conversation.add_user(f"question {turn}")
            _tell(f"question {turn}")
            conversation.begin_reply("Model Q4")
            conversation.set_prompt(_prompt(conversation.messages[:-1]), PART_SETTINGS)
            for number in range(PIECES):
                conversation.append(f"{number}@{time.time():.3f} ")
                _tell(f"piece {number}")
                time.sleep(PIECE_SECONDS)
            conversation.finish_reply("end", METRICS)
            _tell("end")


def kill_once(file: Path, after: float) -> tuple[str, float]:
    """Start that, kill it after some seconds of streaming; returns what it said last and when it died."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chat.kill_writer", "--stream", str(file)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    time.sleep(after)
    killed = time.time()
    process.kill()
    said += process.stdout.read()
    process.wait()
    process.stdout.close()
    return said, killed


def missing_seconds(file: Path, said: str, killed: float, earlier: set[int]) -> float:
    """Check what is left of the run; returns how much of the last reply is missing, in seconds.

    Raises:
        AssertionError: something is lost or doubled.
    """
    store = ConversationStore(file)
    rows = [row for row in result_of(store.list_conversations()) if row.id not in earlier]
    records = [
        result_of(store.read_conversation(row.id)) for row in sorted(rows, key=lambda row: row.created)
    ]
    earlier.update(row.id for row in rows)
    assert store.close()
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("SELECT count(*) FROM pieces").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM messages WHERE writer IS NOT NULL").fetchone() == (0,)
    db.close()
    messages = [stored.message for record in records for stored in _all_shown(record)]
    for record in records:
        _check_prompts(record)
    questions = [message for message in messages if isinstance(message, Question)]
    replies = [message for message in messages if isinstance(message, Reply)]
    question_count, ended = said.count("question"), said.count("end\n")
    # What was said is told a moment before or after it is written: one more or less, never two.
    assert question_count - 1 <= len(questions) <= question_count + 1, (question_count, len(questions))
    assert len(questions) - 1 <= len(replies) <= len(questions)
    for reply in replies[:-1]:
        assert _numbers(reply) == list(range(PIECES))
        assert reply.finish == "end"
    if not replies or question_count > len(questions) or ended >= len(replies):
        return 0.0
    last = replies[-1]
    numbers = _numbers(last)
    assert numbers == list(range(len(numbers)))
    if last.finish is None:
        assert last.interrupted == reason("chat.closed_while_writing")
    piece_count = said.rpartition("question")[2].count("piece")
    return max(0, piece_count - len(numbers)) * _pace(last, killed)


def run(times: int, seed: int) -> float:
    """Do it so often on one file; returns the most seconds of text that were missing."""
    draw = random.Random(seed)
    worst = 0.0
    earlier: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "conversations.sqlite"
        for _time in range(times):
            said, killed = kill_once(file, draw.uniform(0, LONGEST_SECONDS))
            worst = max(worst, missing_seconds(file, said, killed, earlier))
    return worst


def _pace(reply: Reply, killed: float) -> float:
    """Seconds a piece took in this run: a busy machine is slower than it should be."""
    times = [float(piece.partition("@")[2]) for piece in reply.text.split()]
    if len(times) < 2:
        return PIECE_SECONDS
    return max(PIECE_SECONDS, (times[-1] - times[0]) / (len(times) - 1))


def _numbers(reply: Reply) -> list[int]:
    return [int(piece.partition("@")[0]) for piece in reply.text.split()]


def _prompt(messages: Sequence[Message]) -> str:
    return "".join(f"{message.role}: {message.text}\n" for message in messages)


def _check_prompts(record: ConversationRecord) -> None:
    """Whatever has text has its prompt, which was kept before."""
    prompts = ReplyPrompts.from_deltas(
        record.prompts, {message.id: message.id for message in record.messages}
    )
    branch = _all_shown(record)
    for index, message in enumerate(branch):
        if isinstance(message.message, Reply) and message.message.text:
            assert prompts.get(message.id) == _prompt([previous.message for previous in branch[:index]])
            assert message.message.part_settings == (PART_SETTINGS,)


def _all_shown(record: ConversationRecord):
    assert len(record.shown_branch) == len(record.messages)
    return record.shown_branch


def _tell(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stream", type=Path)
    options = parser.parse_args()
    if options.stream:
        with contextlib.suppress(BrokenPipeError):
            stream(options.stream)
    else:
        print(f"{options.times} kills; at most {run(options.times, options.seed):.2f} s of text missing")
