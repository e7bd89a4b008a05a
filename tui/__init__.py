"""llmtui: choose and try a local language model on the machine you own."""

__version__ = "0.2.0"
