"""Every code of the room has a sentence, and every sentence a code that is used."""

import re
from pathlib import Path

import tui
import tui.fit
from tui.fit.sentences import SENTENCES
from tui.sentences import reason, sentence_from

_CODE = re.compile(r'"(fit\.[a-z_]+)"')
_ARRANGEMENT = re.compile(r'f"\{code\}_([a-z_]+)"')


def codes_in(folder: Path) -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if path.name != "sentences.py"]
    codes = {code for text in texts for code in _CODE.findall(text)}
    arrangements = {name for text in texts for name in _ARRANGEMENT.findall(text)}
    # The two codes of a split stand for four arrangements each.
    splits = {f"{code}_{name}" for code in ("fit.split", "fit.split_shared") for name in arrangements}
    return (codes | splits) - {"fit.split", "fit.split_shared"}


def test_every_code_has_a_sentence() -> None:
    assert codes_in(Path(tui.fit.__file__).parent) <= set(SENTENCES)


def test_every_sentence_has_a_code_that_is_used() -> None:
    assert set(SENTENCES) <= codes_in(Path(tui.__file__).parent)


def test_a_pool_is_named_inside_the_sentence_that_needs_it() -> None:
    why = reason("fit.fits", need=1 << 30, free=2 << 30, pool=reason("fit.pool_vram", gpu="RTX 4070"))

    assert sentence_from(SENTENCES, why) == "needs 1.00 GiB; 2.00 GiB of VRAM of RTX 4070 is free now"


def test_a_name_from_outside_is_one_clean_line() -> None:
    text = sentence_from(SENTENCES, reason("fit.elsewhere", place="bad\x1b[31m\nplace"))

    assert "\x1b" not in text
    assert "\n" not in text
