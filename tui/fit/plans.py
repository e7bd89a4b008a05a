"""What the engine told in dry runs, remembered from one start to the next."""

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
"""Of the file; another one is not read."""
_LIMIT = 20_000
"""Plans that are kept, the newest."""


class Sized(msgspec.Struct, frozen=True):
    """A footprint, or None and the reason."""

    footprint: Footprint | None
    reason: Reason | None = None


class _Stored(msgspec.Struct, frozen=True):
    format: int
    build: str | None
    plans: dict[str, Footprint]
    vocabularies: dict[str, int]
    gpu_offload: bool | None = None


class Plans:
    """Plans by model and settings, and bytes by vocabulary, of one build of the engine."""

    def __init__(self, build: str | None, file: Path | None) -> None:
        """`file` keeps them; None keeps them for the life of this object."""
        self._build = build
        self._file = file
        stored = _read(file, build) if file else None
        self._plans = {key: Sized(plan) for key, plan in stored.plans.items()} if stored else {}
        self.vocabularies: dict[str, int] = dict(stored.vocabularies) if stored else {}
        """Bytes that a vocabulary takes, by what tells it from others (`ModelFile.vocabulary`)."""
        self.gpu_offload = stored.gpu_offload if stored else None
        """Whether the build can use a GPU; None until it has said so."""
        self._dirty = False

    def get(self, key: str) -> Sized | None:
        """What the engine said, None when it has not been asked."""
        return self._plans.get(key)

    def put(self, key: str, sized: Sized) -> None:
        """Remember an answer."""
        self._plans[key] = sized
        self._dirty = True

    def put_vocabulary(self, vocabulary: str, size_bytes: int) -> None:
        """Remember what a vocabulary takes."""
        self.vocabularies[vocabulary] = size_bytes
        self._dirty = True

    def put_gpu_offload(self, able: bool) -> None:
        """Remember whether the build can use a GPU."""
        self._dirty |= able != self.gpu_offload
        self.gpu_offload = able

    def save(self) -> None:
        """Write them down, if there are new ones; a disk that refuses costs only the memory."""
        if self._file is None or not self._dirty:
            return
        # A refusal is asked again next time: the file or the machine may have been mended.
        told = {key: sized.footprint for key, sized in self._plans.items() if sized.footprint}
        newest = dict(list(told.items())[-_LIMIT:])
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
    """What a plan depends on besides the build: the file, or shape and quantization, and the settings."""
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
