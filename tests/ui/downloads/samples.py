"""Requests, statuses, offers and repositories for tests of the dashboard's downloads."""

import mmap
from collections.abc import Sequence
from pathlib import Path

from tests.engine.random_models import BYTE_TOKENIZER, VOCABULARY
from tests.fit.machines import footprint
from tests.gguf_files import llama_metadata, llama_tensors, write_gguf
from tests.models.hub.loopback_hub import LoopbackHub
from tests.models.hub.samples import REPOSITORY
from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.verdict import Fit, Pool
from tui.models.hub.remote_file import RemoteFile
from tui.models.model import Model
from tui.sentences import reason
from tui.services.downloads.allowance import DownloadAllowance
from tui.services.downloads.offer import OfferContext
from tui.services.downloads.queue import DownloadRequest, DownloadState, DownloadStatus
from tui.units import GIB, MIB

QUANTS = ("Q4_0", "Q8_0", "F16")
RAM = Pool(reason("fit.pool_ram"), "ram", 2 * GIB, int(1.4 * GIB), GIB // 2)
SIZES = {"layers": 16, "embedding": 2048, "feed_forward": 8192, "heads": 32, "kv_heads": 8}


def request(name: str = "model-Q4_K_M.gguf", size_bytes: int = 100 * MIB) -> DownloadRequest:
    file = RemoteFile(f"http://hub/{name}", name, size_bytes, "1" * 64, REPOSITORY)
    return DownloadRequest(f"{REPOSITORY} Q4_K_M", (file,))


def status(state: DownloadState, done_bytes: int = 34 * MIB, **facts: object) -> DownloadStatus:
    name = facts.pop("name", "model-Q4_K_M.gguf")
    phase = facts.pop("phase", "downloading" if state == "running" else None)
    return DownloadStatus(request(str(name)), state, phase, done_bytes, **facts)  # type: ignore[arg-type]


def header_file(folder: Path, quant: str) -> mmap.mmap:
    """Return a model of about a billion weights: a header with a vocabulary, and a hole."""
    path = write_gguf(
        folder / f"made-{quant}.gguf",
        {**llama_metadata(**SIZES, vocabulary=VOCABULARY, context=4096), **BYTE_TOKENIZER},
        llama_tensors(**SIZES, vocabulary=VOCABULARY, type=quant, tied=True),
    )
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def publish(hub: LoopbackHub, folder: Path, repository: str = REPOSITORY) -> None:
    """Put three quantizations of a model on the hub."""
    for number, quant in enumerate(QUANTS):
        hub.add(repository, f"billion-{quant}.gguf", header_file(folder, quant), sha256=str(number) * 64)


async def judge_by_weights(models: Sequence[Model]) -> list[Fit]:
    """Judge models by their weights alone in 1.4 of 2 GiB of memory."""
    return [
        judge.judge(footprint(model.weights_bytes + 100 * MIB), [RAM], LoadSettings()) for model in models
    ]


def context(folder: Path, limit_gb: float = 0) -> OfferContext:
    return OfferContext(
        judge_by_weights, DownloadAllowance(limit_gb, folder / "account.json"), folder / "models"
    )
