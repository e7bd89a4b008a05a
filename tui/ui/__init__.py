"""Everything that draws: the app, its screens, widgets and styles."""

import os

# Milliseconds that Textual waits after Esc for the rest of a key's sequence; its own 100 would be most of the
# time that a stop takes, and terminals send a sequence in one piece. Textual reads it when it is imported.
os.environ.setdefault("ESCDELAY", "20")
