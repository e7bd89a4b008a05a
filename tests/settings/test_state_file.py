import logging
from pathlib import Path

import pytest

from tui.settings.state_file import read_state, write_state


def test_keeps_a_state_and_leaves_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.json"
    assert read_state(path, dict[str, int]) is None
    write_state(path, {"a": 1})
    write_state(path, {"a": 2})
    assert read_state(path, dict[str, int]) == {"a": 2}
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("data", [b"", b"{", b'{"a": "text"}', b"\xff"])
def test_ignores_a_broken_file_with_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        assert read_state(path, dict[str, int]) is None
    assert "is ignored" in caplog.text


def test_leaves_the_file_where_it_cannot_be_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "state.json"
    folder.mkdir()
    (folder / "inside").touch()
    with caplog.at_level(logging.WARNING):
        write_state(folder, {"a": 1})
    assert "cannot be kept" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
