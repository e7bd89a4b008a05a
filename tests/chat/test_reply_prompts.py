"""Prompts stored as differences come back whole."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from tui.chat.reply_prompts import PromptDelta, ReplyPrompts
from tui.chat.storage.text_codec import compress_text, decompress_text

IDS = st.integers(1, 6)


# Few letters, so that many begin alike.
TEXTS = st.text("ab\ud800é", max_size=12)


STEPS = st.lists(st.tuples(IDS, st.none() | TEXTS), max_size=25)


@given(STEPS)
def test_each_prompt_is_restored_unchanged(steps: list[tuple[int, str | None]]) -> None:
    # GIVEN prompts that come and go, and a file that hears of what changes
    prompts, read = ReplyPrompts(), dict[int, str]()
    file: dict[int, PromptDelta] = {}
    for id, text in steps:
        if text is None:
            changed = prompts.remove((id,))
            read.pop(id, None)
        else:
            changed = prompts.put(id, text)
            read[id] = text
        for reply_id, prompt in changed.items():
            file.pop(reply_id, None)
            if prompt is not None:
                file[reply_id] = prompt
        # THEN here, and read from the file under other ids, each is what it was
        again = ReplyPrompts.from_deltas(file, {reply_id: reply_id + 100 for reply_id in file})
        for changed_id in range(1, 7):
            assert prompts.get(changed_id) == again.get(changed_id + 100) == read.get(changed_id)


def test_common_prefix_of_prompts_is_stored_once() -> None:
    prompts = ReplyPrompts()
    prompts.put(1, "x" * 1000)
    changed = prompts.put(2, "x" * 1000 + "y")
    assert changed == {2: PromptDelta(1, 1000, "y")}
    # AND asking the very same again adds nothing
    assert prompts.put(3, "x" * 1000 + "y") == {3: PromptDelta(2, 1001, "")}
    # WHEN the one in the middle goes THEN the other is kept in another form
    assert prompts.remove((2,)) == {3: PromptDelta(1, 1000, "y"), 2: None}
    assert prompts[3] == "x" * 1000 + "y"


def test_prompt_with_a_missing_part_is_unknown() -> None:
    stored = {
        1: PromptDelta(9, 3, "lost"),
        2: PromptDelta(1, 2, "too"),
        3: PromptDelta(3, 1, "itself"),
        4: PromptDelta(None, 5, "nothing before"),
        5: PromptDelta(6, 2, "a circle"),
        6: PromptDelta(5, 2, "of two"),
        7: PromptDelta(None, 0, "ok"),
        8: PromptDelta(7, 5, "longer than what it begins like"),
    }
    prompts = ReplyPrompts.from_deltas(stored, {reply_id: reply_id for reply_id in stored})
    assert [prompts.get(reply_id) for reply_id in stored] == [None] * 6 + ["ok", None]
    # AND nothing hangs when they go
    prompts.remove((3, 5))
    prompts.put(6, "mended")
    assert prompts[6] == "mended"
    # AND one that is added is there all the same
    prompts.put(10, "new")
    assert prompts[10] == "new"


@given(st.text(), st.text())
def test_long_text_survives_a_round_trip(text: str, earlier_text: str) -> None:
    assert decompress_text(compress_text(text, earlier_text), earlier_text) == text


def test_damaged_bytes_give_no_text() -> None:
    packed = compress_text("text", "known")
    for spoiled in (b"", b"no", packed[:-3], zlib.compress(b"\xff\xff")):
        assert decompress_text(spoiled, "known") is None
    # What was generated is kept against the reply's text: of another text it is not that.
    assert decompress_text(packed, "other") is None
    assert decompress_text(None) is None


def test_repeated_text_takes_little_space() -> None:
    text = "".join(chr(97 + number * number % 26) * (number % 7) for number in range(2000))
    assert len(compress_text(f"<think>\n{text}<|im_end|>", text)) < len(text) / 40
