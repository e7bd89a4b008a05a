"""Sentences of offers and of running downloads."""

from pathlib import Path

import msgspec
import pytest

from tests.fit.machines import footprint
from tests.models.hub.samples import REPOSITORY
from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.verdict import Fit, Pool
from tui.models.hub.remote_file import RemoteFile
from tui.models.hub.repository import PublishedQuantization, Repository
from tui.models.model import Model
from tui.sentences import reason
from tui.services.downloads.offer import DownloadOffer, QuantizationOffer
from tui.services.downloads.queue import DownloadRequest, DownloadStatus
from tui.services.downloads.source import DownloadSource
from tui.services.downloads.words import (
    download_name,
    download_question,
    format_speed,
    larger_sentence,
    needs_word,
    offer_sentences,
    presence_word,
    progress_sentence,
    share_done,
    verdict_sentence,
)
from tui.units import GIB, MIB

RAM = Pool(reason("fit.pool_ram"), "ram", 8 * GIB, int(5.33 * GIB), GIB // 2)


def fit(needed_bytes: int) -> Fit:
    return judge.judge(footprint(needed_bytes), [RAM], LoadSettings())


def item(label: str, size_bytes: int, needed_bytes: int, done_bytes: int = 0) -> QuantizationOffer:
    file = RemoteFile(f"http://hub/{label}", f"m-{label}.gguf", size_bytes, "1" * 64, REPOSITORY)
    model = Model("m", label, size_bytes, None, None, None)
    return QuantizationOffer(
        PublishedQuantization(label, (file,)), model, fit(needed_bytes), True, done_bytes
    )


SMALL = item("Q4_K_M", int(1.88 * GIB), int(2.93 * GIB))
LARGE = item("Q8_0", int(4 * GIB), int(5.2 * GIB))
HUGE = item("F16", int(8 * GIB), int(9 * GIB))


def offer(chosen: QuantizationOffer, alternative: QuantizationOffer | None = None) -> DownloadOffer:
    return DownloadOffer(
        DownloadSource(REPOSITORY),
        Repository(REPOSITORY, "1", "", False, "", ()),
        (SMALL, LARGE, HUGE),
        chosen,
        alternative,
        Path("/models"),
        100 * GIB,
        10 * MIB,
    )


def test_verdict_stands_beside_that_of_the_next_larger_one() -> None:
    assert offer_sentences(offer(SMALL)) == [
        "Q4_K_M fits (2.93 GiB of 5.33 GiB).",
        "Q8_0 would be tight.",
        "100 GiB is free in /models.",
    ]
    assert larger_sentence(SMALL) == "Q4_K_M would fit, too."


def test_one_that_fits_stands_beside_one_that_does_not() -> None:
    first, second, _disk = offer_sentences(offer(HUGE, SMALL))
    assert first.startswith("F16 is too big: needs 9.00 GiB")
    assert first.endswith(".")
    assert second == "Q4_K_M fits (2.93 GiB of 5.33 GiB)."
    assert verdict_sentence(LARGE).startswith("Q8_0 is tight: ")


def test_question_has_size_and_time() -> None:
    assert download_question(offer(SMALL), SMALL) == "Download 1.88 GiB of Q4_K_M, about 3 min 13 s?"
    unmeasured = msgspec.structs.replace(offer(SMALL), bytes_per_second=None)
    assert download_question(unmeasured, SMALL) == "Download 1.88 GiB of Q4_K_M?"
    begun = msgspec.structs.replace(SMALL, done_bytes=GIB)
    assert download_question(offer(begun), begun) == (
        "Download the missing 901 MiB of Q4_K_M, about 1 min 30 s? 1.00 GiB of it are here already."
    )
    assert "about" not in download_question(unmeasured, begun)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "512 MiB of 1.88 GiB"),
        ({"bytes_per_second": 10.0 * MIB}, "512 MiB of 1.88 GiB, 10.0 MiB/s"),
        (
            {"bytes_per_second": 10.0 * MIB, "seconds_left": 141.0},
            "512 MiB of 1.88 GiB, 10.0 MiB/s, 2 min 21 s left",
        ),
        ({"phase": "checking"}, "1.88 GiB, checking"),
        (
            {"phase": "waiting", "waiting_for": reason("hub.cut", host="hub")},
            "512 MiB of 1.88 GiB, waiting: The connection to hub broke off.",
        ),
    ],
)
def test_progress_is_one_line(changes: dict[str, object], text: str) -> None:
    request = DownloadRequest("m", SMALL.quantization.files)
    status = DownloadStatus(request, "running", "downloading", 512 * MIB)
    assert progress_sentence(msgspec.structs.replace(status, **changes)) == text


def test_speed_without_a_value_is_not_available() -> None:
    assert format_speed(None) == "n/a"
    assert format_speed(1.5 * MIB) == "1.50 MiB/s"


def test_name_of_a_download_is_that_of_its_file() -> None:
    shards = [RemoteFile("http://hub/x", f"Q8_0/m-Q8_0-0000{number}-of-00002.gguf", 5) for number in (1, 2)]
    assert download_name(DownloadRequest("x", tuple(shards))) == "m-Q8_0"
    assert download_name(DownloadRequest("x", SMALL.quantization.files)) == "m-Q4_K_M"


def test_share_is_between_0_and_1() -> None:
    request = DownloadRequest("x", SMALL.quantization.files)
    assert share_done(
        DownloadStatus(request, "running", done_bytes=request.size_bytes // 2)
    ) == pytest.approx(0.5)
    empty = DownloadRequest("x", (RemoteFile("http://hub/x", "x.gguf", 0),))
    assert share_done(DownloadStatus(empty, "running")) == 0


def test_size_by_the_header_of_another_quantization_has_a_sign() -> None:
    assert needs_word(SMALL) == "2.93 GiB"
    assert needs_word(msgspec.structs.replace(SMALL, exact=False)) == "~2.93 GiB"


def test_presence_is_a_share_until_all_is_there() -> None:
    assert presence_word(SMALL) == ""
    assert presence_word(item("Q8_0", 1000, GIB, done_bytes=250)) == "25 %"
    assert presence_word(item("Q8_0", 1000, GIB, done_bytes=1000)) == "on disk"
