"""Repositories: quantizations from the names of files, shards as one download, and no projectors."""

import json
from typing import Any

import pytest

from tests.models.hub.loopback_hub import COMMIT, Behaviour, LoopbackHub
from tests.models.hub.samples import REPOSITORY
from tui.models.hub.errors import TransferError
from tui.models.hub.remote_file import RemoteFile
from tui.models.hub.repository import (
    Repository,
    find_quantization,
    group_files,
    list_repository,
    quantization_label,
)
from tui.services.sentences import sentence


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("Qwen3-4B-Q4_K_M.gguf", "Q4_K_M"),
        ("Qwen3-4B-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("Model.i1-IQ2_XXS.gguf", "IQ2_XXS"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("gpt-oss-20b-MXFP4_MOE.gguf", "MXFP4"),
        ("m.f16.gguf", "F16"),
        ("m-FP16.gguf", "F16"),
        ("BF16/Model-BF16-00001-of-00002.gguf", "BF16"),
        ("Q8_0/model-00001-of-00003.gguf", "Q8_0"),
        ("Model-Q4_K_M-imat.gguf", "Q4_K_M"),
        ("Model-Q4_0_4_4.gguf", "Q4_0_4_4"),
        ("Llama-3.1-8B-Q4_K_L.gguf", "Q4_K_L"),
        ("Bonsai-TQ2_0.gguf", "TQ2_0"),
        ("model.gguf", ""),
        ("Q4-model.gguf", "Q4"),
    ],
)
def test_quantization_is_read_from_the_name(path: str, label: str) -> None:
    assert quantization_label(path) == label


def files(*paths: str) -> list[RemoteFile]:
    return [
        RemoteFile(f"http://hub/{path}", path, 1000 * (number + 1), repository=REPOSITORY)
        for number, path in enumerate(paths)
    ]


def test_shards_are_one_download() -> None:
    (quantization,) = group_files(
        files("Q8_0/m-00002-of-00003.gguf", "Q8_0/m-00003-of-00003.gguf", "Q8_0/m-00001-of-00003.gguf")
    )
    assert quantization.label == "Q8_0"
    assert [file.name for file in quantization.files] == [f"m-0000{n}-of-00003.gguf" for n in (1, 2, 3)]
    assert quantization.size_bytes == 6000


def test_model_with_a_missing_shard_is_left_out() -> None:
    assert group_files(files("m-Q8_0-00001-of-00003.gguf", "m-Q8_0-00003-of-00003.gguf")) == ()


def test_two_models_of_one_quantization_go_by_their_files() -> None:
    quantizations = group_files(files("a-Q4_K_M.gguf", "b-Q4_K_M.gguf", "a-Q8_0.gguf"))
    assert [item.label for item in quantizations] == ["a-Q4_K_M.gguf", "b-Q4_K_M.gguf", "Q8_0"]


def repository(*paths: str) -> Repository:
    return Repository(REPOSITORY, COMMIT, "", False, "", group_files(files(*paths)))


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("q4_k_m", "m-Q4_K_M.gguf"),
        ("UD-Q4_K_XL", "m-UD-Q4_K_XL.gguf"),
        ("Q4_K_XL", "m-UD-Q4_K_XL.gguf"),
        ("m-Q8_0.gguf", "m-Q8_0.gguf"),
        ("bf16/m-bf16-00002-of-00002.gguf", "BF16/m-BF16-00001-of-00002.gguf"),
        ("BF16", "BF16/m-BF16-00001-of-00002.gguf"),
    ],
)
def test_quantization_is_chosen_by_its_name_or_a_file(wanted: str, path: str) -> None:
    published = repository(
        "m-Q4_K_M.gguf",
        "m-UD-Q4_K_XL.gguf",
        "m-Q8_0.gguf",
        "BF16/m-BF16-00001-of-00002.gguf",
        "BF16/m-BF16-00002-of-00002.gguf",
    )
    assert find_quantization(published, wanted).files[0].path == path


def test_unknown_quantization_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(TransferError, match=r"hub\.no_quantization") as caught:
        find_quantization(repository("m-Q4_K_M.gguf", "m-Q8_0.gguf"), "Q5_K_M")
    assert caught.value.hint is not None
    assert caught.value.hint.facts == {"names": "Q4_K_M, Q8_0"}


def test_listing_has_sizes_hashes_and_addresses_of_one_revision(hub: LoopbackHub) -> None:
    for path, size in (("m-Q8_0.gguf", 800), ("m-Q4_K_M.gguf", 400), ("README.md", 10)):
        hub.add(REPOSITORY, path, bytes(size))
    for path in ("mmproj-F16.gguf", "m-mmproj-BF16.gguf", "imatrix.gguf", "m.imatrix.gguf"):
        hub.add(REPOSITORY, path, bytes(100))
    hub.gated[REPOSITORY] = "auto"

    listed = list_repository(REPOSITORY)

    assert [(item.label, item.size_bytes) for item in listed.quantizations] == [
        ("Q4_K_M", 400),
        ("Q8_0", 800),
    ]
    (file,) = listed.quantizations[0].files
    assert file.sha256 == hub.files[REPOSITORY]["m-Q4_K_M.gguf"].published
    assert file.address == f"{hub.url}/{REPOSITORY}/resolve/{COMMIT}/m-Q4_K_M.gguf"
    assert (listed.gated, listed.license, listed.page) == (True, "apache-2.0", f"{hub.url}/{REPOSITORY}")
    assert len(listed.extras) == 4
    # One request, and none that nobody asked for.
    assert [path for _method, _host, path in hub.requests] == [f"/api/models/{REPOSITORY}"]


def test_repository_without_models_is_refused(hub: LoopbackHub) -> None:
    hub.add(REPOSITORY, "model.safetensors", bytes(100))
    with pytest.raises(TransferError, match=r"hub\.no_gguf"):
        list_repository(REPOSITORY)


FILE: dict[str, Any] = {
    "rfilename": "m-Q8_0.gguf",
    "size": 100,
    "blobId": "b" * 40,
    "lfs": {"sha256": "c" * 64, "size": 100, "pointerSize": 134},
}


def answer(*siblings: object, **values: object) -> Behaviour:
    """Return the hub's answer about a repository with these entries of files."""
    info = {"id": REPOSITORY, "sha": COMMIT, "siblings": [*siblings], **values}
    return Behaviour(200, {"Content-Type": "application/json"}, json.dumps(info).encode())


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (answer(None), "hub.unreadable_answer"),
        (answer({"size": 100}), "hub.unreadable_answer"),
        (answer(FILE | {"rfilename": 5}), "hub.unreadable_answer"),
        (answer(FILE | {"lfs": "x"}), "hub.unreadable_answer"),
        (answer(FILE | {"lfs": FILE["lfs"] | {"sha256": 5}}), "hub.unreadable_answer"),
        (answer(FILE, sha="../x?y#z"), "hub.unreadable_answer"),
        (answer(FILE, lastModified="yesterday"), "hub.unreadable_answer"),
        (answer(FILE, siblings=5), "hub.unreadable_answer"),
        (Behaviour(200, body=b"[]"), "hub.unreadable_answer"),
        (Behaviour(200, body=b"{}"), "hub.unreadable_answer"),
        (Behaviour(200, body=b"\xff\xfe\x00"), "hub.unreadable_answer"),
        (Behaviour(200, body=b"[" * 100_000), "hub.unreadable_answer"),
        (answer(FILE | {"size": "big"}), "hub.impossible_size"),
        (answer(FILE | {"size": -5}), "hub.impossible_size"),
        (answer(FILE | {"size": 1.5}), "hub.impossible_size"),
        (answer(FILE | {"size": 10**40}), "hub.impossible_size"),
        (answer(FILE | {"rfilename": "../../m.gguf"}), "hub.impossible_name"),
        (answer(FILE | {"rfilename": "a\0b.gguf"}), "hub.impossible_name"),
        (answer(FILE | {"rfilename": "a\ud800.gguf"}), "hub.impossible_name"),
        (answer(FILE | {"rfilename": "a" * 300 + ".gguf"}), "hub.impossible_name"),
    ],
)
def test_answer_that_makes_no_sense_ends_in_a_sentence(
    hub: LoopbackHub, behaviour: Behaviour, code: str
) -> None:
    hub.api_answers = [behaviour]
    with pytest.raises(TransferError) as caught:
        list_repository(REPOSITORY)
    assert caught.value.reason.code == code
    assert sentence(caught.value.reason) != code
    assert caught.value.hint is not None


def test_impossible_file_costs_only_itself(hub: LoopbackHub) -> None:
    odd = FILE | {"rfilename": "m-Q4_0.gguf", "size": 10**40}
    hub.api_answers = [answer(odd, FILE, tags=[5, "license:[red]mit"])]
    listed = list_repository(REPOSITORY)
    assert [item.label for item in listed.quantizations] == ["Q8_0"]
    assert listed.license == "[red]mit"


@pytest.mark.parametrize(
    ("name", "answers", "code"),
    [
        ("nobody/nothing", [], "hub.no_repository"),
        ("a/b/c", [], "hub.bad_name"),
        (REPOSITORY, [Behaviour(429, {"Retry-After": "900"})], "hub.too_many_requests"),
        (REPOSITORY, [Behaviour(500)], "hub.server_failure"),
        (REPOSITORY, [Behaviour(200, body=b"<html>Log in</html>")], "hub.page_instead"),
    ],
)
def test_failed_listing_has_a_reason(
    hub: LoopbackHub, name: str, answers: list[Behaviour], code: str
) -> None:
    hub.add(REPOSITORY, "m-Q8_0.gguf", bytes(100))
    hub.api_answers = answers
    with pytest.raises(TransferError) as caught:
        list_repository(name)
    assert caught.value.reason.code == code
    assert caught.value.hint is not None
