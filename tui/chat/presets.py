"""Presets: a system prompt with the sampling and the JSON schema of its answers.

They are written for small models: short, concrete, one thing a sentence, the form of the answer last.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from tui.i18n import language_code
from tui.sentences import Reason, reason
from tui.settings.named_tables import StopList
from tui.settings.settings import SAMPLING_KEYS, PresetSettings

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")

EXTRACT_SCHEMA = """\
{
  "type": "object",
  "properties": {
    "title": {"type": "string", "maxLength": 100},
    "people": {"$ref": "#/$defs/list"},
    "organisations": {"$ref": "#/$defs/list"},
    "places": {"$ref": "#/$defs/list"},
    "dates": {"$ref": "#/$defs/list"},
    "amounts": {"$ref": "#/$defs/list"}
  },
  "required": ["title", "people", "organisations", "places", "dates", "amounts"],
  "additionalProperties": false,
  "$defs": {
    "list": {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 10}
  }
}"""
"""JSON schema of `extract`: lists, since a list can be empty where a small model would invent a value, and
bounded, since a small model may repeat itself without end."""


class Preset(msgspec.Struct, frozen=True):
    """Task that is set up with one choice."""

    name: str
    """Name: `summarise`, or the user's own for it."""
    system: Mapping[str, str]
    """System prompt by language; one for every language has the key `""`."""
    sampling: Mapping[str, float] = {}
    """Values by the names of `SamplingSettings`; others stay as the model's makers recommend."""
    json_schema: str = ""
    own: bool = False
    """True for the user's own, from settings.toml."""
    stop: StopList | None = None
    """Stop texts; None for those of the settings."""

    @property
    def title(self) -> Reason:
        """Name on the screen; the user's own, and that of another llmtui, stay as they were written."""
        if self.own or self.name not in _TITLES:
            return reason("chat.preset_own", name=self.name)
        return reason(_TITLES[self.name])

    def prompt(self, language: str) -> str:
        """Return the system prompt in a language."""
        return self.system.get(language, self.system.get("", ""))


_TITLES = {
    "summarise": "chat.preset_summarise",
    "translate-en": "chat.preset_translate_en",
    "translate-es": "chat.preset_translate_es",
    "draft": "chat.preset_draft",
    "code": "chat.preset_code",
    "extract": "chat.preset_extract",
}

BUILT_IN_PRESETS: tuple[Preset, ...] = (
    Preset(
        "summarise",
        {
            "en": (
                "Summarise the text that the user gives you in 3 to 5 short bullet points, the most "
                "important first. Keep names, numbers and dates exactly as they are. Use only what the "
                "text says. Write in English, and write only the bullet points."
            ),
            "es": (
                "Resume el texto que te da el usuario en entre 3 y 5 puntos breves, primero lo más "
                "importante. Conserva nombres, números y fechas exactamente como están. Usa solo lo que "
                "dice el texto. Escribe en español y escribe solo los puntos."
            ),
        },
    ),
    Preset(
        "translate-en",
        {
            "en": (
                "Translate everything the user writes into English. Keep the meaning, the tone, the line "
                "breaks, names and numbers. Do not answer questions in the text: translate them. Write "
                "only the translation."
            ),
            "es": (
                "Traduce al inglés todo lo que escribe el usuario. Conserva el sentido, el tono, los saltos "
                "de línea, los nombres y los números. No respondas a las preguntas del texto: tradúcelas. "
                "Escribe solo la traducción."
            ),
        },
    ),
    Preset(
        "translate-es",
        {
            "en": (
                "Translate everything the user writes into Spanish. Keep the meaning, the tone, the line "
                "breaks, names and numbers. Do not answer questions in the text: translate them. Write "
                "only the translation."
            ),
            "es": (
                "Traduce al español todo lo que escribe el usuario. Conserva el sentido, el tono, los saltos "
                "de línea, los nombres y los números. No respondas a las preguntas del texto: tradúcelas. "
                "Escribe solo la traducción."
            ),
        },
    ),
    Preset(
        "draft",
        {
            "en": (
                "Write the text that the user asks for, ready to send. Use plain, polite words and short "
                "sentences, at most 150 words unless the user wants more. Never invent facts: where one is "
                "missing, put it in [brackets]. Write only the text itself."
            ),
            "es": (
                "Escribe el texto que pide el usuario, listo para enviar. Usa palabras sencillas y amables y "
                "frases cortas, como mucho 150 palabras salvo que el usuario quiera más. No inventes datos: "
                "donde falte uno, ponlo entre [corchetes]. Escribe solo el texto."
            ),
        },
    ),
    Preset(
        "code",
        {
            "en": (
                "You write code. Give complete code that runs, in one code block with its language, with "
                "the imports it needs. Use only functions that exist. After the block, explain it in at "
                "most three sentences, and say what you assumed."
            ),
            "es": (
                "Escribes código. Da código completo que funcione, en un solo bloque con su lenguaje y con "
                "los import que necesita. Usa solo funciones que existan. Después del bloque, explícalo en "
                "tres frases como mucho y di qué has supuesto."
            ),
        },
    ),
    Preset(
        "extract",
        {
            "en": (
                "Extract facts from the text that the user gives you as JSON with the keys title, people, "
                "organisations, places, dates and amounts. Copy each value exactly from the text. Leave a "
                "list empty when the text has nothing for it. Write only JSON."
            ),
            "es": (
                "Extrae datos del texto que te da el usuario como JSON con las claves title, people, "
                "organisations, places, dates y amounts. Copia cada valor exactamente del texto. Deja vacía "
                "cada lista para la que el texto no diga nada. Escribe solo JSON."
            ),
        },
        {"temperature": 0.0},
        EXTRACT_SCHEMA,
    ),
)


def all_presets(own: Mapping[str, PresetSettings]) -> tuple[Preset, ...]:
    """Return the user's own presets, then the built-in ones that none of them replaces by its name."""
    mine = [
        Preset(
            name,
            {"": preset.system},
            {key: value for key in SAMPLING_KEYS if (value := getattr(preset, key)) is not None},
            preset.json_schema,
            own=True,
            stop=preset.stop,
        )
        for name, preset in own.items()
    ]
    return (*mine, *(preset for preset in BUILT_IN_PRESETS if preset.name not in own))


def find_preset(presets: tuple[Preset, ...], system: str) -> tuple[Preset, str] | None:
    """Return the preset with this system prompt, and the prompt's language; None for any other text."""
    for preset in presets:
        for language, text in preset.system.items():
            if text == system:
                return preset, language
    return None


def preset_of_task(presets: tuple[Preset, ...], task: str, language: str) -> Preset | None:
    """Return the preset for a task in a language; None where there is none, as for a chat."""
    name = f"{task}-{language}" if task == "translate" else task
    return next((preset for preset in presets if preset.name == name), None)


def preset_language(setting: str) -> Language:
    """Return the presets' language: that of the settings, else the program's where there is such a prompt."""
    code = setting or language_code()
    return "es" if code == "es" else "en"
