"""Little-endian values read from a file in which every length may be a lie."""

import hashlib
import io
import struct

from tui.models.gguf.header import GgufError
from tui.sentences import reason

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")

_SHORTEST_WINDOW = 64 << 10
_LONGEST_WINDOW = 1 << 20
"""Each window is twice as long as the last one; after a skip it is a short one again."""
_MANY_STRINGS = 10_000
_SAMPLE = 4 << 10
"""Bytes of each sample by which a list of strings that was walked before is recognised."""
_SAMPLES = 16
_REMEMBERED_LISTS = 256
_list_memory: dict[tuple[int, bytes], tuple[int, bytes]] = {}
"""Length in bytes of long lists of strings, and samples from all over them, by their count and first bytes.
The files of a family share their vocabulary. In a list of another length everything after the difference is
moved, so no later sample is the same, nor the last one, which ends where the list ends."""
_MOST_TAKEN = 128 << 20
"""Bytes of keys, values and names that are kept; the header of a long vocabulary keeps a few MiB."""


class BytesReader:
    """A cursor over a file, through a window in memory; nothing outside the file is ever read or allocated.

    The file is read and not mapped: a mapped file that someone shortens kills the process that looks at it.
    """

    def __init__(self, file: io.FileIO, size: int, base: int = 0) -> None:
        """Start at the byte `base` of a file; all positions are counted from there."""
        self._file = file
        self._base = base
        self.size = size
        """Bytes from there to the end when the file was opened."""
        self._start = 0
        self._window = b""
        self._next_length = _SHORTEST_WINDOW
        self._cursor = 0
        self._taken = 0

    @property
    def position(self) -> int:
        """The next byte of the file to be read."""
        return self._start + self._cursor

    def _refill(self, need: int) -> None:
        """Move the window to the position, at least `need` bytes long."""
        position = self.position
        if need > self.size - position:
            raise GgufError(reason("models.header_cut_off", byte=self.size))
        self._file.seek(self._base + position)
        window = self._file.read(max(need, self._next_length))
        self._next_length = min(2 * self._next_length, _LONGEST_WINDOW)
        if len(window) < need:
            raise GgufError(reason("models.file_shrank", byte=position))
        self._start, self._window, self._cursor = position, window, 0

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes.

        Raises:
            GgufError: the file has fewer bytes, or the header has already claimed too many.
        """
        self._taken += count
        if self._taken > _MOST_TAKEN:
            raise GgufError(reason("models.header_too_long", byte=self.position))
        if self._cursor + count > len(self._window):
            self._refill(count)
        cursor = self._cursor
        self._cursor = cursor + count
        return self._window[cursor : cursor + count]

    def window(self, count: int) -> tuple[bytes, int]:
        """Return bytes in memory and the place of the next one; `count` follow unless the file ends."""
        if self._cursor + count > len(self._window) and self.position < self.size:
            self._refill(min(count, self.size - self.position))
        return self._window, self._cursor

    def advance(self, count: int) -> None:
        """Move on by `count` bytes that were read in the window.

        Raises:
            GgufError: the header has already claimed too many.
        """
        self._taken += count
        if self._taken > _MOST_TAKEN:
            raise GgufError(reason("models.header_too_long", byte=self.position))
        self._cursor += count

    def skip(self, count: int) -> None:
        """Move on by `count` bytes without reading them.

        Raises:
            GgufError: the file has fewer bytes.
        """
        if count > self.size - self.position:
            raise GgufError(reason("models.header_cut_off", byte=self.size))
        self._cursor += count
        if self._cursor > len(self._window):
            self._next_length = _SHORTEST_WINDOW

    def u32(self) -> int:
        """Return the next four bytes as an unsigned number."""
        return _U32.unpack(self.take(4))[0]

    def u64(self) -> int:
        """Return the next eight bytes as an unsigned number."""
        return _U64.unpack(self.take(8))[0]

    def skip_strings(self, count: int) -> None:
        """Move past `count` strings, each a length of eight bytes and that many bytes.

        Raises:
            GgufError: a string reaches past the end of the file.
        """
        if count < _MANY_STRINGS:
            self._walk_strings(count)
            return
        start = self.position
        if self._cursor + _SAMPLE > len(self._window) and self.size - start >= _SAMPLE:
            self._refill(_SAMPLE)
        key = (count, self._window[self._cursor : self._cursor + _SAMPLE])
        length, samples = _list_memory.get(key, (0, b""))
        if 0 < length <= self.size - start and self._sample(start, length) == samples:
            self.skip(length)
            return
        self._walk_strings(count)
        if len(_list_memory) >= _REMEMBERED_LISTS:
            _list_memory.clear()
        length = self.position - start
        _list_memory[key] = (length, self._sample(start, length))

    def _sample(self, start: int, length: int) -> bytes:
        """Return a digest of pieces from all over a part of the file; the last piece ends where it ends."""
        digest = hashlib.sha256()
        last = max(0, length - _SAMPLE)
        for number in range(1, _SAMPLES + 1):
            self._file.seek(self._base + start + last * number // _SAMPLES)
            digest.update(self._file.read(min(_SAMPLE, length)))
        return digest.digest()

    def _walk_strings(self, count: int) -> None:
        unpack = _U64.unpack_from
        while count:
            start = self.position
            if self._cursor + 8 > len(self._window):
                self._refill(8)
            window, cursor = self._window, self._cursor
            walked = 0
            try:
                # The hot loop of a vocabulary: where the window ends, unpack_from raises and it is moved on.
                for walked in range(count):  # noqa: B007 - read after the loop was broken
                    cursor += 8 + unpack(window, cursor)[0]
                walked = count
            except (struct.error, OverflowError):
                pass
            self._cursor = cursor
            if self.position > self.size:
                raise GgufError(reason("models.list_string_too_long", byte=start))
            count -= walked
