"""LM Studio: its home, its folder of models, and links out of it."""

import json
from pathlib import Path

from tests.models.stores.trees import (
    embedding_bytes,
    environment,
    gguf_bytes,
    projector_bytes,
    rows,
    scan,
    write,
)


def test_lists_publisher_and_repository_with_projectors_and_bundled_models(tmp_path: Path):
    home = tmp_path / ".lmstudio"
    write(home / "models/org/Tiny-GGUF/Tiny-Q4_0.gguf", gguf_bytes("tiny"))
    write(home / "models/org/Tiny-GGUF/mmproj-Tiny.gguf", projector_bytes())
    write(home / "models/org/Mlx/model.safetensors", b"weights")
    write(home / "models/模型/Großes Modell/model.gguf", gguf_bytes("ignored"))
    write(home / ".internal/bundled-models/nomic/embed/embed.gguf", embedding_bytes())
    write(home / "hub/models/org/tiny/model.yaml", "base: org/Tiny-GGUF")

    library = scan(environment(tmp_path))

    assert rows(library) == [
        ("embed", "lm_studio", "nomic/embed", "This is an embedding model; it does not write text"),
        ("Großes Modell", "lm_studio", "模型/Großes Modell", ""),
        (
            "mmproj-Tiny",
            "lm_studio",
            "org/Tiny-GGUF",
            "This is the vision or audio part of a model; it is not a language model by itself",
        ),
        ("Tiny", "lm_studio", "org/Tiny-GGUF", ""),
    ]


def test_the_pointer_file_the_older_home_and_the_settings_are_followed(tmp_path: Path):
    write(tmp_path / ".cache/lm-studio/models/a/b/older.gguf", gguf_bytes("older"))
    assert [model.name for model in scan(environment(tmp_path)).files] == ["older"]

    write(tmp_path / ".lmstudio-home-pointer", f"{tmp_path / 'moved'}\n")
    write(tmp_path / "moved/models/a/b/moved.gguf", gguf_bytes("moved"))
    assert [model.name for model in scan(environment(tmp_path)).files] == ["moved"]

    write(tmp_path / "moved/settings.json", json.dumps({"downloadsFolder": str(tmp_path / "disk"), "x": 1}))
    write(tmp_path / "disk/a/b/disk.gguf", gguf_bytes("disk"))
    assert [model.name for model in scan(environment(tmp_path)).files] == ["disk"]
    # AND nothing but the settings of LM Studio decides
    write(tmp_path / "moved/settings.json", "{broken")
    assert [model.name for model in scan(environment(tmp_path)).files] == ["moved"]


def test_links_out_of_the_store_are_followed_and_loops_end(tmp_path: Path):
    models = tmp_path / ".lmstudio" / "models"
    outside = write(tmp_path / "disk" / "repo" / "Outside.gguf", gguf_bytes("outside"))
    (models / "org").mkdir(parents=True)
    (models / "org" / "repo").symlink_to(outside.parent)
    (models / "org" / "loop").symlink_to(models)

    assert rows(scan(environment(tmp_path))) == [("Outside", "lm_studio", "org/repo", "")]
