"""Check of entries of the catalogue against their repositories on a hub, where there is a network.

    python -m tests.models.catalogue.check_repository [--hub ADDRESS] [NAME ...]

Without a name, every entry is checked. Of each repository the list of files is read, and of each entry the
header of one file: its first megabytes. What differs is printed, and the exit code is then 1.
"""

import argparse
import http.client
import json
import os
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tui.engine.file_sampling import file_sampling
from tui.models.catalogue.catalogue import load_catalogues
from tui.models.catalogue.repositories import file_pattern, files_of
from tui.models.gguf.header import GgufError, Header
from tui.models.gguf.metadata import ShapeError
from tui.models.gguf.reader import read_header
from tui.models.header_shape import shape_from_header
from tui.models.listing import find_entry
from tui.models.model import CatalogueEntry, CatalogueRepository
from tui.models.published_sampling import sampling_of_entry
from tui.models.quantizations import QUANTS, weights_bytes

HUB = "https://huggingface.co"
_FIRST_LENGTH, _LONGEST_LENGTH = 8 << 20, 128 << 20
"""Bytes of the first request for a header, doubled until it is complete."""
_TIMEOUT_SECONDS = 30
_SIZE_TOLERANCE = 0.01
"""Share by which the sizes of a file and of the entry may differ."""
_FAILURES = (OSError, http.client.HTTPException, ValueError, GgufError, ShapeError)


class Hub:
    """A hub, by its address."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def files(self, repository: str) -> list[str]:
        """Return the paths of all files of a repository."""
        url = f"{self._address}/api/models/{repository}/tree/main?recursive=true"
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:
            return [item["path"] for item in json.load(response) if item.get("type", "file") == "file"]

    def header(self, repository: str, path: str, folder: Path) -> Header:
        """Return the header of a file; a sparse copy of the file stays in the folder.

        Raises:
            GgufError: the file is no GGUF, or its header is longer than any model's.
        """
        url = f"{self._address}/{repository}/resolve/main/{urllib.parse.quote(path)}"
        copy, length = folder / "header.gguf", _FIRST_LENGTH
        while True:
            request = urllib.request.Request(url, headers={"Range": f"bytes=0-{length - 1}"})
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
                copy.write_bytes(response.read(length))
                size = int(response.headers["Content-Range"].rpartition("/")[2])
            os.truncate(copy, size)
            try:
                return read_header(copy)
            except GgufError:
                if length >= min(size, _LONGEST_LENGTH):
                    raise
                length *= 2


def differences(entry: CatalogueEntry, hub: Hub) -> Iterator[str]:
    """Yield a line for everything in which an entry differs from its repositories."""
    listings: dict[str, list[str]] = {}
    for repository in entry.repositories:
        try:
            listings[repository.name] = hub.files(repository.name)
        except _FAILURES as error:
            yield f"{repository.name}: cannot be listed: {error}"
            continue
        yield from _listing_differences(repository, listings[repository.name])
    for repository in entry.repositories:
        files = files_of(repository, entry.default_quant, listings.get(repository.name, ()))
        if files and entry.default_quant in repository.quants:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    header = hub.header(repository.name, files[0], Path(folder))
                    yield from _header_differences(entry, header, is_whole=len(files) == 1)
                except _FAILURES as error:
                    yield f"{repository.name}/{files[0]}: cannot be read: {error}"
            return
    yield f"no repository has {entry.default_quant}"


def _listing_differences(repository: CatalogueRepository, paths: Sequence[str]) -> Iterator[str]:
    for quant in QUANTS:
        files = files_of(repository, quant, paths)
        if quant in repository.quants and not files:
            yield f"{repository.name}: {quant} is not there, as {repository.files}"
        if quant not in repository.quants and any(
            file_pattern(repository, quant).fullmatch(path) for path in paths
        ):
            yield f"{repository.name}: {quant} is there and not in the entry"


def _header_differences(entry: CatalogueEntry, header: Header, *, is_whole: bool) -> Iterator[str]:
    shape = shape_from_header(header)
    for field in msgspec.structs.fields(shape):
        ours, theirs = getattr(entry.shape, field.name), getattr(shape, field.name)
        # Shards have a part of the tensors each, and files may have small tables that an entry leaves out.
        if ours != theirs and field.name not in ("parameters", "active_parameters"):
            yield f"{field.name}: {ours} in the entry, {theirs} in the file"
    if is_whole:
        size, expected = (
            sum(tensor.bytes for tensor in header.tensors),
            weights_bytes(entry.shape, entry.default_quant),
        )
        if abs(size - expected) > _SIZE_TOLERANCE * size:
            yield f"weights at {entry.default_quant}: {expected:_} bytes by the entry, {size:_} in the file"
    published = [dict(sampling.values) for sampling in sampling_of_entry(entry)]
    in_file = file_sampling(lambda key: _text(header, key))
    if in_file and not any(in_file.items() <= values.items() for values in published):
        yield f"sampling: {published} in the entry, {in_file} in the file, which comes first"


def _text(header: Header, key: str) -> str | None:
    value = header.metadata.get(key)
    return None if value is None else str(value)


def main(arguments: Sequence[str]) -> int:
    """Check the named entries, or all; return 1 where one differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.models.catalogue.check_repository")
    parser.add_argument("--hub", default=os.environ.get("HF_ENDPOINT", HUB), help="address of the hub")
    parser.add_argument("names", nargs="*", help="entries; none for all")
    options = parser.parse_args(arguments)
    catalogue = load_catalogues()
    entries = [find_entry(catalogue, name) for name in options.names] or list(catalogue.entries)
    hub, failed = Hub(options.hub), 0
    for entry, name in zip(
        entries, options.names or [entry.name for entry in catalogue.entries], strict=True
    ):
        lines = ["the catalogue does not have it"] if entry is None else list(differences(entry, hub))
        print(f"{name}: {'ok' if not lines else ''}")
        for line in lines:
            print(f"  {line}")
        failed |= bool(lines)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
