"""Themes of llmtui, dark, light and of 16 colours, and the colour variables that every theme gets."""

from collections.abc import Mapping, Sequence

from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="llmtui-dark",
    primary="#6cb0f0",
    secondary="#93a7bb",
    accent="#b294e0",
    foreground="#dce1e7",
    background="#11151a",
    surface="#181d24",
    panel="#212831",
    success="#73c987",
    warning="#dba74a",
    error="#e5716b",
    dark=True,
)

LIGHT = Theme(
    name="llmtui-light",
    primary="#24639e",
    secondary="#5c6976",
    accent="#7140ad",
    foreground="#20262c",
    background="#f8f9fa",
    surface="#f1f3f5",
    panel="#e7eaed",
    success="#2a7a3d",
    warning="#8f5f00",
    error="#bd3129",
    dark=False,
)

TERMINAL = Theme(
    name="llmtui-16",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_magenta",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    dark=True,
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border": "ansi_cyan",
        "text-primary": "ansi_cyan",
        "border-blurred": "ansi_bright_black",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_white",
        "footer-key-foreground": "ansi_cyan",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "scrollbar": "ansi_bright_black",
        "scrollbar-hover": "ansi_cyan",
        "scrollbar-active": "ansi_cyan",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
    },
)
"""The terminal's own colours, for one that has no more than 16: others would all become grey there."""

THEMES = (DARK, LIGHT, TERMINAL)

TEXT_CONTRAST = 4.5
"""Lowest contrast of text with its background (WCAG 2.1, success criterion 1.4.3)."""
SHAPE_CONTRAST = 3.0
"""Lowest contrast of a graphical object with its background (WCAG 2.1, success criterion 1.4.11)."""
FRAME_CONTRAST = 1.7
"""Lowest contrast of the frame of a pane without focus: it is seen, and does not compete with text."""

TEXT_VARIABLES = (
    "foreground",
    "accent",
    "error",
    "text-accent",
    "text-error",
    "text-primary",
    "text-secondary",
    "text-success",
    "text-warning",
    "footer-foreground",
    "footer-key-foreground",
    "footer-description-foreground",
)
"""Variables of Textual that colour text on our screens."""

_DISTINCT_DISTANCE = 60.0
"""Smallest distance in RGB at which two colours look different."""


def theme_variable_defaults(theme: Theme) -> dict[str, str]:
    """Return llmtui's own CSS variables for a theme, without `$`, for `App.get_theme_variable_defaults`.

    Verdicts: `fit-fits`, `fit-tight`, `fit-split`, `fit-elsewhere`, `fit-too-big`, `fit-unknown`. Gauges, by
    rising danger: `gauge-low`, `gauge-mid`, `gauge-high`, `gauge-critical`; by rising load, which is no
    danger: `gauge-calm`, `gauge-busy`; and `gauge-mark`, `gauge-track` (a background), `gauge-engine`.
    Phases of the engine: `phase-loading`, `phase-reading`, `phase-generating`, and each with `-shade` (a
    background). Parts of a footprint: `part-weights`, `part-kv`, `part-compute`, `part-process`.
    Others: `dim` for text of less importance, `pane-border` for a pane without focus, `question` for the
    background of a question.
    """
    colours = theme.to_color_system().generate()
    return _of_terminal(colours) if theme.ansi else _of_theme(colours)


def readable_variables(colours: Mapping[str, str]) -> dict[str, str]:
    """Return those of Textual's variables that would be hard to see in a theme, with better colours.

    Text gets the contrast of text, frames and scroll bars are told apart from the background. A theme of the
    terminal's own colours stays as it is.
    """
    if any(Color.parse(colours[name]).ansi is not None for name in ("background", "foreground")):
        return {}
    backgrounds = _backgrounds(colours)
    background, foreground = backgrounds[0], Color.parse(colours["foreground"])
    readable = {
        name: _readable(Color.parse(colours[name]), backgrounds, TEXT_CONTRAST).hex for name in TEXT_VARIABLES
    }
    frame = _frame(foreground, backgrounds)
    readable["border"] = _readable(Color.parse(colours["border"]), backgrounds, SHAPE_CONTRAST).hex
    readable["border-blurred"] = frame.hex
    readable["scrollbar"] = frame.hex
    readable["scrollbar-hover"] = foreground.blend(background, 0.5).hex
    for name in ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active"):
        readable[name] = "transparent"
    return readable


def contrast(first: Color, second: Color) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21, as WCAG 2.1 defines it."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _backgrounds(colours: Mapping[str, str]) -> list[Color]:
    """Return the colours that text stands on: of the screen, of dialogs, of the line of keys."""
    return [Color.parse(colours[name]) for name in ("background", "surface", "panel")]


def _frame(foreground: Color, backgrounds: Sequence[Color]) -> Color:
    """Return the colour of frames that are seen, and quieter than any text."""
    return _readable(foreground.blend(backgrounds[0], 0.74), backgrounds[:2], FRAME_CONTRAST)


def _of_theme(colours: dict[str, str]) -> dict[str, str]:
    backgrounds = _backgrounds(colours)
    background = backgrounds[0]
    foreground = _readable(Color.parse(colours["foreground"]), backgrounds, TEXT_CONTRAST)

    def text(name: str) -> Color:
        return _readable(Color.parse(colours[name]), backgrounds, TEXT_CONTRAST)

    success, warning, error = text("success"), text("warning"), text("error")
    split = _most_distinct(
        [text(name) for name in ("accent", "primary", "secondary")], [success, warning, error]
    )
    weights = text("primary")
    kv_candidates = [text(name) for name in ("accent", "secondary")]
    kv = _most_distinct([*kv_candidates, weights.blend(foreground, 0.6)], [weights, warning])
    dim = _readable(foreground.blend(background, 0.42), backgrounds, TEXT_CONTRAST)
    calm = _readable(success.blend(Color.parse(colours["primary"]), 0.5), backgrounds[:2], SHAPE_CONTRAST)
    elsewhere_candidates = [text(name) for name in ("secondary", "primary", "accent")]
    elsewhere = _most_distinct(
        [*elsewhere_candidates, foreground.blend(split, 0.5), foreground],
        [success, warning, error, split, dim],
    )
    variables = {
        "fit-fits": success,
        "fit-tight": warning,
        "fit-split": split,
        "fit-elsewhere": elsewhere,
        "fit-too-big": error,
        "fit-unknown": dim,
        "gauge-low": _readable(success.blend(background, 0.25), backgrounds, SHAPE_CONTRAST),
        "gauge-mid": success.blend(warning, 0.5),
        "gauge-high": warning,
        "gauge-critical": error,
        "gauge-calm": calm.blend(background, 0.2),
        "gauge-busy": calm,
        "gauge-mark": foreground,
        "gauge-track": foreground.blend(background, 0.9),
        "gauge-engine": weights,
        **_phases({"loading": dim, "reading": warning, "generating": weights}, background),
        "part-weights": weights,
        "part-kv": kv,
        "part-compute": _readable(weights.blend(foreground, 0.5), backgrounds, SHAPE_CONTRAST),
        "part-process": dim,
        "dim": dim,
        "pane-border": _frame(foreground, backgrounds),
        "question": background.blend(Color.parse(colours["primary"]), 0.12),
    }
    return {name: colour.hex for name, colour in variables.items()}


def _of_terminal(colours: dict[str, str]) -> dict[str, str]:
    """Return the variables for a theme of the terminal's own 16 colours, which cannot be mixed."""
    success, warning, error = colours["success"], colours["warning"], colours["error"]
    taken = {success, warning, error}
    free = [
        name for name in (colours["accent"], "ansi_magenta", "ansi_cyan", "ansi_blue") if name not in taken
    ]
    split = free[0]
    elsewhere = next(name for name in free if name != split)
    return {
        "fit-fits": success,
        "fit-tight": warning,
        "fit-split": split,
        "fit-elsewhere": elsewhere,
        "fit-too-big": error,
        "fit-unknown": "ansi_bright_black",
        "gauge-low": success,
        "gauge-mid": success,
        "gauge-high": warning,
        "gauge-critical": error,
        "gauge-calm": "ansi_cyan",
        "gauge-busy": "ansi_cyan",
        "gauge-mark": "ansi_default",
        "gauge-track": "transparent",
        "gauge-engine": "ansi_cyan",
        "phase-loading": "ansi_bright_black",
        "phase-reading": warning,
        "phase-generating": "ansi_cyan",
        "phase-loading-shade": "transparent",
        "phase-reading-shade": "transparent",
        "phase-generating-shade": "transparent",
        "part-weights": "ansi_cyan",
        "part-kv": "ansi_magenta",
        "part-compute": "ansi_default",
        "part-process": "ansi_bright_black",
        "dim": "ansi_bright_black",
        "pane-border": "ansi_bright_black",
        "question": "transparent",
    }


def _phases(phases: dict[str, Color], background: Color) -> dict[str, Color]:
    """Return the colour of each phase, and a shade of it as a background of graphs."""
    shades = {f"phase-{name}-shade": colour.blend(background, 0.88) for name, colour in phases.items()}
    return {**{f"phase-{name}": colour for name, colour in phases.items()}, **shades}


def _readable(colour: Color, backgrounds: Sequence[Color], min_contrast: float) -> Color:
    """Return the colour, moved towards black or white until it has the contrast with every background."""
    end = backgrounds[0].get_contrast_text(1.0)
    for step in range(21):
        candidate = colour.blend(end, step / 20, alpha=1.0)
        if all(contrast(candidate, background) >= min_contrast for background in backgrounds):
            return candidate
    return end


def _most_distinct(candidates: list[Color], taken: list[Color]) -> Color:
    """Return the first candidate that is distinct from the taken colours, or the furthest from them."""

    def distance(candidate: Color) -> float:
        return min(
            sum((a - b) ** 2 for a, b in zip(candidate.rgb, taken_colour.rgb, strict=True)) ** 0.5
            for taken_colour in taken
        )

    for candidate in candidates:
        if distance(candidate) >= _DISTINCT_DISTANCE:
            return candidate
    return max(candidates, key=distance)


def _luminance(colour: Color) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.1)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
