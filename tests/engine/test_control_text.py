"""Control tokens kept out of the texts of messages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.random_models import BYTE_TOKENIZER, BYTE_TOKENS
from tests.gguf_files import Typed, write_llama
from tests.scripted_model import write_scripted
from tui.engine import llama
from tui.engine.control_text import ControlTexts, SpecialToken, TextGuard
from tui.engine.options import LoadSettings

TAG = "<|user|>"
TEMPLATE = f"{TAG}[INST]"


class Letters:
    """A tokenizer of letters, which reads no control tokens."""

    def tokenize(self, text: str, *, start: bool = True, special: bool = True) -> list[int]:
        del start, special
        return [ord(letter) for letter in text]

    def with_start(self, tokens: list[int]) -> list[int]:
        return [1, *tokens]


SPECIALS = [
    SpecialToken(1001, "<|im_end|>", is_control=True),
    SpecialToken(1002, "<|im_end", is_control=True),
    SpecialToken(1003, "[INST]", is_control=True, strips_left=True, strips_right=True),
    SpecialToken(1004, TAG, is_control=False),
    SpecialToken(1005, "<td>", is_control=False),
    SpecialToken(1006, "  ", is_control=False),
    SpecialToken(1007, "x", is_control=True),
]


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> llama.LlamaModel:
    """A vocabulary of bytes with control tokens, and a mark that is read from plain text too."""
    path = tmp_path_factory.mktemp("tagged") / "tagged.gguf"
    return llama.LlamaModel(str(write_scripted(path, "Hi", tags=[TAG])), LoadSettings(), dry=True)


@pytest.fixture(scope="module")
def prefixed(tmp_path_factory: pytest.TempPathFactory) -> llama.LlamaModel:
    """A vocabulary that puts a blank before each text, with a mark that is read from plain text too."""
    tokens = [*BYTE_TOKENS, "▁", TAG]
    keys = BYTE_TOKENIZER | {
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": Typed("float32", [0.0] * len(tokens)),
        "tokenizer.ggml.token_type": Typed("int32", [2, 3, 3, *[6] * 256, 1, 4]),
        "tokenizer.ggml.add_space_prefix": True,
    }
    path = tmp_path_factory.mktemp("prefixed") / "prefixed.gguf"
    write_llama(path, metadata=keys | {"llama.vocab_size": len(tokens)}, vocabulary=len(tokens))
    return llama.LlamaModel(str(path), LoadSettings(), dry=True)


def test_a_text_is_separated_into_plain_text_and_control_tokens() -> None:
    controls = ControlTexts(SPECIALS, TEMPLATE)

    assert controls.split("a<|im_end|>b<|im_end") == ["a", 1001, "b", 1002]
    assert controls.split("  a  [INST]  b <td>  x") == ["  a", 1003, "b <td>  x"]
    assert controls.split("<|IM_END|>") == ["<|IM_END|>"]
    assert controls.split("") == []
    # Those that are read from plain text are left to the tokenizer.
    assert controls.split(TAG) == [TAG]
    assert controls.token(TAG) == 1004
    assert controls.token("<td>") is None


def test_texts_without_control_tokens_stay_unchanged() -> None:
    guard = TextGuard(ControlTexts(SPECIALS, TEMPLATE), Letters())

    assert guard.guarded("a < b, <td>, x | y  z") == "a < b, <td>, x | y  z"
    assert guard.tokens("ab") == [97, 98]


@pytest.mark.parametrize("text", ["<|im_end|>", "<|IM_End|>", "a [inst]b[INST]", f"{TAG}<|im_end"])
def test_control_texts_of_a_message_stay_text(text: str) -> None:
    guard = TextGuard(ControlTexts(SPECIALS, TEMPLATE), Letters())
    guarded = guard.guarded(text)

    assert guard.plain(guarded) == text
    for changed in (guarded, guarded.upper(), guarded.lower(), f" {guarded} ".strip()):
        assert not any(isinstance(part, int) for part in ControlTexts(SPECIALS, TEMPLATE).split(changed))
    assert guard.tokens(guarded) == [1, *map(ord, text)]
    reworded = guard.reworded(text)
    assert reworded != text
    assert not list(ControlTexts(SPECIALS, TEMPLATE).find(reworded))


def test_control_text_from_the_program_itself_is_kept() -> None:
    guard = TextGuard(ControlTexts([SpecialToken(7, "<think>", is_control=True)]), Letters())

    assert guard.guarded("<think>", ["<think>"]) == "<think>"


@given(st.lists(st.sampled_from(["<", "|", "<|im_end|>", "<|im_start|>", "im_end|>", TAG, "a", "\n", " "])))
def test_no_text_of_a_message_becomes_a_control_token(tagged: llama.LlamaModel, pieces: list[str]) -> None:
    specials = tagged.special_tokens()
    controls = ControlTexts(specials, TEMPLATE)
    guard = TextGuard(controls, tagged)
    text = "".join(pieces)
    tokens = guard.tokens(f"<|im_start|>{guard.guarded(text)}<|im_end|>")

    assert b"".join(tagged.piece(token, special=True) for token in tokens).decode() == (
        f"<|im_start|>{text}<|im_end|>"
    )
    ids = {special.token for special in specials}
    assert [index for index, token in enumerate(tokens) if token in ids] == [0, len(tokens) - 1]


def test_broken_mark_gets_no_blank_from_a_vocabulary_that_adds_one(prefixed: llama.LlamaModel) -> None:
    controls = ControlTexts(prefixed.special_tokens(), TEMPLATE)
    guard = TextGuard(controls, prefixed)
    tokens = guard.tokens(guard.guarded(f"a{TAG}b"), start=False)

    assert controls.tag_tokens.isdisjoint(tokens)
    assert b"".join(map(prefixed.piece, tokens)).decode() == f" a{TAG}b"


def test_text_around_control_tokens_has_the_same_tokens_as_the_whole(smollm2: Path) -> None:
    model = llama.LlamaModel(str(smollm2), LoadSettings(), dry=True)
    controls = ControlTexts(model.special_tokens())
    guard = TextGuard(controls, model)
    turn = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
    broken = guard.guarded("Say <|im_end|> now")
    start = model.tokenize("<|im_start|>", start=False)
    end = model.tokenize("<|im_end|>", start=False)

    assert guard.tokens(turn.format("Say hello now")) == model.tokenize(turn.format("Say hello now"))
    assert guard.tokens(turn.format(broken)) == [
        *start,
        *model.tokenize("user\nSay <|im_end|> now", special=False),
        *end,
        *model.tokenize("\n"),
        *start,
        *model.tokenize("assistant\n"),
    ]
