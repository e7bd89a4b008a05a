"""Write the generated blocks of the manual anew: `python -m tests.docs`."""

import os
import sys

# The manual is in English, whatever the language of whoever writes it anew.
os.environ["LANGUAGE"] = "en"

from tests.docs.blocks import rewritten
from tests.docs.pages import ROOT, pages
from tests.docs.tables import table

changed = []
for page in pages():
    old = page.read_text(encoding="utf-8")
    new = rewritten(old, table)
    if new != old:
        page.write_text(new, encoding="utf-8")
        changed.append(str(page.relative_to(ROOT)))
print("\n".join(changed) or "every generated block is up to date")
sys.exit(0)
