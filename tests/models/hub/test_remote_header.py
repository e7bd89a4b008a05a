"""Headers of remote files: only the first megabytes travel, and every failure is told."""

import itertools
from pathlib import Path

import pytest

from tests.gguf_files import llama_metadata, llama_tensors, write_gguf, write_split
from tests.models.hub.loopback_hub import Behaviour, HubFile, LoopbackHub
from tests.models.hub.samples import REPOSITORY, remote
from tui.models.hub import remote_header
from tui.models.hub.errors import TransferError
from tui.models.hub.remote_header import read_remote_header, read_web_header
from tui.models.model_file import model_file
from tui.units import MIB

BIG = {"layers": 4, "embedding": 2048, "feed_forward": 8192, "heads": 32, "kv_heads": 8, "vocabulary": 32000}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "big-Q8_0.gguf", llama_metadata(**BIG), llama_tensors(**BIG, type="Q8_0"))


def test_first_megabytes_are_enough_to_read_the_header(hub: LoopbackHub, model: Path, tmp_path: Path) -> None:
    hub.plain["big-Q8_0.gguf"] = HubFile(model.read_bytes(), etag='"v1"')

    header = read_web_header(f"{hub.url}/plain/big-Q8_0.gguf?download=true", tmp_path / "headers")

    expected = model_file(model, "test")
    copy = header.model
    assert copy.error is None
    assert (copy.shape, copy.weights_bytes, copy.size_bytes) == (
        expected.shape,
        expected.weights_bytes,
        expected.size_bytes,
    )
    assert (copy.name, copy.quant) == (expected.name, expected.quant)
    assert hub.served_bytes() < model.stat().st_size / 10
    assert copy.path.stat().st_blocks * 512 < model.stat().st_size / 10
    (file,) = header.files
    assert (file.path, file.version, file.size_bytes) == ("big-Q8_0.gguf", '"v1"', expected.size_bytes)
    assert file.sha256 == ""


def test_longer_header_takes_another_request_for_what_is_missing(
    hub: LoopbackHub, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_header, "_FIRST_LENGTH", 512)
    hub.plain["big.gguf"] = HubFile(model.read_bytes())

    assert read_web_header(f"{hub.url}/plain/big.gguf", tmp_path).model.error is None
    assert len(hub.parts) > 1
    starts = [(part.start, part.end) for part in hub.parts]
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(starts))


def test_header_of_a_repository_is_read_once(hub: LoopbackHub, model: Path, tmp_path: Path) -> None:
    file = remote(hub, hub.add(REPOSITORY, "big-Q8_0.gguf", model.read_bytes()), "big-Q8_0.gguf")

    first = read_remote_header([file], tmp_path / "headers")
    served = hub.served_bytes()
    again = read_remote_header([file], tmp_path / "headers")

    assert first.model == again.model
    assert first.model.error is None
    assert (first.received_bytes, again.received_bytes) == (served, 0)
    assert hub.served_bytes() == served < 9 * MIB


def test_shards_are_one_model(hub: LoopbackHub, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    paths = write_split(tmp_path / "made", "big-Q8_0", 2)
    files = [
        remote(hub, hub.add(REPOSITORY, f"Q8_0/{path.name}", path.read_bytes()), f"Q8_0/{path.name}")
        for path in paths
    ]

    header = read_remote_header(files, tmp_path / "headers")

    expected = model_file(paths[0], "test")
    assert header.model.error is None
    assert header.model.weights_bytes == expected.weights_bytes
    assert header.model.size_bytes == sum(file.size_bytes for file in files)


def test_file_that_is_no_model_is_reported(hub: LoopbackHub, tmp_path: Path) -> None:
    hub.plain["page.gguf"] = HubFile(b"<html>" * 1000)
    assert read_web_header(f"{hub.url}/plain/page.gguf", tmp_path).model.error is not None


def test_web_page_in_place_of_the_file_is_reported(hub: LoopbackHub, tmp_path: Path) -> None:
    hub.plain["m.gguf"] = HubFile(b"x")
    hub.on_bytes = lambda _part: Behaviour(200, {"Content-Type": "text/html"}, b"<html>log in</html>")
    with pytest.raises(TransferError, match=r"hub\.page_instead"):
        read_web_header(f"{hub.url}/plain/m.gguf", tmp_path)


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        (206, {"Content-Range": f"bytes 0-9/{'9' * 30}"}, "hub.wrong_length"),
        (206, {"Content-Range": f"bytes 0-9/{'9' * 5000}"}, "hub.wrong_length"),
        (206, {"Content-Range": "bytes 0-9/9000000000000000000"}, "hub.wrong_length"),
        (206, {"Content-Range": "bytes 0-0/0"}, "hub.wrong_length"),
        (206, {"Content-Range": "bytes 0-9/*"}, "hub.no_length"),
        (200, {}, "hub.empty_file"),
        (200, {"Content-Encoding": "gzip"}, "hub.compressed"),
    ],
)
def test_length_that_no_file_has_is_reported(
    hub: LoopbackHub, tmp_path: Path, status: int, headers: dict[str, str], code: str
) -> None:
    hub.plain["m.gguf"] = HubFile(b"x")
    hub.on_bytes = lambda _part: Behaviour(status, headers, b"")
    with pytest.raises(TransferError) as caught:
        read_web_header(f"{hub.url}/plain/m.gguf", tmp_path)
    assert caught.value.reason.code == code


def test_missing_file_is_reported(hub: LoopbackHub, tmp_path: Path) -> None:
    with pytest.raises(TransferError, match="404") as caught:
        read_web_header(f"{hub.url}/plain/nothing.gguf", tmp_path)
    assert caught.value.hint


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x.gguf", "http://no such host/x.gguf", "https://[x/y.gguf"]
)
def test_unreachable_server_is_reported(url: str, tmp_path: Path) -> None:
    with pytest.raises(TransferError) as caught:
        read_web_header(url, tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("path", "disposition", "name"),
    [
        ("m-Q4_K_M.gguf", "", "m-Q4_K_M.gguf"),
        ("download", 'attachment; filename="m-Q8_0.gguf"', "m-Q8_0.gguf"),
        ("download", "", "download"),
        ("download", 'attachment; filename="../../.evil.gguf"', "_.._.evil.gguf"),
        ("download", f'attachment; filename="{"a" * 300}.gguf"', f"{'a' * 145}.gguf"),
    ],
)
def test_name_of_the_file_is_that_of_the_address_or_of_the_server(
    hub: LoopbackHub, model: Path, tmp_path: Path, path: str, disposition: str, name: str
) -> None:
    hub.plain[path] = HubFile(model.read_bytes())
    if disposition:
        hub.on_bytes = lambda _part: Behaviour(headers={"Content-Disposition": disposition})
    (file,) = read_web_header(f"{hub.url}/plain/{path}", tmp_path / "headers").files
    assert file.path == name
