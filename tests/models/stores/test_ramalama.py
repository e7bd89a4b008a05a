"""RamaLama: references by tag, with blobs and snapshots of links."""

import json
from pathlib import Path

import msgspec

from tests.models.stores.trees import environment, gguf_bytes, projector_bytes, rows, scan, sha256, write


def model(store: Path, path: str, tag: str, files: dict[str, tuple[str, bytes]]) -> None:
    """One tag of a model; `files` are kind and content by name."""
    folder = store / path
    records: list[dict[str, str]] = []
    for name, (kind, data) in files.items():
        blob = write(folder / "blobs" / f"sha256-{sha256(data)}", data)
        link = folder / "snapshots" / "sha256-1234" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("../../blobs") / blob.name)
        records.append({"hash": f"sha256:{sha256(data)}", "name": name, "type": kind})
    write(
        folder / "refs" / f"{tag}.json",
        json.dumps({"hash": "sha256:1234", "files": records, "version": "v1"}),
    )


def test_names_have_source_and_tag_and_links_are_preferred(tmp_path: Path):
    store = tmp_path / ".local/share/ramalama/store"
    data = gguf_bytes("x")
    files = {
        "smollm": ("gguf", data),
        "mm": ("mmproj", projector_bytes()),
        "t": ("chat_template", b"{{ x }}"),
    }
    model(store, "ollama/library/smollm", "135m", files)
    model(store, "huggingface/org/Deep/Tiny", "latest", {"Tiny-Q4_0.gguf": ("gguf", gguf_bytes("y"))})
    write(store / "ollama/library/smollm/blobs/sha256-00.partial", b"")
    write(store / "ollama/library/smollm/refs/broken.json", "{")

    library = scan(environment(tmp_path))

    assert [(name, there, bool(error)) for name, _store, there, error in rows(library)] == [
        ("smollm", "ollama://library/smollm", True),
        ("smollm:135m", "ollama://library/smollm:135m", False),
        ("smollm:135m", "ollama://library/smollm:135m", True),
        ("Tiny:latest", "huggingface://org/Deep/Tiny:latest", False),
    ]
    good = next(file for file in library.files if file.error is None and file.name == "smollm:135m")
    assert (good.path.parent.name, good.sha256) == ("sha256-1234", sha256(data))


def test_its_configuration_and_its_administrator_have_other_roots(tmp_path: Path):
    for folder in ("chosen", "root/var/lib/ramalama"):
        model(tmp_path / folder / "store", "file/x", "latest", {"x.gguf": ("gguf", gguf_bytes(folder))})
    administrator = msgspec.structs.replace(environment(tmp_path), is_superuser=True)
    (file,) = scan(administrator).files
    assert file.path.is_relative_to(tmp_path / "root")

    write(tmp_path / ".config/ramalama/ramalama.conf", f'[ramalama]\nstore = "{tmp_path / "chosen"}"\n')
    (file,) = scan(environment(tmp_path)).files
    assert file.path.is_relative_to(tmp_path / "chosen")
