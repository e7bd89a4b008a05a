"""The publishers' own chat templates, from the sources of the engine's package where those are at hand.

`python -m tests.engine.upstream llama_cpp_python-*.tar.gz FOLDER` takes them out of a source package, and
`LLMTUI_UPSTREAM=FOLDER` lets the tests find them.
"""

import ast
import os
import re
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

FOLDER = "LLMTUI_UPSTREAM"
_WANTED = re.compile(
    r"/vendor/llama\.cpp/(?:models/templates/([^/]+\.jinja)|tests/(test-chat-template\.cpp))$"
)
_FIELD = re.compile(
    r"/\* \.(name|template_str|expected_output(?:_jinja)?|bos_token|eos_token)= \*/\s*"
    r'((?:u8)?"(?:[^"\\]|\\.)*")'
)


class Expected(NamedTuple):
    """A template with what llama.cpp's own test expects it to make of `CONVERSATION`."""

    name: str
    template: str
    bos: str
    eos: str
    text: str


def folder() -> Path | None:
    """Where the sources' templates are; None where they are not at hand."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def expected() -> list[Expected]:
    """The cases of llama.cpp's own test that are run with Jinja and without tools."""
    templates = folder()
    if templates is None:
        return []
    source = (templates / "test-chat-template.cpp").read_text("utf-8")
    table = source[source.index("std::vector<TestCase> test_cases") :]
    cases: list[Expected] = []
    for case in re.split(r"(?=/\* \.name= \*/)", table)[1:]:
        if "supported_with_jinja= */ false" in case or "extra_conversation= */ {{" in case:
            continue
        fields = {name: ast.literal_eval(text.removeprefix("u8")) for name, text in _FIELD.findall(case)}
        if {"name", "template_str", "expected_output"} <= fields.keys():
            text = fields.get("expected_output_jinja") or fields["expected_output"]
            ends = fields.get("bos_token", ""), fields.get("eos_token", "")
            cases.append(Expected(fields["name"], fields["template_str"], *ends, text))
    return cases


def _take_out(package: Path, into: Path) -> int:
    into.mkdir(parents=True, exist_ok=True)
    count = 0
    with tarfile.open(package) as archive:
        for member in archive:
            wanted = _WANTED.search(member.name)
            file = archive.extractfile(member) if wanted else None
            if wanted and file:
                (into / (wanted[1] or wanted[2])).write_bytes(file.read())
                count += 1
    return count


if __name__ == "__main__":
    print(f"{_take_out(Path(sys.argv[1]), Path(sys.argv[2]))} files")
