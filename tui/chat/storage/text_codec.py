"""Encoding of texts for SQLite, and compression of texts that repeat other texts."""

import json
import logging
import zlib

from tui.chat.messages import Attachment, Reply

log = logging.getLogger(__name__)


def encode_text(text: str) -> str | bytes:
    """Return the text for SQLite; as bytes if it has a lone surrogate, which is not valid UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _to_bytes(text)
    return text


def decode_text(value: str | bytes) -> str:
    """Return the text that `encode_text` encoded."""
    return _from_bytes(value) if isinstance(value, bytes) else value


def encode_attachments(attachments: tuple[Attachment, ...]) -> str | None:
    """Return the attachments as JSON; None for an empty tuple."""
    # With the standard library, because it can write any Python text, even a lone surrogate.
    return json.dumps([[attached.name, attached.text] for attached in attachments]) if attachments else None


def decode_attachments(text: str | None) -> tuple[Attachment, ...]:
    """Return the attachments that `encode_attachments` encoded; an empty tuple for damaged JSON."""
    try:
        pairs = json.loads(text or "[]")
        return tuple(Attachment(str(name), str(content)) for name, content in pairs)
    except (ValueError, TypeError) as error:
        log.warning("conversations: attachments are left out: %s", error)
        return ()


def compress_text(text: str, dictionary: str = "") -> bytes:
    """Return the text compressed; parts that it shares with `dictionary` take almost no space."""
    compressor = zlib.compressobj(zdict=_to_bytes(dictionary))
    return compressor.compress(_to_bytes(text)) + compressor.flush()


def decompress_text(value: bytes | None, dictionary: str = "") -> str | None:
    """Return the text that `compress_text` compressed with the same dictionary; None for damaged data."""
    try:
        decompressor = zlib.decompressobj(zdict=_to_bytes(dictionary))
        text = None if value is None else _from_bytes(decompressor.decompress(value))
        return text if decompressor.eof else None
    except (zlib.error, TypeError, ValueError) as error:
        log.warning("conversations: a text is left out: %s", error)
        return None


def compress_raw_reply(reply: Reply) -> bytes | None:
    """Return the raw text of a reply compressed with its thinking and answer as dictionary; None for none."""
    return None if reply.raw is None else compress_text(reply.raw, reply.thinking + reply.text)


def _to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _from_bytes(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")
