"""Collect the texts for people, bring every catalogue up to date, and compile it: `python -m tests.locale`.

It lists the texts without a translation; `--check` changes nothing and fails where something would change.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ["LANGUAGE"] = "en"

from tests.locale.catalogues import (
    TEMPLATE,
    TRANSLATED,
    as_text,
    catalogue_path,
    compile_catalogue,
    untranslated,
    updated,
)
from tests.locale.extraction import extracted

PROJECT = Path(__file__).resolve().parents[2]

parser = argparse.ArgumentParser(prog="python -m tests.locale", description=__doc__)
parser.add_argument("--check", action="store_true", help="change nothing; fail where something would change")
check = parser.parse_args().check
template = extracted(PROJECT)
catalogues = {language: updated(language, template) for language in TRANSLATED}
files = {TEMPLATE: as_text(template)}
files |= {catalogue_path(language): as_text(catalogue) for language, catalogue in catalogues.items()}
changed: list[str] = []
for path, text in files.items():
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        changed.append(str(path.relative_to(PROJECT)))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
missing = {language: untranslated(catalogue) for language, catalogue in catalogues.items()}
for language, texts in missing.items():
    for text in texts:
        print(f"{language}: {text}")
    print(f"{language}: {len(texts)} of {len(template)} texts without a translation")
    if not check:
        compile_catalogue(language)
print("\n".join(changed) or "every catalogue is up to date")
sys.exit(1 if check and changed else 0)
