"""Other file formats that are taken for GGUF models, recognised by their first bytes."""

from tui.models.gguf.header import GgufError
from tui.sentences import Reason, reason

_BEFORE_GGUF = {
    b"lmgg": reason("models.before_gguf", format="GGML"),
    b"fmgg": reason("models.before_gguf", format="GGMF"),
    b"tjgg": reason("models.before_gguf", format="GGJT"),
    b"algg": reason("models.old_adapter"),
}
"""Magic letters of the formats before GGUF, which are little-endian numbers in the file."""
_ARCHIVES = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"BZh": "bzip2",
}
_LFS = b"version https://git-lfs"
_ZIP = b"PK\x03\x04"
_PICKLE_PROTOCOLS = (b"\x02", b"\x03", b"\x04", b"\x05")
_WEB_PAGE = (b"<!doctype", b"<html", b"<head", b"<?xml")


def not_gguf(start: bytes, size: int) -> GgufError:
    """Return the error for a file of `size` bytes that starts with `start` and not with `GGUF`."""
    return GgufError(_recognise(start, size))


def _recognise(start: bytes, size: int) -> Reason:
    if not start:
        return reason("models.empty_file")
    if start[:4] in _BEFORE_GGUF:
        return _BEFORE_GGUF[start[:4]]
    if _is_safetensors(start, size):
        return reason("models.safetensors")
    if start.startswith(_ZIP):
        return reason("models.pytorch_zip")
    if start[:1] == b"\x80" and start[1:2] in _PICKLE_PROTOCOLS:
        return reason("models.pickle")
    if start.startswith(_LFS):
        return reason("models.lfs_pointer")
    for magic, name in _ARCHIVES.items():
        if start.startswith(magic):
            return reason("models.archive", format=name)
    text = start.lstrip().lower()
    if text.startswith(_WEB_PAGE):
        return reason("models.web_page")
    if text.startswith(b"{"):
        return reason("models.json_text")
    if not start.strip(b"\x00"):
        return reason("models.starts_with_zeros")
    return reason("models.old_imatrix" if _is_old_imatrix(start) else "models.not_gguf")


def _is_old_imatrix(start: bytes) -> bool:
    # The number of entries, and the length and the text of the first tensor's name.
    entries, length = (int.from_bytes(start[index : index + 4], "little") for index in (0, 4))
    name = start[8 : 8 + length]
    return 0 < entries < 1 << 20 and 8 < length < 1 << 8 and name.endswith(b".weight") and name.isascii()


def _is_safetensors(start: bytes, size: int) -> bool:
    # A length of eight bytes, then that much JSON.
    return len(start) > 8 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") <= size - 8
