"""The end of the engine's process, at any moment and from any cause, is an ordinary event."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

import tui
from tests.engine.requests import PATIENCE, Answer, ask, at, gone, user
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, LoadSettings
from tui.engine.protocol import PromptProgress, Text
from tui.services.sentences import sentence, sentences

SETTINGS = LoadSettings(context=2048, threads=1)
STORY = user("Tell a long story.")


@pytest_asyncio.fixture
async def bare() -> AsyncIterator[Engine]:
    engine = await Engine.start()
    yield engine
    await engine.close()


@pytest_asyncio.fixture
async def engine(bare: Engine, tiny: dict[str, Path]) -> Engine:
    await bare.load(tiny["llama"], SETTINGS)
    return bare


async def killed_at(
    engine: Engine, kind: type[Text] | type[PromptProgress], number: signal.Signals
) -> Answer:
    text = "abcdefgh" * 200
    return await ask(
        engine,
        raw_text=text,
        max_tokens=None,
        ignore_end=True,
        on_event=at(kind, lambda: os.kill(engine.pid, number)),
    )


async def test_kill_during_a_reply_keeps_the_text_and_gives_the_reason(engine: Engine) -> None:
    answer = await killed_at(engine, Text, signal.SIGKILL)

    assert answer.text
    assert answer.failed.kind == "died"
    assert "killed from outside" in sentence(answer.failed.reason)
    assert "Close other programs" in sentences(answer.failed.reasons)
    assert not engine.alive
    assert not engine.busy
    assert await engine.ended() == answer.failed


async def test_kill_while_the_prompt_is_read_is_a_failure(engine: Engine) -> None:
    answer = await killed_at(engine, PromptProgress, signal.SIGKILL)

    assert answer.failed.kind == "died"


WORDS = {
    signal.SIGKILL: "memory runs out",
    signal.SIGABRT: "aborted",
    signal.SIGSEGV: "crashed in native code",
    signal.SIGBUS: "file changed",
    signal.SIGILL: "another processor",
    signal.SIGTERM: "ended from outside",
}


@pytest.mark.parametrize("number", WORDS, ids=lambda number: number.name)
async def test_every_signal_has_its_own_sentence(bare: Engine, number: signal.Signals) -> None:
    os.kill(bare.pid, number)
    failed = await asyncio.wait_for(bare.ended(), PATIENCE)

    assert failed.kind == "died"
    assert WORDS[number] in sentence(failed.reason)
    assert not any(
        sentence_part in sentence(failed.reason)
        for other_number, sentence_part in WORDS.items()
        if other_number != number
    )
    assert failed.hint
    assert not bare.alive


@pytest.mark.parametrize("request_", ["load", "plan"])
async def test_kill_while_a_file_is_read_is_a_failure(bare: Engine, smollm2: Path, request_: str) -> None:
    # GIVEN a process that is held, so that the request cannot be over before the kill
    os.kill(bare.pid, signal.SIGSTOP)
    ask_for = bare.load if request_ == "load" else bare.plan
    task = asyncio.create_task(ask_for(smollm2, SETTINGS))
    while not bare.busy:
        await asyncio.sleep(0)
    os.kill(bare.pid, signal.SIGKILL)

    with pytest.raises(EngineFailure) as caught:
        await asyncio.wait_for(task, PATIENCE)

    assert caught.value.failed.kind == "died"
    assert not bare.busy


async def test_requests_to_a_dead_process_fail_with_its_cause_of_death(bare: Engine, smollm2: Path) -> None:
    os.kill(bare.pid, signal.SIGKILL)
    await bare.ended()

    with pytest.raises(EngineFailure, match="died"):
        await bare.plan(smollm2, SETTINGS)
    with pytest.raises(EngineFailure, match="died"):
        await bare.load(smollm2, SETTINGS)
    assert (await ask(bare, STORY)).failed.kind == "died"
    bare.stop()
    bare.kill()


async def test_death_fails_every_waiting_request(engine: Engine) -> None:
    tasks = [
        asyncio.create_task(ask(engine, raw_text="x" * 500, max_tokens=None, ignore_end=True)) for _ in "abc"
    ]
    while not engine.busy:
        await asyncio.sleep(0)
    os.kill(engine.pid, signal.SIGKILL)

    answers = await asyncio.gather(*tasks)

    assert [answer.failed.kind for answer in answers] == ["died"] * 3


async def test_closing_ends_the_process_and_fails_waiting_requests(engine: Engine) -> None:
    answering = asyncio.create_task(ask(engine, raw_text="x" * 500, max_tokens=None, ignore_end=True))
    watching = asyncio.create_task(engine.ended())
    while not engine.busy:
        await asyncio.sleep(0)
    await engine.close()

    assert await gone(engine.pid)
    assert not engine.alive
    assert (await asyncio.wait_for(answering, PATIENCE)).failed.kind == "died"
    assert (await asyncio.wait_for(watching, PATIENCE)).kind == "died"
    await engine.close()


async def test_suspended_process_is_ended_too(bare: Engine) -> None:
    os.kill(bare.pid, signal.SIGSTOP)
    await asyncio.wait_for(bare.close(), PATIENCE)

    assert await gone(bare.pid)


async def test_no_process_is_left_when_a_start_is_cancelled() -> None:
    earlier_children = {child.pid for child in psutil.Process().children()}
    task = asyncio.create_task(Engine.start())
    while not {child.pid for child in psutil.Process().children()} - earlier_children:
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    for child in psutil.Process().children():
        if child.pid not in earlier_children:
            assert await gone(child.pid)


async def test_invalid_request_line_ends_the_process_and_is_reported(bare: Engine) -> None:
    assert bare._child.process.stdin is not None
    bare._child.process.stdin.write(b'{"type":"no such request"}\n')

    failed = await asyncio.wait_for(bare.ended(), PATIENCE)

    assert "unreadable request" in sentence(failed.reason)


async def test_a_truncated_mapped_file_is_reported(bare: Engine, smollm2: Path, tmp_path: Path) -> None:
    # GIVEN a loaded model whose file is cut while it is in use
    path = tmp_path / "shrinking.gguf"
    path.write_bytes(smollm2.read_bytes())
    await bare.load(path, LoadSettings(context=512, threads=1))
    os.truncate(path, 2_000_000)

    answer = await ask(bare, STORY)

    assert answer.failed.kind == "died"
    if sys.platform == "linux":
        assert "file changed" in sentence(answer.failed.reason)


async def test_file_that_vanishes_between_plan_and_load_is_reported(
    bare: Engine, smollm2: Path, tmp_path: Path
) -> None:
    path = tmp_path / "gone.gguf"
    path.symlink_to(smollm2)
    await bare.plan(path, SETTINGS)
    path.unlink()

    with pytest.raises(EngineFailure) as caught:
        await bare.load(path, SETTINGS)

    assert caught.value.failed.kind == "missing"
    assert "gone.gguf is not there" in sentence(caught.value.failed.reason)


PARENT = """
import asyncio, sys
from pathlib import Path
from tui.engine.client import Engine
from tui.engine.options import AnswerRequest, LoadSettings

async def main():
    engine = await Engine.start()
    if sys.argv[2] != "idle":
        await engine.load(Path(sys.argv[1]), LoadSettings(context=4096, threads=1))
    if sys.argv[2] == "answering":
        async for event in engine.generate(AnswerRequest(raw_text="a" * 500, ignore_end=True)):
            print(engine.pid, flush=True)
    print(engine.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.mark.parametrize("state", ["idle", "loaded", "answering"])
async def test_killed_dashboard_leaves_no_process(tiny: dict[str, Path], state: str) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PARENT,
        str(tiny["llama"]),
        state,
        stdout=subprocess.PIPE,
        cwd=Path(tui.__file__).parents[1],
    )
    assert parent.stdout is not None
    child = int(await asyncio.wait_for(parent.stdout.readline(), PATIENCE))
    assert psutil.pid_exists(child)

    parent.kill()
    await parent.wait()

    assert await gone(child)


async def test_the_engine_lowers_its_priority(bare: Engine) -> None:
    process = psutil.Process(bare.pid)

    assert process.nice() >= 10
    if sys.platform == "linux":
        assert int(Path(f"/proc/{bare.pid}/oom_score_adj").read_text()) >= 800


async def test_ctrl_c_in_the_terminal_does_not_end_the_engine(bare: Engine) -> None:
    assert os.getsid(bare.pid) == bare.pid


async def test_a_very_long_log_line_does_not_stop_the_engine(bare: Engine) -> None:
    # GIVEN a line on the log pipe that is longer than any buffer
    stderr = bare._child.process.stderr
    assert stderr is not None
    stderr.feed_data(b"x" * (1 << 23))
    stderr.feed_data(b"\nafter\n")
    while "after" not in bare.log_lines:
        await asyncio.sleep(0)

    assert bare.alive


async def test_an_unfinished_reply_is_not_an_exception(engine: Engine) -> None:
    # A generator that is never started holds nothing.
    replies = engine.generate(AnswerRequest(raw_text="abc"))
    await replies.aclose()

    assert not engine.busy
