"""Texts as SQLite takes them, and back; long ones that repeat others take little room."""

import json
import logging
import zlib

from tui.chat.messages import Attachment, Reply

log = logging.getLogger(__name__)


def encode_text(text: str) -> str | bytes:
    """The text as SQLite takes it: a lone surrogate is no valid UTF-8, so such a text is kept as bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _bytes(text)
    return text


def decode_text(value: str | bytes) -> str:
    """The text as it was before `pack`."""
    return _text(value) if isinstance(value, bytes) else value


def encode_attachments(attachments: tuple[Attachment, ...]) -> str | None:
    """The attachments as JSON; None for none."""
    # Of the standard library: it writes any text that Python can hold, a lone surrogate too.
    return json.dumps([[each.name, each.text] for each in attachments]) if attachments else None


def decode_attachments(text: str | None) -> tuple[Attachment, ...]:
    """The attachments as they were before `pack_attachments`; those that are none are left out."""
    try:
        found = json.loads(text or "[]")
        return tuple(Attachment(str(name), str(content)) for name, content in found)
    except (ValueError, TypeError) as error:
        log.warning("conversations: attachments are left out: %s", error)
        return ()


def compress_text(text: str, known: str = "") -> bytes:
    """The text, compressed; what it has in common with a `known` one takes next to no room."""
    packing = zlib.compressobj(zdict=_bytes(known))
    return packing.compress(_bytes(text)) + packing.flush()


def decompress_text(value: bytes | None, known: str = "") -> str | None:
    """The text as it was before `pack_long`, with the same `known` one; None where that is hopeless."""
    try:
        unpacking = zlib.decompressobj(zdict=_bytes(known))
        text = None if value is None else _text(unpacking.decompress(value))
        return text if unpacking.eof else None
    except (zlib.error, TypeError, ValueError) as error:
        log.warning("conversations: a text is left out: %s", error)
        return None


def compress_raw_reply(reply: Reply) -> bytes | None:
    """What was generated: the text of the reply, with some marks around and between."""
    return None if reply.raw is None else compress_text(reply.raw, reply.thinking + reply.text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")
