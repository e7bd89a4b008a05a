"""Every code of the room has a sentence, and every sentence a code that is used."""

import re
from pathlib import Path

import pytest

import tui.hardware
from tui.hardware.sentences import SENTENCES
from tui.sentences import reason, sentence_from

ROOM = Path(tui.hardware.__file__).parent
_CODE = re.compile(r'"(hardware\.[a-z_0-9]+)"')
_SOURCE = re.compile(r'_source\("([a-z_]+)"\)')
ELSEWHERE = {"hardware.no_power", "hardware.cpu_features_unlisted", "hardware.profile_without_gpu"}
"""Codes that rooms above give of what this room reads."""


def codes_in_use() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py") if path.name != "sentences.py"]
    codes = {code for text in texts for code in _CODE.findall(text)}
    return codes | {f"hardware.source_{name}" for text in texts for name in _SOURCE.findall(text)}


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    assert codes_in_use() | ELSEWHERE == set(SENTENCES)


def test_a_quantity_stands_in_the_sentence_that_needs_it() -> None:
    why = reason("hardware.busy", quantity=reason("hardware.quantity_gpu_load"))
    assert sentence_from(SENTENCES, why) == "the GPU's load is busy just now; it is tried again"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "it holds 0 looks at the machine"), (1, "it holds 1 look at the machine")]
)
def test_the_number_of_samples_has_its_plural(count: int, text: str) -> None:
    assert sentence_from(SENTENCES, reason("hardware.recording_sample_count", count=count)) == text


def test_what_the_system_says_is_one_clean_line() -> None:
    why = reason("hardware.recording_interrupted", error="No space\x1b[31m\nleft")
    assert "\x1b" not in (text := sentence_from(SENTENCES, why))
    assert "\n" not in text
