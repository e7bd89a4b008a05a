"""Keys of an entry."""

import re

from tui.models.catalogue.catalogue import shipped_path
from tui.models.catalogue.keys import KEYS, RULES


def test_every_key_is_explained_at_the_top_of_the_file() -> None:
    head = shipped_path().read_text("utf-8").partition("[[model]]\n")[0]
    for key in KEYS:
        assert re.search(rf"^# .*\b{key}\b", head, re.M), key
    assert len(KEYS) == len(RULES)
