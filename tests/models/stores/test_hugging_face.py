"""The Hugging Face cache: its layout with links, with shared blobs, without links, and what lies beside."""

from pathlib import Path

from tests.models.stores.trees import (
    COMMIT,
    OLDER_COMMIT,
    environment,
    gguf_bytes,
    hub_repository,
    places,
    projector_bytes,
    rows,
    scan,
    sha256,
    write,
)


def hub_of(home: Path) -> Path:
    return home / ".cache" / "huggingface" / "hub"


def test_lists_the_wanted_revision_with_the_hash_that_the_blob_is_named_by(tmp_path: Path):
    data, older = gguf_bytes("new"), gguf_bytes("old")
    hub = hub_of(tmp_path)
    hub_repository(hub, "org/Tiny-GGUF", {"Tiny-Q4_0.gguf": older}, commit=OLDER_COMMIT, is_main=False)
    hub_repository(hub, "org/Tiny-GGUF", {"Tiny-Q4_0.gguf": data, "README.md": b"text"})

    library = scan(environment(tmp_path))

    assert rows(library) == [
        ("Tiny", "hugging_face", "org/Tiny-GGUF", ""),
        ("Tiny", "hugging_face", "org/Tiny-GGUF@bbbbbbb", ""),
    ]
    assert library.files[0].sha256 == sha256(data)
    assert library.files[0].path.parent.name == COMMIT


def test_an_older_revision_of_the_same_blob_is_no_row_of_its_own(tmp_path: Path):
    data = gguf_bytes("same")
    hub = hub_of(tmp_path)
    hub_repository(hub, "org/Tiny", {"Tiny.gguf": data}, commit=OLDER_COMMIT, is_main=False)
    hub_repository(hub, "org/Tiny", {"Tiny.gguf": data})

    (model,) = scan(environment(tmp_path)).files

    assert (model.stored_as, places(model)) == ("org/Tiny", [])


def test_the_hash_of_a_shared_blob_is_the_name_of_the_first_link(tmp_path: Path):
    data = gguf_bytes("shared")
    hub = hub_of(tmp_path)
    hub_repository(hub, "one/Tiny", {"Tiny.gguf": data}, shared=True)
    hub_repository(hub, "two/Copy", {"Copy.gguf": data}, shared=True)

    (model,) = scan(environment(tmp_path)).files

    assert model.sha256 == sha256(data)
    assert (model.stored_as, places(model)) == ("one/Tiny", [("hugging_face", "two/Copy")])


def test_files_without_links_have_no_hash(tmp_path: Path):
    hub = tmp_path / "hub"
    hub_repository(hub, "org/Tiny", {"Tiny.gguf": gguf_bytes("plain")}, links=False)

    (model,) = scan(environment(tmp_path, "windows", HF_HUB_CACHE=str(hub))).files

    assert (model.name, model.sha256) == ("Tiny", "")


def test_the_root_follows_the_variables_in_their_order(tmp_path: Path):
    for name in ("cache/huggingface/hub", "home/hub", "old", "new"):
        hub_repository(tmp_path / name, "org/Tiny", {f"{Path(name).name}-of.gguf": gguf_bytes(name)})
    variables = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    expected = [("HF_HOME", "home", "hub-of"), ("HUGGINGFACE_HUB_CACHE", "old", "old-of")]
    expected.append(("HF_HUB_CACHE", "new", "new-of"))
    assert scan(environment(tmp_path, **variables)).files[0].path.is_relative_to(tmp_path / "cache")

    for variable, folder, name in expected:
        variables[variable] = str(tmp_path / folder)
        assert [model.name for model in scan(environment(tmp_path, **variables)).files] == [name]


def test_a_partial_download_is_a_row_with_the_reason_only_if_it_is_a_model(tmp_path: Path):
    repository = hub_of(tmp_path) / "models--org--Big-GGUF"
    blob = "c" * 64
    write(repository / "blobs" / f"{blob}.0123abcd.incomplete", gguf_bytes("x")[:3000])
    write(repository / "blobs" / f"{'d' * 64}.incomplete", b"\x00" * 100)

    library = scan(environment(tmp_path))

    unfinished = "This is a part of a download that did not finish (Hugging Face cache)"
    assert rows(library) == [("Big", "hugging_face", "org/Big-GGUF", unfinished)]


def test_a_file_name_that_says_nothing_is_replaced_by_the_repository(tmp_path: Path):
    files = {"Q4_K_M.gguf": gguf_bytes("ignored"), "mmproj-model-f16.gguf": projector_bytes()}
    hub_repository(hub_of(tmp_path), "org/Köttbullar-模型-GGUF", files)

    projector, model = scan(environment(tmp_path)).files[::-1] if False else scan(environment(tmp_path)).files

    assert {projector.name, model.name} == {"Köttbullar-模型", "mmproj-model"}
    assert next(file for file in (projector, model) if file.kind).kind == "mmproj"


def test_a_split_model_in_a_folder_of_a_snapshot_is_one_row(tmp_path: Path):
    from tests.gguf_files import write_split

    shards = write_split(tmp_path, "Big-Q8_0", 2)
    files = {f"Q8_0/{path.name}": path.read_bytes() for path in shards}
    hub_repository(hub_of(tmp_path), "org/Big", files)

    (model,) = scan(environment(tmp_path)).files

    assert (model.name, len(model.shards), model.error, model.sha256) == ("Big", 2, None, "")


def test_dead_links_loops_and_other_repositories_do_no_harm(tmp_path: Path):
    hub = hub_of(tmp_path)
    snapshot = hub_repository(hub, "org/Tiny", {"Tiny.gguf": gguf_bytes("x")})
    (snapshot / "gone.gguf").symlink_to(Path("../../blobs") / ("e" * 64))
    (snapshot / "loop").symlink_to(snapshot)
    (snapshot / "round.gguf").symlink_to("round.gguf")
    write(hub / "datasets--org--words" / "snapshots" / COMMIT / "a.gguf", gguf_bytes("data"))
    write(hub / "blobs" / "ab" / "cd.gguf", gguf_bytes("no name"))

    library = scan(environment(tmp_path))

    assert [(name, error) for name, _store, _repository, error in rows(library)] == [
        ("gone", "The link leads nowhere"),
        ("round", "The file cannot be opened: its links lead in a circle"),
        ("Tiny", ""),
    ]
