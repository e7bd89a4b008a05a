"""Processors by the name that people call them: `Core i7-13700K` of `13th Gen Intel(R) Core(TM) i7-13700K`.

Makers add their marks, the generation, the clock, the number of cores and the graphics to it; the model,
which is what matters, would be what a narrow gauge cuts off.
"""

import re

from tui.text import clean_line

_MARKS = re.compile(r"\((?:r|tm)\)|[®™]", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_MADE = re.compile(r"\b(?:intel|amd|ampere|qualcomm|snapdragon|hygon|zhaoxin)\b", re.IGNORECASE)
"""Makers whose names hold more than the model; those of others, such as virtual machines, are left alone."""
_CUTS = (
    r"\s*@.*$",
    r"^\d+th gen\s+",
    r"^genuine\s+",
    r"\s+(?:apu\s+)?(?:w/|with)\s.*$",
    r"\s*\(with\s.*$",
    r"\s+-\s+qualcomm\b.*$",
    r"\b(?:\d+|dual|triple|quad|six|eight|twelve|sixteen)-cores?\b",
    r"\b(?:cpu|processor)\b",
)
"""Parts that are left out, in this order."""
_CUT = tuple(re.compile(cut, re.IGNORECASE) for cut in _CUTS)
_MAKER = re.compile(
    r"^(?:intel (?=core|xeon|celeron|pentium|atom)|amd (?=ryzen|epyc|athlon|opteron|phenom|sempron))",
    re.IGNORECASE,
)
"""A maker's name before a family that is nobody else's."""
_SHOUTED = re.compile(r"\b(?:INTEL|XEON|CORE|PLATINUM|GOLD|SILVER|BRONZE|RYZEN|MAX|ULTRA)\b")
_REVISION = re.compile(r"\s+Rev\s+[\d.]+$")
"""Of a board, as a device tree names it: `Raspberry Pi 5 Model B Rev 1.0`."""


def short_cpu_name(name: str) -> str:
    """A processor's family and model, on one line; a name that holds no more than that stays as it is."""
    line = clean_line(name)
    text = _SPACES.sub(" ", _MARKS.sub(" ", line)).strip()
    if text.startswith("Neoverse-"):
        return text.replace("-", " ", 1)
    if not _MADE.search(text):
        return _REVISION.sub("", text).partition(" @")[0] or line
    for cut in _CUT:
        text = cut.sub(" ", text)
    text = text.replace(" - ", " ").replace(" -", "-")
    text = _SHOUTED.sub(lambda word: word[0].title(), _SPACES.sub(" ", text).strip())
    return _MAKER.sub("", text) or line
