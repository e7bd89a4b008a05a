"""What a quantization loses: figures as published, and nothing where nothing was."""

import itertools
import math

import pytest

from tui.models.quality_loss import LOSS_STEPS, LOSSES, loss_word, quality
from tui.models.quantizations import QUANTS


@pytest.mark.parametrize("quant", QUANTS)
def test_every_quantization_has_a_figure_or_a_reason(quant: str):
    loss = quality(quant)
    assert (loss.kl_divergence is None) == (loss.perplexity_change is None)
    assert (loss.kl_divergence is None) == bool(loss.reason)


# "LLaMA 2 vs. LLaMA 3 Quantization comparison" of the same page: mean PPL ratio and mean KLD of Llama 3 8B.
@pytest.mark.parametrize(
    ("quant", "ratio", "divergence"),
    [
        ("Q2_K", 1.564849, 0.445132),
        ("Q4_K_M", 1.028160, 0.031273),
        ("Q6_K", 1.003490, 0.005452),
        ("Q8_0", 1.000425, 0.001355),
    ],
)
def test_the_figures_agree_with_the_second_table_of_their_source(quant, ratio, divergence):
    loss = quality(quant)
    assert loss.perplexity_change == pytest.approx(ratio - 1, abs=2e-6)
    assert loss.kl_divergence == divergence


def test_importance_matrix_lowers_the_loss_and_is_mentioned():
    plain, only_guided = quality("Q4_K_M"), quality("IQ4_XS")
    assert (plain.imatrix, plain.imatrix_kl_divergence) == (False, 0.028152)
    assert (only_guided.imatrix, only_guided.kl_divergence) == (True, 0.036334)
    for quant in QUANTS:
        loss = quality(quant)
        if loss.kl_divergence is not None and loss.imatrix_kl_divergence is not None:
            assert loss.imatrix_kl_divergence <= loss.kl_divergence


def test_unmeasured_loss_is_unknown():
    for quant in ("MXFP4", "Q4_K_XL", "", "Q9"):
        loss = quality(quant)
        assert (loss.kl_divergence, loss.word) == (None, None)
        assert loss.reason


def test_full_precision_loses_nothing_though_no_figure_says_so():
    assert [quality(quant).word for quant in ("F32", "BF16", "F16")] == ["none"] * 3
    assert quality("F32").kl_divergence is None


def test_loss_words_grow_with_the_divergence():
    assert [word for _below, word in LOSS_STEPS] == list(LOSSES)
    steps = [below for below, _word in LOSS_STEPS]
    assert steps == sorted(steps)
    for (below, word), (_more, worse) in itertools.pairwise(LOSS_STEPS):
        assert loss_word(math.nextafter(below, 0)) == word
        assert loss_word(below) == worse


def test_fewer_bits_lose_more_within_a_family():
    family = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"]
    lost = [quality(quant).kl_divergence or 0 for quant in family]
    assert lost == sorted(lost)
    ranks = [LOSSES.index(quality(quant).word or "none") for quant in family]
    assert ranks == sorted(ranks)
    assert ranks[0] < ranks[-1]
