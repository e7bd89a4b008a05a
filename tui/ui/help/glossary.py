"""Glossary of the help: verdicts, signs and terms in plain sentences."""

import msgspec

from tui.fit.speed_words import ESTIMATED, MEASURED
from tui.fit.verdict import Verdict
from tui.i18n import _
from tui.services.model_columns import NOT_ON_DISK, ON_DISK, SLOW, SUPERSEDED
from tui.ui.gauges.bar import CEILING, MARK
from tui.ui.gauges.memory.lines import CACHE_GLYPH
from tui.ui.gauges.stacked_bar import PARTS
from tui.ui.kit.keyboard.names import help_with_keys
from tui.ui.models.column_layout import LOADED, MARKED
from tui.ui.models.quant_lines import CURRENT


class Term(msgspec.Struct, frozen=True):
    """A word or sign on the screen, and its meaning."""

    word: str
    meaning: str


def verdict_meaning(verdict: Verdict) -> str:
    """Return the meaning of a verdict in one sentence."""
    return {
        Verdict.FITS: _("Runs now, all of it in the fastest memory, and the system keeps its reserve."),
        Verdict.TIGHT: _("This machine can hold it, but not with what is open now, or with little to spare."),
        Verdict.SPLIT: _("Part of it runs on the GPU and the rest on the CPU, which is slower."),
        Verdict.ELSEWHERE: _("It runs at another place, such as a server, and takes no memory here."),
        Verdict.TOO_BIG: _("This machine cannot hold it with these settings."),
        Verdict.NO_CHAT: _(
            "The file is no model that chats, but an embedding model or a part of one, for instance; the "
            "detail pane shows what it is."
        ),
        Verdict.UNKNOWN: _("The file cannot be read or sized; the detail pane shows the reason."),
    }[verdict]


def sign_terms() -> tuple[Term, ...]:
    """Return the signs on the screen with their meanings."""
    return (
        Term(ON_DISK, _("The file is on this disk and can be loaded.")),
        Term(NOT_ON_DISK, _("Known from the catalogue; no file of it was found on this disk.")),
        Term(SUPERSEDED, _("Behind a name: a newer model of the catalogue has taken its place.")),
        Term(SLOW, _("Before a speed: slower than people read.")),
        Term(LOADED, _("This model is loaded now.")),
        Term(
            MARKED,
            help_with_keys(
                _(
                    "In the list, a model that is marked to be compared ({models.mark}, then "
                    "{models.compare})."
                )
            ),
        ),
        Term(CURRENT, _("In the table of quantizations, the current one.")),
        Term(MARK, _("On a gauge, the memory in use if the highlighted model were loaded.")),
        Term(CEILING, _("On the memory gauge, the most memory that the GPU can use.")),
        Term(
            "".join(look.glyph for look in PARTS),
            _("Memory of the engine: weights, KV cache, compute buffers, and its process."),
        ),
        Term(CACHE_GLYPH, _("On the memory gauge, cache that the system gives back on demand.")),
        Term(ESTIMATED, _("Estimated by formula. Without a sign, the engine itself gave the size.")),
        Term(
            MEASURED,
            _("Ran here with these settings. The size is still predicted; the detail has the measured one."),
        ),
    )


def glossary() -> tuple[Term, ...]:
    """Return the terms, each explained in about two sentences."""
    return (
        Term(
            _("Footprint"),
            _(
                "All the memory a model takes while it answers: weights, KV cache, compute buffers, "
                "and the engine's process. Predicted is all that it may take; measured is the largest size "
                "so far, without what no prompt has needed yet."
            ),
        ),
        Term(
            _("Context"),
            _(
                "How much text the model can see at once, counted in tokens; a token is about three "
                "quarters of an English word. A longer context takes more memory."
            ),
        ),
        Term(
            _("KV cache"),
            _(
                "What the model remembers of the text so far, so that it need not read it again. It "
                "grows with the context; q8_0 takes about half and q4_0 about a quarter of "
                "f16, at some cost in quality."
            ),
        ),
        Term(
            _("Quantization"),
            _(
                "The weights stored in fewer bits, named in the file: Q4_K_M takes about five bits a "
                "weight, F16 sixteen. Fewer bits take less memory and run faster, and answer a little "
                "less well."
            ),
        ),
        Term(
            _("VRAM and unified memory"),
            _(
                "VRAM is the graphics card's own memory, the fastest place for a model. On Apple "
                "computers and with graphics built into the processor, the GPU shares the system's "
                "memory, so it is counted once."
            ),
        ),
        Term(
            _("tok/s and first token"),
            _(
                "Tokens generated in a second; around ten is faster than most people read. The time to "
                "first token is how long the model reads your prompt before it starts to answer."
            ),
        ),
        Term(
            _("Turn"),
            _("A question with its answers. When the context is full, whole turns are left out."),
        ),
        Term(
            _("Cached, in the cache"),
            _(
                "The part of a prompt that is in the KV cache already, so that it is not read again. The "
                "beginning of a prompt stays there as long as it does not change."
            ),
        ),
        Term(
            _("Chat template"),
            _(
                "A small program in the model's file that writes a conversation as the model expects it. If "
                "there is none or it fails, the model reads a plain transcript: each message with its author."
            ),
        ),
        Term(
            _("Thinking"),
            _(
                "Text that some models write for themselves before they answer. It is folded, counted, and "
                "not sent again with later questions."
            ),
        ),
        Term(
            _("Layers and experts"),
            _(
                "A model is a row of layers, and each can be on the GPU or in RAM. In a mixture of experts "
                "a layer has many small parts, and a token needs only a few of them: those are the active "
                "parameters."
            ),
        ),
        Term(
            _("Reserve and pressure"),
            _(
                "The reserve is memory that is left to the system when a verdict is made. Pressure says "
                "how long programs had to wait for memory just now: low, some, or high."
            ),
        ),
        Term(
            _("Prompt and generation"),
            _(
                "First the model reads the prompt, which is everything that is sent to it, many tokens at "
                "once. Then it generates the answer one token after another, which is slower."
            ),
        ),
    )
