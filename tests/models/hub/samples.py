"""Files, repositories and small transfers for tests of downloads."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.engine.random_models import BYTE_TOKENIZER, VOCABULARY
from tests.gguf_files import llama_metadata, llama_tensors, write_gguf
from tests.models.hub.loopback_hub import COMMIT, HubFile, LoopbackHub
from tui.models.hub.address import hub_library
from tui.models.hub.download import TransferOptions
from tui.models.hub.remote_file import RemoteFile
from tui.units import KIB, MIB

REPOSITORY = "maker/model-GGUF"
FILE = "model-Q4_K_M.gguf"
SMALL = TransferOptions(
    connections=3,
    block_bytes=512 * KIB,
    largest_request=MIB,
    smallest_request=128 * KIB,
    read_seconds=1.0,
    tries=4,
    first_wait_seconds=0.02,
    longest_wait_seconds=0.05,
    longest_asked_wait_seconds=2.0,
)
"""A transfer of some megabytes with all that a large one has."""


def random_bytes(count: int, seed: int = 7) -> bytes:
    return b"GGUF" + random.Random(seed).randbytes(count - 4)


def use_hub(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the hub's library ask this hub, without the tokens and proxies of whoever runs the tests."""
    constants = hub_library().constants
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    template = f"{hub.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(folder / "token"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def remote(hub: LoopbackHub, file: HubFile, path: str = FILE, repository: str = REPOSITORY) -> RemoteFile:
    """Return a file of the hub as a listing describes it."""
    return RemoteFile(
        address=f"{hub.url}/{repository}/resolve/{COMMIT}/{path}",
        path=path,
        size_bytes=len(file.data),
        sha256=file.published,
        repository=repository,
        revision=COMMIT,
    )


def published(hub: LoopbackHub, count: int = 3 * MIB) -> RemoteFile:
    """Put a file of random bytes on the hub."""
    return remote(hub, hub.add(REPOSITORY, FILE, random_bytes(count)))


def write_chat_model(path: Path, type: str, *, metadata: dict[str, Any] | None = None, **sizes: int) -> Path:
    """Write a model that chats: a header with a tokenizer, which the engine can size, and a hole."""
    sizes = {"vocabulary": VOCABULARY, **sizes}
    keys = llama_metadata(**sizes, context=4096) | BYTE_TOKENIZER
    del keys["llama.vocab_size"]
    keys |= {"tokenizer.chat_template": "{{ messages }}"} | (metadata or {})
    return write_gguf(path, keys, llama_tensors(**sizes, type=type))
