"""Headers of files on a web server: only the first megabytes travel, and every failure is told."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.gguf_files import llama_metadata, llama_tensors, write_gguf
from tui.models import web_header
from tui.models.model_file import model_file
from tui.models.web_header import WebHeaderError, read_web_header

BIG = {"layers": 4, "embedding": 2048, "feed_forward": 8192, "heads": 32, "kv_heads": 8, "vocabulary": 32000}


class Files(BaseHTTPRequestHandler):
    """Serves the files of a folder, part by part."""

    def __init__(self, folder: Path, sent: list[int], *args: object) -> None:
        self.folder, self.sent = folder, sent
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = self.folder / self.path.strip("/").partition("?")[0]
        if not path.is_file():
            self.send_error(404)
            return
        size = path.stat().st_size
        last = int(self.headers["Range"].rpartition("-")[2])
        with path.open("rb") as file:
            data = file.read(min(last + 1, size))
        self.sent.append(len(data))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes 0-{len(data) - 1}/{size}")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def sent() -> list[int]:
    """Bytes of each answer."""
    return []


@pytest.fixture
def server(tmp_path: Path, sent: list[int]) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, folder, sent))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_first_megabytes_are_enough_to_read_the_header(server: str, sent: list[int], tmp_path: Path) -> None:
    complete = write_gguf(
        tmp_path / "served" / "big-Q8_0.gguf", llama_metadata(**BIG), llama_tensors(**BIG, type="Q8_0")
    )

    header = read_web_header(f"{server}/big-Q8_0.gguf?download=true", tmp_path)

    expected = model_file(complete, "test")
    assert header.error is None
    assert (header.shape, header.weights_bytes, header.size_bytes) == (
        expected.shape,
        expected.weights_bytes,
        expected.size_bytes,
    )
    assert (header.name, header.quant) == (expected.name, expected.quant)
    assert sum(sent) < complete.stat().st_size / 10
    assert header.path.stat().st_blocks * 512 < complete.stat().st_size / 10


def test_header_longer_than_the_first_part_is_fetched_again(
    server: str, sent: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_header, "_FIRST_LENGTH", 512)
    write_gguf(tmp_path / "served" / "big.gguf", llama_metadata(**BIG), llama_tensors(**BIG, type="Q8_0"))

    assert read_web_header(f"{server}/big.gguf", tmp_path).error is None
    assert len(sent) > 1
    assert sent == sorted(sent)


def test_file_that_is_no_model_is_reported(server: str, tmp_path: Path) -> None:
    (tmp_path / "served" / "page.gguf").write_bytes(b"<html>" * 1000)

    header = read_web_header(f"{server}/page.gguf", tmp_path)

    assert header.error is not None


def test_missing_file_is_reported(server: str, tmp_path: Path) -> None:
    with pytest.raises(WebHeaderError, match="404") as caught:
        read_web_header(f"{server}/nothing.gguf", tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x.gguf", "http://no such host/x.gguf", "https://[x/y.gguf"]
)
def test_unreachable_server_is_reported(url: str, tmp_path: Path) -> None:
    with pytest.raises(WebHeaderError) as caught:
        read_web_header(url, tmp_path)
    assert caught.value.hint
