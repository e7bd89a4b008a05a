"""Keywords of the filter, in English and Spanish: the one table of the words that people use."""

import time
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec

from tui.fit.speed_words import pace_of
from tui.fit.verdict import Fit, Verdict
from tui.i18n import N_
from tui.models.model import CatalogueEntry, Model

NEW_MONTHS = 6
"""A model released in so many months before today is new."""
_SHORTEST_WORD = 4
"""Letters of a word of which the beginning is matched while it is typed."""


class Keyword(msgspec.Struct, frozen=True):
    """A property of a model that a filter can name."""

    topic: str
    """Heading in the manual; untranslated."""
    title: str
    """Its name where the filter says what it understood; untranslated."""
    words: tuple[str, ...]
    """Words for it, the English ones first, as they are written."""
    of_entry: Callable[[CatalogueEntry], bool] | None = None
    """True for a model of the catalogue that has the property; None where the catalogue does not say."""
    of_model: Callable[[Model, Fit | None], bool] | None = None
    """True for a model and its verdict that have the property; None where the catalogue says it."""
    language: str = ""
    """Code of the language that it names; empty for another property."""

    def holds(self, model: Model, fit: Fit | None) -> bool:
        """Return True for a model with the property; what is not known does not hold."""
        if self.of_model is not None:
            return self.of_model(model, fit)
        return model.entry is not None and self.of_entry is not None and self.of_entry(model.entry)


def fold(text: str) -> str:
    """Return a text without case and accents, for comparisons: `Español` is `espanol`."""
    text = text.casefold()
    if text.isascii():
        return text
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )


def _language(code: str, title: str, *spellings: str, has_code: bool = True) -> Keyword:
    """Return a language's keyword; the code is a word for it unless it means something else in a filter."""
    codes = (code,) if has_code else ()
    return Keyword(
        N_("languages"), title, (*spellings, *codes), lambda entry: entry.may_know(code), language=code
    )


def _use(use: str, title: str, *spellings: str) -> Keyword:
    return Keyword(N_("what it is good for"), title, spellings, lambda entry: use in entry.uses)


def _verdict(verdict: Verdict, title: str, *spellings: str) -> Keyword:
    return Keyword(
        N_("this machine"),
        title,
        spellings,
        of_model=lambda _model, fit: fit is not None and fit.verdict is verdict,
    )


def _license(prefix: str, title: str, *spellings: str) -> Keyword:
    return Keyword(N_("licence"), title, spellings, lambda entry: entry.license.casefold().startswith(prefix))


def _has_pace(*paces: str) -> Callable[[Model, Fit | None], bool]:
    def check(_model: Model, fit: Fit | None) -> bool:
        speed = fit.speed.value if fit is not None and fit.speed is not None else None
        return speed is not None and pace_of(speed) in paces

    return check


def _calls_tools(entry: CatalogueEntry) -> bool:
    return bool(entry.tools) or "tools" in entry.uses


def is_new(entry: CatalogueEntry) -> bool:
    """Return True for a model that was released in the last months."""
    return entry.released is not None and entry.released >= _new_since(time.strftime("%Y-%m"))


@lru_cache(maxsize=1)
def _new_since(month: str) -> str:
    """Return the first month of new models, as `2026-06`, for a month of today."""
    months = int(month[:4]) * 12 + int(month[5:]) - 1 - NEW_MONTHS
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


KEYWORDS: tuple[Keyword, ...] = (
    _use("chat", N_("chat"), "chat", "conversation", "conversar", "charla"),
    _use("summarise", N_("summarise"), "summarise", "summarize", "summary", "resumir", "resumen"),
    _use("translate", N_("translate"), "translate", "translation", "traducir", "traducción"),
    _use("draft", N_("write"), "draft", "write", "writing", "redactar", "escribir"),
    _use("code", N_("code"), "code", "coding", "programming", "código", "programar"),
    _use("extract", N_("extract"), "extract", "extraction", "json", "extraer", "datos"),
    Keyword(
        N_("what it is good for"),
        N_("tools"),
        ("tools", "tool", "agent", "agents", "herramientas", "herramienta", "agente", "agentes"),
        _calls_tools,
    ),
    _use("reasoning", N_("reasoning"), "reasoning", "reason", "razonar", "razonamiento"),
    Keyword(
        N_("what it is good for"),
        N_("thinking"),
        ("thinking", "think", "thinks", "pensar", "piensa", "razona"),
        lambda entry: entry.thinking in ("yes", "both"),
    ),
    _verdict(Verdict.FITS, N_("fits"), "fits", "cabe"),
    _verdict(Verdict.TIGHT, N_("tight"), "tight", "justo", "ajustado"),
    _verdict(Verdict.SPLIT, N_("split"), "split", "repartido", "dividido"),
    _verdict(Verdict.TOO_BIG, N_("too big"), "too big", "toobig", "no cabe", "demasiado grande"),
    _verdict(Verdict.ELSEWHERE, N_("elsewhere"), "elsewhere", "fuera", "en otro sitio"),
    _verdict(Verdict.NO_CHAT, N_("no chat"), "no chat", "sin chat"),
    Keyword(N_("this machine"), N_("fast"), ("fast", "quick", "rápido"), of_model=_has_pace("fast")),
    Keyword(
        N_("this machine"),
        N_("as fast as reading or faster"),
        ("readable", "legible"),
        of_model=_has_pace("fast", "readable"),
    ),
    Keyword(N_("this machine"), N_("slow"), ("slow", "lento"), of_model=_has_pace("slow")),
    Keyword(
        N_("this machine"),
        N_("on this disk"),
        ("here", "disk", "on disk", "local", "downloaded", "aquí", "disco", "en disco", "descargado"),
        of_model=lambda model, _fit: model.on_disk,
    ),
    Keyword(N_("age"), N_("new"), ("new", "recent", "nuevo", "reciente"), is_new),
    Keyword(
        N_("age"),
        N_("superseded"),
        ("superseded", "old", "antiguo", "superado"),
        lambda entry: entry.superseded_by is not None,
    ),
    _license("apache", N_("Apache licence"), "apache"),
    _license("mit", N_("MIT licence"), "mit"),
    Keyword(
        N_("licence"),
        N_("commercial use allowed"),
        ("commercial", "comercial"),
        lambda entry: entry.commercial == "yes",
    ),
    _language("en", N_("English"), "english", "inglés"),
    _language("es", N_("Spanish"), "spanish", "español", "castellano"),
    _language("fr", N_("French"), "french", "francés"),
    _language("de", N_("German"), "german", "alemán"),
    # Names of models end in -it, for instruction-tuned.
    _language("it", N_("Italian"), "italian", "italiano", has_code=False),
    _language("pt", N_("Portuguese"), "portuguese", "portugués"),
    _language("zh", N_("Chinese"), "chinese", "chino"),
    _language("ja", N_("Japanese"), "japanese", "japonés"),
    _language("ko", N_("Korean"), "korean", "coreano"),
    _language("ar", N_("Arabic"), "arabic", "árabe"),
    _language("ru", N_("Russian"), "russian", "ruso"),
    _language("nl", N_("Dutch"), "dutch", "neerlandés", "holandés"),
    _language("pl", N_("Polish"), "polish", "polaco"),
    _language("uk", N_("Ukrainian"), "ukrainian", "ucraniano"),
    _language("tr", N_("Turkish"), "turkish", "turco"),
    _language("hi", N_("Hindi"), "hindi"),
    _language("id", N_("Indonesian"), "indonesian", "indonesio", has_code=False),
    _language("vi", N_("Vietnamese"), "vietnamese", "vietnamita"),
    _language("th", N_("Thai"), "thai", "tailandés"),
    _language("cs", N_("Czech"), "czech", "checo"),
    _language("ro", N_("Romanian"), "romanian", "rumano"),
    _language("sv", N_("Swedish"), "swedish", "sueco"),
    _language("el", N_("Greek"), "greek", "griego", has_code=False),
    _language("hu", N_("Hungarian"), "hungarian", "húngaro"),
    _language("fi", N_("Finnish"), "finnish", "finés"),
    _language("da", N_("Danish"), "danish", "danés"),
    # In Spanish, "no" denies the word after it.
    _language("no", N_("Norwegian"), "norwegian", "noruego", has_code=False),
    _language("bg", N_("Bulgarian"), "bulgarian", "búlgaro"),
    _language("hr", N_("Croatian"), "croatian", "croata"),
    _language("he", N_("Hebrew"), "hebrew", "hebreo", has_code=False),
    _language("fa", N_("Persian"), "persian", "persa"),
    _language("ca", N_("Catalan"), "catalan"),
    _language("gl", N_("Galician"), "galician", "gallego"),
    _language("eu", N_("Basque"), "basque", "vasco", "euskera"),
)
"""In the order of the manual; a keyword that is added here works in the list and in `llmtui fit --filter`."""

LANGUAGE_NAMES: dict[str, str] = {keyword.language: keyword.title for keyword in KEYWORDS if keyword.language}
"""Untranslated names of languages by their codes."""
BY_WORDS: dict[str, Keyword] = {fold(word): keyword for keyword in KEYWORDS for word in keyword.words}
"""Keywords by their folded words; some have blanks in them."""
LONGEST_PHRASE = max(len(phrase.split()) for phrase in BY_WORDS)
"""Words of the longest of them."""


@lru_cache(maxsize=1024)
def published_words(entry: CatalogueEntry) -> tuple[str, ...]:
    """Return the folded words of all keywords of the catalogue that hold for a model of it."""
    return tuple(_words_of(entry))


def _words_of(entry: CatalogueEntry) -> Iterator[str]:
    for keyword in KEYWORDS:
        if keyword.of_entry is not None and keyword.of_entry(entry):
            yield from (fold(word) for word in keyword.words if len(word) >= _SHORTEST_WORD)
