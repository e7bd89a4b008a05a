import pytest

from tests.house.samples import program, texts
from tests.house.sentences import check_sentences

DEFINITIONS = """
class Failed(Struct):
    kind: str
    hint: str

class GgufError(Exception): pass

def note(size, message): ...
"""


def findings(code: str) -> list[str]:
    return texts(check_sentences(program({"tui/engine/failures.py": f"{DEFINITIONS}\n{code}"})))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("x = 'The file is empty.'", "The file is empty."),
        ("x = f'{name} is not there.'", "{} is not there."),
        ("x = {'SIGKILL': 'killed by the system'}", "killed by the system"),
        ("Failed('memory', 'choose shorter contexts')", "choose shorter contexts"),
        ("note(2, message='choose shorter contexts')", "choose shorter contexts"),
        ("self.free_reason = 'root reads it'", "root reads it"),
        ("def stop_reason():\n    return 'loading was stopped'", "loading was stopped"),
        ("raise GgufError(f'bad key {key}')", "bad key {}"),
        ("raise ValueError('the file is not there')", "the file is not there"),
        ("show(RuntimeError('the file is not there'))", "the file is not there"),
        ("_('Waits for {x}.').format(x='the one before it')", "the one before it"),
    ],
)
def test_text_for_the_user_is_found(code: str, text: str):
    assert findings(code) == [text]


@pytest.mark.parametrize(
    "code",
    [
        "x = _('The file is empty.')",
        "x = ngettext('There is one file.', 'There are some files.', 2)",
        "x = Plural('There is one file.', 'There are some files.', 'count')",
        "log.warning('The file is empty.')",
        "def empty():\n    'The file is empty.'",
        "size: int\n'The size of the file.'",
        "assert size, 'The file is empty.'",
        "x = 'The file is empty.' in answer",
        "x = text.startswith('The file is empty.')",
        "x = 'SELECT id FROM the WHERE id = ?.'",
        "DEFAULT_CSS = 'The file is empty.'",
        "raise ValueError('bad key here')",
        "raise RuntimeError('a reply is still being written')",
        "x = {'en': 'The file is empty.', 'es': 'El fichero no tiene nada.'}",
        "x = 'the a is not it'.split()",
        "x = 'pip install llama'",
        "x = f'{a}: {b}, {c}.'",
    ],
)
def test_other_text_is_no_finding(code: str):
    assert findings(code) == []
