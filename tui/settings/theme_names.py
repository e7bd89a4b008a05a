"""Names of the dashboard's themes, for commands that do not load the screen."""

OWN_THEMES = ("llmtui-dark", "llmtui-light", "llmtui-16")
"""The first is the one without a setting."""
THEME_NAMES = (
    *OWN_THEMES,
    # Those of Textual.
    "ansi-dark",
    "ansi-light",
    "atom-one-dark",
    "atom-one-light",
    "catppuccin-frappe",
    "catppuccin-latte",
    "catppuccin-macchiato",
    "catppuccin-mocha",
    "dracula",
    "flexoki",
    "gruvbox",
    "monokai",
    "nord",
    "rose-pine",
    "rose-pine-dawn",
    "rose-pine-moon",
    "solarized-dark",
    "solarized-light",
    "textual-dark",
    "textual-light",
    "tokyo-night",
)
