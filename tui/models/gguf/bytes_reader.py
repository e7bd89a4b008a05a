"""Reading little-endian values from a file whose every length may be a lie."""

import hashlib
import io
import struct

from tui.models.gguf.header import GgufError

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")

AGAIN = "Download it again"
_FIRST_WINDOW = 64 << 10
_LARGEST_WINDOW = 1 << 20
"""Each window is twice as long as the one before, and what was skipped starts with a short one again."""
_MANY_STRINGS = 10_000
_SAMPLE = 4 << 10
"""Bytes of each sample by which a list of strings that was walked over before is known again."""
_SAMPLES = 16
_WALKED_MOST = 256
_walked: dict[tuple[int, bytes], tuple[int, bytes]] = {}
"""Length in bytes of long lists of strings, and samples from all over them, by their count and first bytes.
The files of a family share their vocabulary. In one of another length, all that follows the difference is
moved, and no sample from there on is the same, nor the one at the end."""
_MOST_TAKEN = 128 << 20
"""Bytes of keys, values and names that are kept; real headers keep a few MiB of a long vocabulary's file."""


class BytesReader:
    """A cursor over a file, through a window in memory; nothing outside the file is ever read or allocated.

    The file is read and not mapped: a mapped file that someone shortens kills the process that looks at it.
    """

    def __init__(self, file: io.FileIO, size: int) -> None:
        self._file = file
        self.size = size
        """Bytes in the file when it was opened."""
        self._start = 0
        self._window = b""
        self._length = _FIRST_WINDOW
        self._at = 0
        self._taken = 0

    @property
    def position(self) -> int:
        """The next byte of the file to be read."""
        return self._start + self._at

    def _refill(self, need: int) -> None:
        """Move the window to the position, at least `need` bytes long."""
        position = self.position
        if need > self.size - position:
            raise GgufError("The file ends inside its header", self.size, AGAIN)
        self._file.seek(position)
        window = self._file.read(max(need, self._length))
        self._length = min(2 * self._length, _LARGEST_WINDOW)
        if len(window) < need:
            raise GgufError(
                "The file became shorter while it was read", position, "Wait until it is complete"
            )
        self._start, self._window, self._at = position, window, 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes.

        Raises:
            GgufError: the file has fewer bytes left, or the header was believed for too many already.
        """
        self._taken += count
        if self._taken > _MOST_TAKEN:
            raise GgufError("The header holds more text than any model's", self.position, AGAIN)
        if self._at + count > len(self._window):
            self._refill(count)
        at = self._at
        self._at = at + count
        return self._window[at : at + count]

    def skip(self, count: int) -> None:
        """Go on `count` bytes without reading them.

        Raises:
            GgufError: the file has fewer bytes left.
        """
        if count > self.size - self.position:
            raise GgufError("The file ends inside its header", self.size, AGAIN)
        self._at += count
        if self._at > len(self._window):
            self._length = _FIRST_WINDOW

    def u32(self) -> int:
        """The next four bytes as an unsigned number."""
        return _U32.unpack(self.take(4))[0]

    def u64(self) -> int:
        """The next eight bytes as an unsigned number."""
        return _U64.unpack(self.take(8))[0]

    def skip_strings(self, count: int) -> None:
        """Go past `count` strings, each a length of eight bytes and that many bytes.

        Raises:
            GgufError: a string reaches past the end of the file.
        """
        if count < _MANY_STRINGS:
            self._walk_strings(count)
            return
        start = self.position
        if self._at + _SAMPLE > len(self._window) and self.size - start >= _SAMPLE:
            self._refill(_SAMPLE)
        key = (count, self._window[self._at : self._at + _SAMPLE])
        length, samples = _walked.get(key, (0, b""))
        if 0 < length <= self.size - start and self._sampled(start, length) == samples:
            self.skip(length)
            return
        self._walk_strings(count)
        if len(_walked) >= _WALKED_MOST:
            _walked.clear()
        length = self.position - start
        _walked[key] = (length, self._sampled(start, length))

    def _sampled(self, start: int, length: int) -> bytes:
        """Digest of pieces from all over a part of the file, the last of which ends where it ends."""
        digest = hashlib.sha256()
        last = max(0, length - _SAMPLE)
        for number in range(1, _SAMPLES + 1):
            self._file.seek(start + last * number // _SAMPLES)
            digest.update(self._file.read(min(_SAMPLE, length)))
        return digest.digest()

    def _walk_strings(self, count: int) -> None:
        unpack = _U64.unpack_from
        while count:
            start = self.position
            if self._at + 8 > len(self._window):
                self._refill(8)
            window, at = self._window, self._at
            done = 0
            try:
                # The hot loop of a vocabulary: where the window ends, unpack_from raises and it is moved on.
                for done in range(count):  # noqa: B007 - read after the loop was broken
                    at += 8 + unpack(window, at)[0]
                done = count
            except (struct.error, OverflowError):
                pass
            self._at = at
            if self.position > self.size:
                raise GgufError("A string in a list is longer than the file", start, AGAIN)
            count -= done
