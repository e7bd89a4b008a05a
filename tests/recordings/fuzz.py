"""Recordings with values changed by chance, of which none may end the program: `-m tests.recordings.fuzz`."""

import argparse
import json
import random
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tui.cli.doctor_output import report_lines
from tui.fit.pools import pools
from tui.hardware import sampler as sampler_module
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.recording.recorder import ANSWERS_FILE, HEAD_FILE, RecordingError
from tui.hardware.recording.replay import Replay
from tui.hardware.report import machine_report
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of

FOLDER = Path(__file__).parent
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 255, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1),
    *(-(1 << 63), 10**15, 0.0, -0.5, 1e-300, 1e300, -1e300, "", "\0", "x", "-1", "0", "0x", "nan", "inf"),
    *(
        "1e999",
        "9" * 40,
        "\x1b[31m",
        "\ud7ff",
        "名前",
        "a" * 5000,
        [],
        [[]],
        [None],
        {},
        {"a": 1},
        {"value": 1},
    ),
)
"""Values of every type that JSON has, most of them impossible wherever they stand."""
_LEAST = -100
"""A cold sensor is the only figure below 0."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ODD_WORDS = (
    "",
    "-1",
    "0",
    "nan",
    "inf",
    "1e999",
    "max",
    "9" * 30,
    "0x",
    "\0",
    "18446744073709551615",
    "4294967295",
    "x",
    "-",
)


def recording_folders() -> list[Path]:
    """Return the folders of the sound recordings."""
    return sorted(path.parent for path in FOLDER.glob(f"*/{HEAD_FILE}"))


def write_changed(source: Path, folder: Path, chance: random.Random) -> None:
    """Write a recording to `folder` with one to five of its values changed by chance."""
    head = json.loads((source / HEAD_FILE).read_text())
    samples = [json.loads(line) for line in (source / ANSWERS_FILE).read_text().splitlines()]
    for _change in range(chance.randint(1, 5)):
        if chance.random() < 0.08:
            head[chance.choice(["title", "llmtui", "environ", "interval"])] = chance.choice(ODD_VALUES)
            continue
        # The first sample has an answer to every question, and the machine is detected by it.
        sample = samples[0] if chance.random() < 0.6 else chance.choice(samples)
        if sample["answers"]:
            _change_answer(sample["answers"], chance.choice(sorted(sample["answers"])), chance)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HEAD_FILE).write_text(json.dumps(head))
    (folder / ANSWERS_FILE).write_text("".join(f"{json.dumps(sample)}\n" for sample in samples))


def _change_answer(answers: dict[str, Any], key: str, chance: random.Random) -> None:
    answer = answers[key]
    if chance.random() < 0.1:
        answers[key] = {"errno": chance.choice([0, 1, 2, 5, 13, 16, 22, 110, 9999, -3]), "error": "odd"}
    elif "text" in answer:
        answer["text"] = _changed_text(answer["text"], chance)
    elif "answer" in answer:
        answer["answer"] = _changed_value(answer["answer"], chance)
    elif "names" in answer:
        names = [name for name in answer["names"] if chance.random() < 0.7]
        answer["names"] = [
            *names,
            *chance.sample(["", "card", "card99", "card\0", "..", "policy", "x" * 300], 2),
        ]
    elif "path" in answer:
        answer["path"] = chance.choice(["", "/", "/nowhere", answer["path"] + "/x", "\0", "card1", "::::"])


def _changed_text(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    numbers = list(_NUMBER.finditer(text))
    match chance.randrange(4):
        case 0 if numbers:
            number = chance.choice(numbers)
            return text[: number.start()] + chance.choice(_ODD_WORDS) + text[number.end() :]
        case 1:
            return text[:place]
        case 2:
            return (
                text[:place] + chance.choice(["\0", "\x1b]0;x\x07", " ", "\n", "-", "é", ":"]) + text[place:]
            )
        case _:
            return chance.choice(_ODD_WORDS)


def _changed_value(value: Any, chance: random.Random) -> Any:
    """Return the value with one part of it replaced or left out."""
    inside: list[Any] = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    if not inside or chance.random() < 0.15:
        return chance.choice(ODD_VALUES)
    key = chance.choice(inside)
    if chance.random() < 0.15:
        return {k: v for k, v in value.items() if k != key} if isinstance(value, dict) else value[:key]
    changed = value.copy()
    changed[key] = _changed_value(value[key], chance)
    return changed


def show(folder: Path) -> None:
    """Do all that `llmtui doctor --replay` does with a recording, and check the types of what it learns.

    Raises:
        RecordingError: it says that the recording is damaged, which is a fair answer.
    """
    replay = Replay(folder, lambda: 0.0)
    machine = detect_machine(interfaces=replay)
    sampler = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, replay))
    sampler.take()
    for _step in range(replay.sample_count - 1):
        replay.forward()
        reading = sampler.take()
        check(reading, Reading)
    check(machine, Machine)
    json.dumps(machine_report(machine, reading), allow_nan=False)
    for line in report_lines(machine, reading):
        assert line.isprintable(), line
    for offload in (True, False):
        for pool in (*pools(machine, reading, offload=offload), *pools(machine, None)):
            assert 0 <= pool.free_bytes <= pool.capacity_bytes, pool


def check(struct: msgspec.Struct, kind: type[msgspec.Struct]) -> None:
    """Check every field of a struct against its type; no number is far below 0, endless or past 64 bits."""
    builtins = msgspec.to_builtins(struct)
    msgspec.convert(builtins, kind)
    for number in _numbers(builtins):
        assert _LEAST <= number < 1 << 63, number


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, int | float):
        yield value


def main() -> int:
    """Change each recording so many times; print every kind of failure once, and what led to it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="changes of each recording")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    # A recording's first load needs no waiting.
    sampler_module._FIRST_SECONDS = 0.0
    failures: dict[str, tuple[int, int]] = {}
    sound = damaged = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number in range(options.rounds):
            for source in recording_folders():
                seed = f"{options.seed} {number} {source.name}"
                write_changed(source, folder, random.Random(seed))
                try:
                    show(folder)
                    sound += 1
                except RecordingError:
                    damaged += 1
                except Exception as error:  # noqa: BLE001 - what it looks for
                    place = traceback.extract_tb(error.__traceback__)[-1]
                    key = f"{place.filename}:{place.lineno} {type(error).__name__}: {str(error)[:150]}"
                    if key.partition(" ")[0] not in {
                        key_of_failure.partition(" ")[0] for key_of_failure in failures
                    }:
                        print(f"{seed}:\n{traceback.format_exc()}")
                    failures[key] = (failures.get(key, (0, 0))[0] + 1, 0)
    print(
        f"{sound} shown, {damaged} said to be damaged, {sum(count for count, _ in failures.values())} failed"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
