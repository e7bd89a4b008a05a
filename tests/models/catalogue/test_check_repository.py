"""Entries checked against a hub on loopback: right ones pass, and every difference is printed."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from tests.models.catalogue import check_repository
from tests.models.catalogue.check_repository import Hub, differences, main
from tests.models.catalogue.entries import SHIPPED
from tui.models.gguf.stub import write_stub
from tui.models.listing import find_entry
from tui.models.model import CatalogueEntry, CatalogueRepository, Shape

REPOSITORY = CatalogueRepository("someone/Small-GGUF", "Small-{quant}.gguf", ("Q4_K_M", "Q8_0"))


class Handler(BaseHTTPRequestHandler):
    """Serves the files of `folder` as one repository of a hub."""

    folder: ClassVar[Path]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == f"/api/models/{REPOSITORY.name}/tree/main":
            names = [{"type": "file", "path": file.name} for file in self.folder.iterdir()]
            self._send(200, json.dumps(names).encode(), {})
            return
        file = self.folder / path.rpartition("/")[2]
        if not path.startswith(f"/{REPOSITORY.name}/resolve/main/") or not file.is_file():
            self.send_error(404)
            return
        last = int(self.headers["Range"].rpartition("-")[2])
        with file.open("rb") as opened:
            data = opened.read(last + 1)
        size = file.stat().st_size
        self._send(206, data, {"Content-Range": f"bytes 0-{len(data) - 1}/{size}"})

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A hub that serves the files of the test's folder."""
    Handler.folder = tmp_path
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def entry() -> CatalogueEntry:
    shipped = find_entry(SHIPPED, "SmolLM2-135M-Instruct")
    assert shipped is not None
    return msgspec.structs.replace(
        shipped,
        repositories=(REPOSITORY,),
        repository=REPOSITORY.name,
        quants=REPOSITORY.quants,
        default_quant="Q8_0",
    )


def publish(folder: Path, shape: Shape, *quants: str) -> None:
    for quant in quants:
        write_stub(folder / f"Small-{quant}.gguf", shape, quant)


def test_an_entry_that_agrees_has_no_difference(address: str, entry: CatalogueEntry, tmp_path: Path) -> None:
    publish(tmp_path, entry.shape, "Q4_K_M", "Q8_0")
    assert list(differences(entry, Hub(address))) == []


def test_missing_and_unlisted_quantizations_are_named(
    address: str, entry: CatalogueEntry, tmp_path: Path
) -> None:
    publish(tmp_path, entry.shape, "Q8_0", "Q6_K")

    lines = list(differences(entry, Hub(address)))

    assert lines == [
        "someone/Small-GGUF: Q4_K_M is not there, as Small-{quant}.gguf",
        "someone/Small-GGUF: Q6_K is there and not in the entry",
    ]


def test_other_dimensions_in_the_file_are_named(address: str, entry: CatalogueEntry, tmp_path: Path) -> None:
    changed = msgspec.structs.replace(entry.shape, context_length=4096, feed_forward=2048)
    publish(tmp_path, changed, "Q4_K_M", "Q8_0")

    lines = list(differences(entry, Hub(address)))

    assert "feed_forward: 1536 in the entry, 2048 in the file" in lines
    assert "context_length: 8192 in the entry, 4096 in the file" in lines
    assert any(line.startswith("weights at Q8_0: ") for line in lines)


def test_header_longer_than_the_first_part_is_asked_for_again(
    address: str, entry: CatalogueEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_repository, "_FIRST_LENGTH", 512)
    publish(tmp_path, entry.shape, "Q4_K_M", "Q8_0")
    assert list(differences(entry, Hub(address))) == []


def test_a_repository_that_is_gone_is_named(address: str, entry: CatalogueEntry) -> None:
    gone = msgspec.structs.replace(REPOSITORY, name="someone/Gone-GGUF")

    lines = list(differences(msgspec.structs.replace(entry, repositories=(gone,)), Hub(address)))

    assert lines[0].startswith("someone/Gone-GGUF: cannot be listed: ")
    assert lines[1:] == ["no repository has Q8_0"]


def test_the_exit_code_says_whether_something_differs(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--hub", address, "no-such-model"]) == 1
    assert capsys.readouterr().out == "no-such-model: \n  the catalogue does not have it\n"
