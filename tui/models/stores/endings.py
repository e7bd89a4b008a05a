"""Endings of the names of model files, and of files that are still being downloaded."""

_MODEL_ENDINGS = (".gguf", ".llamafile", ".llamafile.exe")
PARTIAL_ENDINGS = (
    ".part",
    ".partial",
    ".incomplete",
    ".download",
    ".downloadinprogress",
    ".crdownload",
    ".tmp",
)
"""Endings that programs put behind the name of a file while they download it."""


def is_model_name(name: str) -> bool:
    """Return True for the name of a model file."""
    return name.lower().endswith(_MODEL_ENDINGS)


def is_partial_name(name: str) -> bool:
    """Return True for the name of a model file that is being downloaded, or was once."""
    name = name.lower()
    return name.endswith(PARTIAL_ENDINGS) and ".gguf" in name


def finished_name(name: str) -> str:
    """Return the name that a file will have once its download has finished."""
    end = name.lower().rfind(".gguf")
    return name[: end + len(".gguf")] if is_partial_name(name) else name


def may_be_model(name: str) -> bool:
    """Return True for the name of a model file, or of one that is being downloaded."""
    return is_model_name(name) or is_partial_name(name)
