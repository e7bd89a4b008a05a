"""A tiny model that says a fixed text whatever it is asked, as a GGUF file that the engine loads.

Its one layer adds nothing, so the next token depends on the last one alone: after any token of a prompt comes
the first piece of the script, and after each piece the next. So no two pieces may be the same token.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy

from tests.gguf_files import Typed, header_bytes, llama_metadata, llama_tensors

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
END = "<|im_end|>"
_NORMAL, _CONTROL, _USER_DEFINED = 1, 3, 4
_HEAD = 64


class Control(NamedTuple):
    """A control token in a script."""

    text: str


class Tag(NamedTuple):
    """A token in a script that is read from plain text too, as some vocabularies have their marks."""

    text: str


Piece = str | bytes | Control | Tag


def _byte_letters() -> list[str]:
    """The letter by which byte-level vocabularies write each byte."""
    plain = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    substitutes = iter(range(0x100, 0x200))
    return [chr(byte) if byte in plain else chr(next(substitutes)) for byte in range(256)]


LETTERS = _byte_letters()


def unique_pieces(text: str) -> list[bytes]:
    """Cut a text into pieces of two bytes or more, no two of them the same."""
    data, pieces = text.encode(), list[bytes]()
    start = 0
    while start < len(data):
        end = start + 2
        while data[start:end] in pieces and end < len(data):
            end += 1
        piece = data[start:end]
        if piece in pieces or len(piece) < 2:
            # Too little is left for a piece of its own.
            piece = pieces.pop() + piece if pieces else piece + b" "
        pieces.append(piece)
        start = end
    return pieces


def write_scripted(
    path: Path,
    script: str | Sequence[Piece] = "",
    *,
    template: str | None = CHATML,
    end: str = END,
    has_eos: bool = True,
    loop_from: int | None = None,
    controls: Sequence[str] = ("<|im_start|>", END, "<|endoftext|>"),
    tags: Sequence[str] = (),
    context: int = 2048,
    broken: bool = False,
    metadata: Mapping[str, object] = {},
) -> Path:
    """Write the model.

    Args:
        path: of the file.
        script: what it says; an empty one ends at once.
        template: its chat template; None for none.
        end: the control token after the script.
        has_eos: name `end` as the token that ends a text; otherwise another one is named.
        loop_from: the piece to go on with after the last one, again and again; None to end.
        controls: control tokens of its vocabulary besides those in the script.
        tags: tokens that are read from plain text too.
        context: tokens it was trained for.
        broken: compute what is no number.
        metadata: further keys.
    """
    said: list[Piece] = [*unique_pieces(script)] if isinstance(script, str) else [*script]
    ends = list(dict.fromkeys([*controls, end]))
    vocabulary = [(letter, _NORMAL) for letter in LETTERS]
    vocabulary += [(text, _CONTROL) for text in ends] + [(text, _USER_DEFINED) for text in tags]
    first = len(vocabulary)
    vocabulary += [_entry(piece) for piece in said]
    texts = [text for text, _kind in vocabulary]
    assert len(set(texts)) == len(texts), "two tokens are the same"
    width = -(-(len(said) + 1) // _HEAD) * _HEAD
    sizes = {"layers": 1, "embedding": width, "feed_forward": 64, "heads": width // _HEAD, "kv_heads": 1}
    count = len(vocabulary)
    embeddings = numpy.zeros((count, width), "<f2")
    outputs = numpy.zeros((count, width), "<f2")
    embeddings[:first, 0] = 1
    following = [first + index for index in range(len(said))]
    last = texts.index(end) if loop_from is None or not said else first + loop_from
    for index, token in enumerate([*following, last]):
        outputs[token, index] += 1
    for index, token in enumerate(following):
        embeddings[token, index + 1] = 1
    keys = llama_metadata(**sizes, vocabulary=count, context=context) | {
        "general.name": path.stem,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": texts,
        "tokenizer.ggml.token_type": Typed("int32", [kind for _text, kind in vocabulary]),
        "tokenizer.ggml.merges": [f"{LETTERS[0]} {LETTERS[1]}"],
        "tokenizer.ggml.eos_token_id": texts.index(end if has_eos else ends[0]),
        "tokenizer.ggml.add_bos_token": False,
        **({} if template is None else {"tokenizer.chat_template": template}),
        **metadata,
    }
    tensors = llama_tensors(**sizes, vocabulary=count)
    with path.open("wb") as file:
        file.write(header_bytes(keys, tensors))
        for tensor in tensors:
            if tensor.name == "token_embd.weight":
                data = embeddings.tobytes()
            elif tensor.name == "output.weight":
                data = outputs.tobytes()
            elif tensor.name.endswith("norm.weight"):
                data = numpy.full(width, numpy.nan if broken else 1, "<f4").tobytes()
            else:
                data = bytes(tensor.bytes)
            file.write(data + bytes(-len(data) % 32))
    return path


def _entry(piece: Piece) -> tuple[str, int]:
    if isinstance(piece, Control):
        return piece.text, _CONTROL
    if isinstance(piece, Tag):
        return piece.text, _USER_DEFINED
    return "".join(LETTERS[byte] for byte in (piece if isinstance(piece, bytes) else piece.encode())), _NORMAL
