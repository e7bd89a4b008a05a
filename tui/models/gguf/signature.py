"""What a file is that was taken for a GGUF model, told by its first bytes."""

from tui.models.gguf.header import GgufError

_CONVERT = "Convert it to GGUF, or look for a GGUF of the same model"
_UNPACK = "Unpack it first"

_LEGACY = {b"lmgg": "GGML", b"fmgg": "GGMF", b"tjgg": "GGJT", b"algg": "GGLA"}
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"BZh": "bzip2",
}
_LFS = b"version https://git-lfs"


def not_gguf(start: bytes, size: int) -> GgufError:
    """The error for a file of `size` bytes that starts with `start` and not with `GGUF`."""
    message, hint = _describe(start, size)
    return GgufError(message, 0, hint)


def _describe(start: bytes, size: int) -> tuple[str, str]:
    if not start:
        return "The file is empty", "Download it again"
    if start[:4] in _LEGACY:
        return f"This is a {_LEGACY[start[:4]]} file, the format before GGUF", _CONVERT
    if _is_safetensors(start, size):
        return "This is a safetensors file, not GGUF", _CONVERT
    if start.startswith(b"PK\x03\x04"):
        return "This is a zip archive, as PyTorch saves its models, not GGUF", _CONVERT
    if start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "This is a Python pickle, as PyTorch saves its models, not GGUF", _CONVERT
    if start.startswith(_LFS):
        return (
            "This is a Git LFS pointer; the model itself was not downloaded",
            "Run git lfs pull in its folder",
        )
    for magic, name in _PACKED.items():
        if start.startswith(magic):
            return f"This is a {name} archive, not GGUF", _UNPACK
    text = start.lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        return "This is a web page, not a model", "Download the file itself, not the page about it"
    if text.startswith(b"{"):
        return "This is a JSON text, not a model", "Download the model file itself"
    if not start.strip(b"\x00"):
        return "The file starts with zeros: its download did not finish", "Download it again"
    return "This is not a GGUF file: it does not start with the letters GGUF", "Choose a GGUF file"


def _is_safetensors(start: bytes, size: int) -> bool:
    # A length of eight bytes, then that much JSON.
    return len(start) > 8 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") <= size - 8
