"""What `llmtui doctor --replay` says of each recorded machine, as text beside the recording."""

import pytest

from tests.recordings.expected import EXPECTED
from tests.recordings.kept import compare
from tests.recordings.stepped import FOLDER
from tui.cli import main


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_report_of_a_recorded_machine(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--replay", str(FOLDER / name)]) == 0
    compare(FOLDER / name / "doctor.txt", capsys.readouterr().out)
