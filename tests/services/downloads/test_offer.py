"""Offers: every quantization with its size and verdict, and the one that fits."""

import mmap
from pathlib import Path

import msgspec
import pytest

from tests.fit.machines import machine, reading
from tests.models.hub.loopback_hub import COMMIT, HubFile, LoopbackHub
from tests.models.hub.samples import REPOSITORY, write_chat_model
from tui.engine.options import LoadSettings
from tui.fit.verdict import Verdict
from tui.hardware.detect import detect_machine
from tui.models.catalogue.catalogue import Catalogue, load_catalogue
from tui.models.hub.errors import TransferError
from tui.models.hub.record import write_record
from tui.models.hub.remote_file import RemoteFile, target_path
from tui.models.model import CatalogueRepository
from tui.services import sizing
from tui.services.downloads.allowance import DownloadAllowance
from tui.services.downloads.offer import OfferContext, choose_another, machine_judge, make_offer
from tui.services.sizing import take_reading
from tui.settings.settings import UNREADABLE_LIMIT_GB
from tui.units import GIB, MIB

SIZES = {
    "layers": 16,
    "embedding": 2048,
    "feed_forward": 8192,
    "heads": 32,
    "kv_heads": 8,
}
TYPES = {"Q4_0": "Q4_0", "Q8_0": "Q8_0", "F16": "F16"}
CATALOGUE = Catalogue((), ())
LOAD = LoadSettings(context=2048)
FREE = 1600 * MIB


@pytest.fixture(autouse=True)
def user(own_home: Path) -> Path:
    return own_home


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine is installed, so that all sizes are by formula."""
    monkeypatch.setattr(sizing, "installed_build", lambda: None)


def made(folder: Path, quant: str) -> mmap.mmap:
    """Return a model of a billion parameters: a header and a hole."""
    path = write_chat_model(folder / f"made-{quant}.gguf", TYPES[quant], **SIZES)
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@pytest.fixture
def published(hub: LoopbackHub, tmp_path: Path) -> LoopbackHub:
    for number, quant in enumerate(TYPES):
        hub.add(REPOSITORY, f"billion-{quant}.gguf", made(tmp_path, quant), sha256=str(number) * 64)
    hub.add(REPOSITORY, "mmproj-billion-F16.gguf", bytes(MIB))
    return hub


def context(tmp_path: Path, available_bytes: int, total_bytes: int = 1800 * MIB) -> OfferContext:
    """Return the context for a machine with so much free memory."""
    return OfferContext(
        machine_judge(LOAD, machine(total_bytes), reading(total_bytes, available_bytes)),
        DownloadAllowance(0, tmp_path / "account.json"),
        tmp_path / "models",
    )


@pytest.mark.usefixtures("without_engine")
async def test_every_quantization_has_its_size_and_verdict(published: LoopbackHub, tmp_path: Path) -> None:
    offer = await make_offer(REPOSITORY, CATALOGUE, context(tmp_path, FREE))

    assert [item.label for item in offer.quantizations] == ["Q4_0", "Q8_0", "F16"]
    assert [item.fit.verdict for item in offer.quantizations] == [
        Verdict.FITS,
        Verdict.TIGHT,
        Verdict.TOO_BIG,
    ]
    # Nobody named one, so it is the usual one, judged by its own header.
    assert offer.chosen.label == "Q4_0"
    assert [item.exact for item in offer.quantizations] == [True, False, False]
    assert offer.alternative is None
    assert offer.larger is not None
    assert offer.larger.label == "Q8_0"
    assert offer.bytes_per_second is not None
    assert offer.seconds(offer.chosen) == pytest.approx(offer.chosen.size_bytes / offer.bytes_per_second)
    assert offer.free_bytes is not None
    # Only the first megabytes of one file have travelled, and they are in the account.
    assert published.served_bytes() == 8 * MIB
    assert DownloadAllowance(0, tmp_path / "account.json").used_bytes == 8 * MIB
    request = offer.request(offer.chosen)
    assert [file.path for file in request.files] == ["billion-Q4_0.gguf"]
    assert request.title == f"{REPOSITORY} Q4_0"


@pytest.mark.usefixtures("without_engine")
async def test_one_that_fits_is_offered_beside_a_named_one_that_does_not(
    published: LoopbackHub, tmp_path: Path
) -> None:
    offer = await make_offer(f"{REPOSITORY}:f16", CATALOGUE, context(tmp_path, FREE))
    assert (offer.chosen.label, offer.chosen.fit.verdict) == ("F16", Verdict.TOO_BIG)
    assert offer.is_named
    assert offer.alternative is not None
    assert (offer.alternative.label, offer.alternative.exact) == ("Q4_0", True)
    assert offer.alternative.fit.verdict is Verdict.FITS
    assert published.served_bytes() == 16 * MIB


@pytest.mark.usefixtures("without_engine", "published")
async def test_nothing_is_offered_where_nothing_fits(tmp_path: Path) -> None:
    offer = await make_offer(REPOSITORY, CATALOGUE, context(tmp_path, GIB // 2, GIB // 2))
    assert offer.chosen.fit.verdict is Verdict.TOO_BIG
    assert offer.alternative is None


@pytest.mark.usefixtures("without_engine", "published")
async def test_estimate_of_another_quantization_is_close_to_its_own_header(tmp_path: Path) -> None:
    where = context(tmp_path, FREE)
    offer = await make_offer(REPOSITORY, CATALOGUE, where)
    estimated = offer.find("q8_0")
    exact = (await choose_another(offer, "q8_0", where)).chosen
    assert estimated is not None
    assert estimated.fit.footprint is not None
    assert exact.fit.footprint is not None
    assert exact.exact
    assert exact.label == "Q8_0"
    assert estimated.fit.footprint.total_bytes == pytest.approx(exact.fit.footprint.total_bytes, rel=0.001)

    with pytest.raises(TransferError, match=r"hub\.no_quantization"):
        await choose_another(offer, "Q5_K_M", where)


@pytest.mark.usefixtures("without_engine")
async def test_entry_of_the_catalogue_names_its_quantization(hub: LoopbackHub, tmp_path: Path) -> None:
    shipped = load_catalogue()
    entry = msgspec.structs.replace(shipped.entries[0], default_quant="Q8_0", name="Billion")
    for quant in TYPES:
        hub.add(entry.repository, f"billion-{quant}.gguf", made(tmp_path, quant), sha256="1" * 64)
    offer = await make_offer("billion", Catalogue((entry,), ()), context(tmp_path, FREE))
    assert offer.chosen.label == "Q8_0"
    assert offer.repository is not None
    assert (offer.repository.name, offer.repository.revision) == (entry.repository, COMMIT)


@pytest.mark.usefixtures("without_engine")
async def test_web_address_is_one_file(hub: LoopbackHub, tmp_path: Path) -> None:
    hub.plain["billion-Q8_0.gguf"] = HubFile(made(tmp_path, "Q8_0"), etag='"1"')
    url = f"{hub.url}/plain/billion-Q8_0.gguf"
    offer = await make_offer(url, CATALOGUE, context(tmp_path, FREE))
    (item,) = offer.quantizations
    assert (item.label, item.exact, offer.repository) == ("Q8_0", True, None)
    assert offer.request(item).files[0].address == url

    # WHEN another file of this name has been downloaded from the same host THEN it is not offered
    (file,) = offer.request(item).files
    target = target_path(file, tmp_path / "models")
    target.parent.mkdir(parents=True)
    target.write_bytes(bytes(10))
    write_record(target, RemoteFile(f"{hub.url}/v2/{file.name}", file.name, 10), "0" * 64)
    with pytest.raises(TransferError, match=r"hub\.other_source"):
        await make_offer(url, CATALOGUE, context(tmp_path, FREE))


async def test_nothing_is_asked_for_while_the_limit_cannot_be_read(hub: LoopbackHub, tmp_path: Path) -> None:
    allowance = DownloadAllowance(UNREADABLE_LIMIT_GB, tmp_path / "account.json")
    limited = msgspec.structs.replace(context(tmp_path, FREE), allowance=allowance)
    with pytest.raises(TransferError, match=r"services\.limit_unreadable"):
        await make_offer(REPOSITORY, CATALOGUE, limited)
    assert hub.requests == []


@pytest.mark.usefixtures("without_engine", "published")
async def test_what_is_on_the_disk_already_counts(tmp_path: Path) -> None:
    where = context(tmp_path, FREE)
    offer = await make_offer(REPOSITORY, CATALOGUE, where)
    (file,) = offer.chosen.quantization.files
    target = target_path(file, tmp_path / "models")
    target.parent.mkdir(parents=True)
    with target.open("wb") as handle:
        handle.truncate(file.size_bytes)
    write_record(target, file, file.sha256)

    again = await make_offer(REPOSITORY, CATALOGUE, where)

    assert again.chosen.missing_bytes == 0
    assert again.chosen.done_bytes == file.size_bytes
    # The header was here, so the line was not measured again; the last speed is known.
    assert again.bytes_per_second == offer.bytes_per_second


async def test_verdict_is_the_engine_s_own(published: LoopbackHub, tmp_path: Path) -> None:
    this_machine = detect_machine()
    where = OfferContext(
        machine_judge(LOAD, this_machine, take_reading(this_machine)),
        DownloadAllowance(0, tmp_path / "account.json"),
        tmp_path / "models",
    )
    offer = await make_offer(f"{REPOSITORY}:Q4_0", CATALOGUE, where)
    assert offer.chosen.fit.footprint is not None
    assert offer.chosen.fit.footprint.source == "engine"
    assert published.served_bytes() == 8 * MIB


async def test_gated_repository_is_refused_before_a_byte(published: LoopbackHub, tmp_path: Path) -> None:
    published.gated[REPOSITORY] = "auto"
    with pytest.raises(TransferError, match=r"hub\.gated"):
        await make_offer(REPOSITORY, CATALOGUE, context(tmp_path, FREE))
    assert published.served_bytes() == 0


@pytest.mark.usefixtures("without_engine")
async def test_repository_of_another_kind_of_model_is_none_to_chat_with(
    hub: LoopbackHub, tmp_path: Path
) -> None:
    for quant in ("Q8_0", "F16"):
        path = write_chat_model(
            tmp_path / f"{quant}.gguf", quant, metadata={"general.type": "adapter"}, **SIZES
        )
        hub.add(REPOSITORY, f"adapter-{quant}.gguf", path.read_bytes(), sha256="1" * 64)
    offer = await make_offer(REPOSITORY, CATALOGUE, context(tmp_path, FREE))
    assert [item.fit.verdict for item in offer.quantizations] == [Verdict.NO_CHAT] * 2
    assert offer.alternative is None


@pytest.mark.usefixtures("without_engine")
async def test_file_that_the_catalogue_names_is_taken_among_several_models(
    hub: LoopbackHub, tmp_path: Path
) -> None:
    for name in ("small", "billion"):
        hub.add(REPOSITORY, f"{name}.Q8_0.gguf", made(tmp_path, "Q8_0"), sha256="1" * 64)
    entry = msgspec.structs.replace(
        load_catalogue().entries[0],
        name="Billion",
        default_quant="Q8_0",
        repository=REPOSITORY,
        repositories=(CatalogueRepository(REPOSITORY, "billion.{quant}.gguf", ("Q8_0",)),),
    )
    offer = await make_offer("billion", Catalogue((entry,), ()), context(tmp_path, FREE))
    assert offer.chosen.quantization.files[0].path == "billion.Q8_0.gguf"
    assert [item.label for item in offer.quantizations] == ["billion.Q8_0.gguf", "small.Q8_0.gguf"]
