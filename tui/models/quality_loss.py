"""Quality that a quantization loses, as llama.cpp measured it.

Source: llama.cpp, tools/perplexity/README.md, "LLaMA 3 8b Scoreboard", whose own revision is f364eb6f:
Llama 3 8B on the test set of Wikitext-2, each file against F16. Two metrics: the mean Kullback–Leibler
divergence of the next token's probabilities, in nats, and the perplexity. The figures stand here as
published; a figure that was not published is None, never a value between its neighbours. They are of one
model: smaller models lose more.
"""

from typing import Literal, NamedTuple, get_args

import msgspec

from tui.sentences import Reason, reason

Loss = Literal["none", "hardly any", "a little", "noticeable", "much", "severe"]
"""Grade of the loss. The words are keys of JSON; front ends translate them."""
LOSSES: tuple[Loss, ...] = get_args(Loss)
"""From none to severe."""

MODEL = "Llama 3 8B"
"""The model that was measured."""
SOURCE = "llama.cpp, tools/perplexity/README.md"
"""Publication of the figures."""

LOSS_STEPS: tuple[tuple[float, Loss], ...] = (
    (0.001, "none"),
    (0.01, "hardly any"),
    (0.05, "a little"),
    (0.15, "noticeable"),
    (0.3, "much"),
    (float("inf"), "severe"),
)
"""Each word holds below its KL divergence. The steps are ours: they part Q6_K, Q4_K_S, Q3_K_M and Q3_K_S."""


class PublishedLoss(NamedTuple):
    """One line of the published table."""

    perplexity: float
    difference: float
    """Perplexity minus that of F16."""
    kl_divergence: float


class Quality(msgspec.Struct, frozen=True):
    """Loss of a quantization against F16."""

    kl_divergence: float | None
    """Mean, in nats; 0 is no difference. None when no figure was published."""
    perplexity_change: float | None
    """Perplexity as a ratio to that of F16, less one: 0.028 is 2.8 % more."""
    word: Loss | None
    """None when nothing is known."""
    reason: Reason | None = None
    """Reason why there is no figure; None when there is one."""
    imatrix: bool = False
    """True when only files made with an importance matrix were measured, which lose less than others."""
    imatrix_kl_divergence: float | None = None
    """The same divergence of a file made with an importance matrix; None when that was not measured."""


# Without an importance matrix, then with one of 10 million tokens of Wikitext ("WT 10m").
_PLAIN = {
    "F16": PublishedLoss(6.233160, 0.001524, 0.000551),
    "Q8_0": PublishedLoss(6.234284, 0.002650, 0.001355),
    "Q6_K": PublishedLoss(6.253382, 0.021748, 0.005452),
    "Q5_K_M": PublishedLoss(6.288607, 0.056974, 0.010762),
    "Q5_K_S": PublishedLoss(6.336598, 0.104964, 0.016595),
    "Q5_1": PublishedLoss(6.337857, 0.106223, 0.018045),
    "Q5_0": PublishedLoss(6.363224, 0.131591, 0.022239),
    "Q4_K_M": PublishedLoss(6.407115, 0.175482, 0.031273),
    "Q4_K_S": PublishedLoss(6.500529, 0.268895, 0.043136),
    "Q4_1": PublishedLoss(6.682737, 0.451103, 0.071683),
    "Q4_0": PublishedLoss(6.700147, 0.468514, 0.071940),
    "Q3_K_L": PublishedLoss(6.787876, 0.556242, 0.087176),
    "Q3_K_M": PublishedLoss(6.888498, 0.656864, 0.101913),
    "Q3_K_S": PublishedLoss(7.863786, 1.632152, 0.228217),
    "Q2_K": PublishedLoss(9.751568, 3.519934, 0.445132),
}
_IMATRIX = {
    "Q4_K_M": PublishedLoss(6.382937, 0.151303, 0.028152),
    "Q4_K_S": PublishedLoss(6.409697, 0.178064, 0.031951),
    "IQ4_NL": PublishedLoss(6.455593, 0.223959, 0.035742),
    "IQ4_XS": PublishedLoss(6.459705, 0.228071, 0.036334),
    "Q3_K_L": PublishedLoss(6.671223, 0.439590, 0.073077),
    "Q3_K_M": PublishedLoss(6.734255, 0.502622, 0.084358),
    "IQ3_M": PublishedLoss(6.898327, 0.666694, 0.102534),
    "IQ3_S": PublishedLoss(6.965501, 0.733867, 0.111278),
    "IQ3_XS": PublishedLoss(7.163043, 0.931409, 0.138693),
    "IQ3_XXS": PublishedLoss(7.458436, 1.226803, 0.183625),
    "Q3_K_S": PublishedLoss(7.602878, 1.371244, 0.199821),
    "IQ2_M": PublishedLoss(8.600799, 2.369166, 0.325989),
    "Q2_K": PublishedLoss(8.647825, 2.416191, 0.332223),
    "Q2_K_S": PublishedLoss(9.323778, 3.092145, 0.403360),
    "IQ2_S": PublishedLoss(9.650781, 3.419148, 0.439197),
    "IQ2_XS": PublishedLoss(10.761424, 4.529791, 0.546290),
    "IQ2_XXS": PublishedLoss(14.091782, 7.860148, 0.812022),
    "IQ1_M": PublishedLoss(25.493722, 19.262089, 1.393084),
    "IQ1_S": PublishedLoss(60.694593, 54.462959, 2.254554),
}


def quality(quant: str) -> Quality:
    """Return the loss of this quantization; None and the reason where no figure was published.

    Where both were measured, the figure is that without an importance matrix: the name of a file does not
    say whether one was used, and the larger loss is the safe one to expect.
    """
    if quant in ("F32", "BF16"):
        return Quality(None, None, "none", reason("models.full_precision"))
    plain, guided = _PLAIN.get(quant), _IMATRIX.get(quant)
    figures = plain or guided
    if figures is None:
        return Quality(None, None, None, _no_figure(quant))
    return Quality(
        figures.kl_divergence,
        figures.difference / (figures.perplexity - figures.difference),
        loss_word(figures.kl_divergence),
        imatrix=plain is None,
        imatrix_kl_divergence=guided.kl_divergence if guided else None,
    )


def loss_word(kl_divergence: float) -> Loss:
    """Return the grade for a mean KL divergence in nats."""
    return next(word for limit, word in LOSS_STEPS if kl_divergence < limit)


def _no_figure(quant: str) -> Reason:
    if quant == "MXFP4":
        return reason("models.no_figure_mxfp4")
    return reason("models.no_figure")
