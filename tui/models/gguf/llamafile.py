"""Llamafiles: programs that are ZIP archives too, with a GGUF file stored in them without compression."""

import struct
import zipfile
from pathlib import Path

import msgspec

from tui.models.gguf.header import GgufError
from tui.sentences import reason

_ENDINGS = (".llamafile", ".llamafile.exe")
_LOCAL_HEADER = struct.Struct("<4s22xHH")
"""Header of a member: its signature, and at its end the lengths of the name and of the extra field."""
_SIGNATURE = b"PK\x03\x04"


class EmbeddedGguf(msgspec.Struct, frozen=True):
    """A GGUF file inside another file."""

    name: str
    """Its own name."""
    span: tuple[int, int]
    """Its first byte in the outer file, and its length in bytes."""


def is_llamafile(path: Path) -> bool:
    """Return True for a file with the name of a llamafile."""
    return path.name.lower().endswith(_ENDINGS)


def embedded_gguf(path: Path) -> EmbeddedGguf:
    """Return the largest GGUF file in a llamafile.

    Raises:
        GgufError: there is none, it is compressed, or the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.lower().endswith(".gguf")]
            if not members:
                raise GgufError(reason("models.llamafile_without_model"))
            member = max(members, key=lambda info: info.file_size)
            if member.compress_type != zipfile.ZIP_STORED:
                raise GgufError(reason("models.llamafile_compressed"))
        with path.open("rb") as file:
            file.seek(member.header_offset)
            signature, *lengths = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    except PermissionError:
        raise GgufError(reason("models.file_forbidden")) from None
    except FileNotFoundError:
        raise GgufError(reason("models.no_such_file")) from None
    # An archive that is broken may raise nearly anything.
    except (OSError, ValueError, zipfile.BadZipFile, struct.error, NotImplementedError, EOFError) as error:
        raise GgufError(reason("models.llamafile_broken")) from error
    if signature != _SIGNATURE:
        raise GgufError(reason("models.llamafile_broken"))
    start = member.header_offset + _LOCAL_HEADER.size + sum(lengths)
    return EmbeddedGguf(member.filename, (start, member.file_size))
