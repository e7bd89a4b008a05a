"""Write the generated blocks of the manual, and the ids of actions, anew: `python -m tests.docs`."""

import os
import sys

# The manual is in English, whatever the language of whoever writes it anew.
os.environ["LANGUAGE"] = "en"

from tests.docs.blocks import rewritten
from tests.docs.key_bindings import action_id_lines
from tests.docs.pages import ROOT, pages
from tests.docs.tables import table
from tui.settings.key_names import ACTION_IDS_FILE

contents = {page: rewritten(page.read_text(encoding="utf-8"), table) for page in pages()}
contents[ACTION_IDS_FILE] = action_id_lines()
changed = []
for path, content in contents.items():
    if path.read_text(encoding="utf-8") != content:
        path.write_text(content, encoding="utf-8")
        changed.append(str(path.relative_to(ROOT)))
print("\n".join(changed) or "every generated block is up to date")
sys.exit(0)
