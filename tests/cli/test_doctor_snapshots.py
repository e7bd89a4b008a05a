"""What `llmtui doctor --replay` says of each recorded machine, as text beside the recording."""

import getpass
import json
import re
import socket
from pathlib import Path

import pytest

from tests.hardware.test_report import unknowns_without_reason
from tests.recordings.expected import EXPECTED
from tests.recordings.snapshots import compare
from tests.recordings.stepped import FOLDER
from tui.cli import main

IDENTITY = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|serial|uuid|/home/|/Users/",
    re.IGNORECASE,
)
"""Of a disk, a network card or an owner."""


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_report_of_a_recorded_machine(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--replay", str(FOLDER / name)]) == 0
    compare(FOLDER / name / "doctor.txt", capsys.readouterr().out)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_json_of_a_recorded_machine_has_reasons_and_names_nobody(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--replay", str(FOLDER / name), "--json"]) == 0
    out = capsys.readouterr().out
    report = json.loads(out)
    assert report["machine"]["cpu"]["name"] == EXPECTED[name].cpu
    assert unknowns_without_reason(report) == []
    assert not IDENTITY.search(out)
    # The super-user is no person, and stands in reasons.
    for private in {getpass.getuser(), socket.gethostname(), str(Path.home())} - {"root"}:
        assert private not in set(re.findall(r"[\w./-]+", out))


def test_every_unknown_value_has_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    for name in sorted(EXPECTED):
        main(["doctor", "--replay", str(FOLDER / name)])
        for line in capsys.readouterr().out.splitlines():
            _label, separator, reason = line.partition("n/a")
            assert not separator or len(reason.split()) > 4, line
            assert "None" not in line
            assert "two looks" not in line
