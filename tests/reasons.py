"""Reasons in tests: one that a test makes up, and the sentence of one that the code gave."""

import re
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tui.sentences import Reason, ReasonedError, reason
from tui.services.sentences import sentence


def because(cause: str) -> Reason:
    """Return a reason whose sentence ends with `cause`."""
    return reason("hardware.source_failed", source="it", cause=cause)


def reason_with_text(text: str) -> Reason:
    """Return a reason whose whole sentence is `text`."""
    return reason("engine.template_message", message=text)


def sentence_of(why: Reason | None) -> str:
    """Return the sentence of a reason, empty for none."""
    return sentence(why) if why else ""


@contextmanager
def raises_sentence(error: type[ReasonedError], pattern: str) -> Generator[None]:
    """Expect this error with a sentence in which the pattern is found."""
    with pytest.raises(error) as caught:
        yield
    text = sentence(caught.value.reason)
    assert re.search(pattern, text), text
