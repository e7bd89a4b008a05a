"""Reasons whose sentence is any text, and errors whose sentence is expected."""

import re
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tui.sentences import Reason, ReasonedError, reason
from tui.services.sentences import sentence


def saying(text: str) -> Reason:
    """Return a reason whose sentence is this text."""
    return reason("engine.template_message", message=text)


@contextmanager
def raises_saying(kind: type[ReasonedError], pattern: str) -> Generator[None]:
    """Expect an error whose sentence matches a pattern."""
    with pytest.raises(kind) as caught:
        yield
    text = sentence(caught.value.reason)
    assert re.search(pattern, text), text
