"""Cache of the engine's dry runs, kept in a file from one start to the next."""

import hashlib
import logging
from pathlib import Path

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.models.model import Model
from tui.sentences import Reason

log = logging.getLogger(__name__)

_FORMAT = 3
"""Format of the file; a file of another one is not read."""
_LIMIT = 20_000
"""Number of plans that are kept, the newest."""


class Sized(msgspec.Struct, frozen=True):
    """Footprint of a model, or None and the reason."""

    footprint: Footprint | None
    reason: Reason | None = None


class _Stored(msgspec.Struct, frozen=True):
    format: int
    build: str | None
    plans: dict[str, Footprint]
    vocabularies: dict[str, int]
    gpu_offload: bool | None = None


class Plans:
    """Plans by model and settings, and bytes by vocabulary, for one build of the engine."""

    def __init__(self, build: str | None, file: Path | None) -> None:
        """Read the plans of `file`; None keeps them for the life of this object only."""
        self._build = build
        self._file = file
        stored = _read(file, build) if file else None
        self._plans = {key: Sized(plan) for key, plan in stored.plans.items()} if stored else {}
        self.vocabularies: dict[str, int] = dict(stored.vocabularies) if stored else {}
        """Bytes that a vocabulary takes, by its digest (`ModelFile.vocabulary`)."""
        self.gpu_offload = stored.gpu_offload if stored else None
        """True if the build can use a GPU; None until it has said so."""
        self._dirty = False

    def get(self, key: str) -> Sized | None:
        """Return the engine's answer; None when it has not been asked."""
        return self._plans.get(key)

    def put(self, key: str, sized: Sized) -> None:
        """Remember an answer."""
        self._plans[key] = sized
        self._dirty = True

    def put_vocabulary(self, vocabulary: str, size_bytes: int) -> None:
        """Remember the bytes that a vocabulary takes."""
        self.vocabularies[vocabulary] = size_bytes
        self._dirty = True

    def put_gpu_offload(self, gpu_offload: bool) -> None:
        """Remember whether the build can use a GPU."""
        self._dirty |= gpu_offload != self.gpu_offload
        self.gpu_offload = gpu_offload

    def save(self) -> None:
        """Write the plans to the file, if there are new ones; a failure costs only the cache."""
        if self._file is None or not self._dirty:
            return
        # A refusal is asked again next time: the file or the machine may have been mended.
        footprints = {key: sized.footprint for key, sized in self._plans.items() if sized.footprint}
        newest = dict(list(footprints.items())[-_LIMIT:])
        stored = _Stored(_FORMAT, self._build, newest, self.vocabularies, self.gpu_offload)
        partial = self._file.with_suffix(".partial")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(msgspec.json.encode(stored))
            partial.replace(self._file)
            self._dirty = False
        except OSError as error:
            log.warning("plans not kept: %s", error)


def plan_key(model: Model, settings: LoadSettings) -> str:
    """Return the key of a plan: the file, or shape and quantization, and the settings."""
    if model.source is not None:
        source = f"{model.source.path}|{model.source.size_bytes}|{model.source.modified_ns}"
    else:
        shape = hashlib.sha1(msgspec.json.encode(model.shape), usedforsecurity=False).hexdigest()
        source = f"{shape}|{model.quant}"
    # Threads move no memory.
    options = msgspec.structs.replace(settings, threads=0)
    return source + "|" + "|".join(map(str, msgspec.structs.astuple(options)))


def _read(file: Path, build: str | None) -> _Stored | None:
    try:
        stored = msgspec.json.decode(file.read_bytes(), type=_Stored)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        log.info("plans not read: %s", error)
        return None
    return stored if (stored.format, stored.build) == (_FORMAT, build) else None
