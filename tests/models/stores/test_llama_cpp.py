"""Both caches of llama.cpp: the flat folder, and a hub's layout."""

from pathlib import Path

import pytest

from tests.models.stores.trees import environment, gguf_bytes, hub_repository, rows, scan, write
from tui.models.stores.environment import System


@pytest.mark.parametrize(
    ("system", "folder", "variables"),
    [
        ("linux", ".cache/llama.cpp", {}),
        ("macos", "Library/Caches/llama.cpp", {}),
        ("windows", "AppData/Local/llama.cpp", {}),
        ("windows", "local/llama.cpp", {"LOCALAPPDATA": "{home}/local"}),
        ("linux", "elsewhere", {"LLAMA_CACHE": "{home}/elsewhere"}),
    ],
)
def test_lists_the_flat_folder_of_each_system(
    tmp_path: Path, system: System, folder: str, variables: dict[str, str]
):
    flat = tmp_path / folder
    write(flat / "ggml-org_Tiny-GGUF_Tiny-Q4_0.gguf", gguf_bytes("x"))
    write(flat / "ggml-org_Tiny-GGUF_Tiny-Q4_0.gguf.etag", "etag")
    write(flat / "manifest=ggml-org=Tiny-GGUF=Q4_0.json", "{}")
    write(flat / "rpc" / "0123456789abcdef.gguf", b"a tensor")
    variables = {name: value.format(home=tmp_path) for name, value in variables.items()}

    library = scan(environment(tmp_path, system, **variables))

    assert rows(library) == [("ggml-org_Tiny-GGUF_Tiny", "llama_cpp", "ggml-org/Tiny-GGUF", "")]


def test_a_variable_may_name_a_hub_beside_the_other_one(tmp_path: Path):
    hub_repository(tmp_path / "own", "org/Tiny", {"Tiny.gguf": gguf_bytes("x")})
    write(tmp_path / "own" / "flat.gguf", gguf_bytes("y"))
    hub_repository(tmp_path / ".cache/huggingface/hub", "org/Other", {"Other.gguf": gguf_bytes("z")})

    library = scan(environment(tmp_path, LLAMA_CACHE=str(tmp_path / "own")))

    assert rows(library) == [
        ("flat", "llama_cpp", "", ""),
        ("Other", "hugging_face", "org/Other", ""),
        ("Tiny", "llama_cpp", "org/Tiny", ""),
    ]


def test_one_hub_that_both_name_is_listed_once(tmp_path: Path):
    hub_repository(tmp_path / "hub", "org/Tiny", {"Tiny.gguf": gguf_bytes("x")})

    library = scan(
        environment(tmp_path, LLAMA_CACHE=str(tmp_path / "hub"), HF_HUB_CACHE=str(tmp_path / "hub"))
    )

    assert rows(library) == [("Tiny", "hugging_face", "org/Tiny", "")]
    assert library.files[0].elsewhere == ()


def test_a_download_under_way_has_its_reason(tmp_path: Path):
    write(tmp_path / ".cache/llama.cpp" / "Tiny-Q4_0.gguf.downloadInProgress", b"GGUF")

    ((_name, store, _repository, error),) = rows(scan(environment(tmp_path)))

    assert (store, error) == ("llama_cpp", "This is a part of a download that did not finish (llama.cpp)")
