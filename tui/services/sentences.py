"""The sentences of every room below the front ends, in one table."""

from collections.abc import Callable, Iterable

from tui.chat.sentences import SENTENCES as CHAT
from tui.engine.sentences import SENTENCES as ENGINE
from tui.fit.sentences import SENTENCES as FIT
from tui.hardware.sentences import SENTENCES as HARDWARE
from tui.i18n import N_
from tui.models.sentences import SENTENCES as MODELS
from tui.sentences import Reason, Table, no_key, sentence_from
from tui.settings.sentences import SENTENCES as SETTINGS

_SERVICES: Table = {
    # The engine host
    "services.choose_model_again": N_("Choose it in the list to load it again."),
    "services.engine_disobeyed": N_("The engine did not stop when it was told to, so its process was ended."),
    "services.load_again": N_("Load the model again."),
    "services.choose_model": N_("Choose one in the list."),
    # The memory guard
    "services.memory_short": N_(
        "The engine was ended to keep the machine usable: only {free:bytes} of memory was left."
    ),
    "services.free_memory": N_("Close other programs, or choose a shorter context or a smaller model."),
}

_TABLE: Table = {**SETTINGS, **MODELS, **ENGINE, **HARDWARE, **FIT, **CHAT, **_SERVICES}


def sentence(why: Reason, key_of: Callable[[str], str] = no_key) -> str:
    """Return the sentence of a reason in the user's language; see `tui.sentences.sentence_from`."""
    return sentence_from(_TABLE, why, key_of)


def sentences(reasons: Iterable[Reason], key_of: Callable[[str], str] = no_key) -> str:
    """Return the sentences of reasons one after another, such as of a failure and what to do."""
    return " ".join(sentence(why, key_of) for why in reasons)


def json_fields(key: str, why: Reason | None) -> dict[str, str | None]:
    """Return a reason for JSON: its sentence under `key` and its code under `key` with `_code`."""
    return {
        key: None if why is None else sentence(why),
        f"{key}_code": None if why is None else why.code,
    }
