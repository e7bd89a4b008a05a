"""Errors with reasons, checked by their sentences."""

import re
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tui.sentences import ReasonedError
from tui.services.sentences import sentence


@contextmanager
def raises_sentence(error: type[ReasonedError], pattern: str) -> Generator[None]:
    """Expect this error with a sentence in which the pattern is found."""
    with pytest.raises(error) as caught:
        yield
    text = sentence(caught.value.reason)
    assert re.search(pattern, text), text
