"""Models and fits to fill the list and the detail pane with."""

from pathlib import Path

from tests.fit.machines import UNIFIED_NAME
from tui.engine.footprint import Footprint
from tui.fit.verdict import Fit, Pool, Verdict
from tui.models.model import CatalogueEntry, Model, ModelFile, Shape
from tui.sentences import Reason, reason
from tui.units import GIB

POOL = Pool(UNIFIED_NAME, "unified", 8 * GIB, 5 * GIB, GIB // 2)
HAS_ROOM = reason("fit.fits", need=3 * GIB, free=5 * GIB, pool=UNIFIED_NAME)


def shape(parameters: int | None = 3_200_000_000, context: int = 131072) -> Shape:
    """A Llama of 28 layers."""
    return Shape("llama", 28, 3072, 8192, 24, (8,) * 28, 128, 128, 128256, context, parameters=parameters)


def entry(name: str, publisher: str = "Meta", license: str = "llama3.2") -> CatalogueEntry:
    languages, quants = ("en", "de"), ("Q4_K_M",)
    use = "Chat on a small machine."
    where = f"someone/{name}-GGUF"
    return CatalogueEntry(
        name, publisher, license, "2024-09", use, languages, shape(), quants, quants[0], where
    )


def model_file(
    name: str, quant: str, error: Reason | None = None, known_shape: Shape | None = None
) -> ModelFile:
    path = Path(f"/models/{name}-{quant}.gguf")
    return ModelFile(
        path,
        (path,),
        GIB,
        0,
        name,
        quant,
        "own",
        GIB,
        known_shape,
        None,
        chat_template=True,
        error=error,
    )


def model(
    name: str,
    quant: str = "Q4_K_M",
    is_local: bool = False,
    weights: int = GIB,
    error: Reason | None = None,
    **facts: str,
) -> Model:
    """A model of the catalogue, or on the disk when `here`; `error` makes it a file that cannot be used."""
    known_shape = None if error else shape()
    file = model_file(name, quant, error, known_shape) if is_local or error else None
    return Model(name, quant, weights, known_shape, file, entry(name, **facts))


def fit(
    verdict: Verdict = Verdict.FITS,
    total: float = 2.93,
    source: str = "engine",
    context: int = 8192,
    kv_type: str = "f16",
    max_context: int | None = 24576,
    why: Reason = HAS_ROOM,
) -> Fit:
    """A verdict for a footprint of `total` GiB."""
    size = int(total * GIB)
    parts = Footprint(
        size * 6 // 10,
        size * 2 // 10,
        size // 10,
        size - size * 6 // 10 - size * 2 // 10 - size // 10,
        source,
    )
    return Fit(verdict, why, parts, POOL, max_context, context, kv_type)


def many(count: int) -> tuple[list[Model], dict[str, Fit]]:
    """A list of `count` models with all verdicts among them."""
    verdicts = list(Verdict)
    models = [model(f"Model-{number:03d}-Instruct", is_local=number % 7 == 0) for number in range(count)]
    return models, {
        model.key: fit(verdicts[n % len(verdicts)], total=1 + n / 10) for n, model in enumerate(models)
    }


FITS = model("small", is_local=False, weights=GIB)
FITS_HERE = model("tiny", is_local=True, weights=GIB // 4)
TIGHT = model("medium", weights=4 * GIB)
TOO_BIG = model("huge", weights=40 * GIB)
UNSIZED = model("new")
BROKEN = model("broken", error=reason("models.header_cut_off", byte=9))
ALL = [UNSIZED, BROKEN, TOO_BIG, TIGHT, FITS, FITS_HERE]
ALL_FITS = {
    FITS.key: fit(Verdict.FITS, 1.3),
    FITS_HERE.key: fit(Verdict.FITS, 0.4),
    TIGHT.key: fit(Verdict.TIGHT, 5.2),
    TOO_BIG.key: fit(Verdict.TOO_BIG, 42),
}
