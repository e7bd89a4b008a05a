import errno

import pytest

from tui.sentences import sentence_from
from tui.system_errors import SENTENCES, system_error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/models/x"), "permission denied"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), "it took too long"),
        (OSError(errno.EBADMSG, "Bad message"), "Bad message"),
        (OSError("PDH 0xC0000BBA"), "PDH 0xC0000BBA"),
        (ValueError("embedded null byte\x1b[2J"), "embedded null byte"),
        (OSError(), "OSError"),
    ],
)
def test_says_why_the_system_refused(error: Exception, sentence: str):
    assert sentence_from(SENTENCES, system_error(error)) == sentence
