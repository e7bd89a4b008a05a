"""Entries of a catalogue, right and wrong."""

import re
from pathlib import Path

from tui.models.catalogue.catalogue import Catalogue, load_catalogue, load_catalogues
from tui.sentences import Fact, Reason
from tui.services.sentences import sentence

SHIPPED = load_catalogue()
RETIRED = Path(__file__).with_name("retired.toml")
"""Entries of kinds of models that the shipped catalogue no longer has."""
ALL_KINDS = load_catalogues(own=RETIRED)
"""The shipped catalogue with them."""

GOOD = """[[model]]
name = "Llama-3.2-1B-Instruct"
publisher = "Meta"
license = "llama3.2"
released = "2024-09"
use = "Summaries on an old laptop."
languages = ["en", "es"]
repository = "someone/Llama-3.2-1B-Instruct-GGUF"
quants = ["Q8_0", "Q4_K_M"]
default_quant = "Q4_K_M"
parameters = 1_235_814_400
architecture = "llama"
layers = 16
embedding = 2048
feed_forward = 8192
heads = 32
kv_heads = 8
key_length = 64
vocabulary = 128256
context = 131072
tied = true
"""


def named(name: str, text: str = GOOD) -> str:
    return text.replace("Llama-3.2-1B-Instruct", name)


def changed(key: str, value: str) -> str:
    """The good entry with one line of it written differently."""
    text, count = re.subn(rf"^{key} = .*$", lambda _: f"{key} = {value}", GOOD, flags=re.M)
    return text if count else f"{GOOD}{key} = {value}\n"


def loaded(folder: Path, text: str | bytes) -> Catalogue:
    path = folder / "models.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_catalogue(path)


def words(fact: Fact) -> str:
    return sentence(fact) if isinstance(fact, Reason) else str(fact)
