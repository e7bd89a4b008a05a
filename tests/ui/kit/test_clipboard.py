import sys
from pathlib import Path

import pytest

from tui.ui.kit import clipboard
from tui.ui.kit.clipboard import Copied, Tool, copy_by_tool, copy_text, find_tools


def program(folder: Path, name: str, body: str) -> Tool:
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n")
    path.chmod(0o755)
    return Tool((str(path),))


@pytest.fixture
def all_programs(tmp_path: Path) -> str:
    for name in ("pbcopy", "wl-copy", "xclip", "xsel", "clip.exe"):
        program(tmp_path, name, "")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "darwin", ["pbcopy"]),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", ["wl-copy", "xclip", "xsel"]),
        ({"DISPLAY": ":0"}, "linux", ["xclip", "xsel"]),
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", ["clip.exe"]),
        ({}, "linux", []),
    ],
)
def test_only_programs_that_can_work_here_are_tried(
    all_programs: str, environment: dict[str, str], platform: str, expected: list[str]
):
    tools = find_tools({**environment, "PATH": all_programs}, platform)
    assert [tool.command[0] for tool in tools] == expected


def test_a_program_that_is_not_installed_is_not_tried(tmp_path: Path):
    assert find_tools({"DISPLAY": ":0", "PATH": str(tmp_path)}, "linux") == ()


def test_the_first_program_that_succeeds_gets_the_whole_text(tmp_path: Path):
    target = tmp_path / "clipboard"
    failing = program(tmp_path, "failing", "sys.exit(1)")
    missing = Tool((str(tmp_path / "missing"),))
    good = program(tmp_path, "good", f"open({str(target)!r}, 'wb').write(sys.stdin.buffer.read())")
    text = "grüße 漢字\n" * 20_000
    assert copy_by_tool(text, (missing, failing, good)) == good.command[0]
    assert target.read_text(encoding="utf-8") == text


def test_a_program_that_hangs_is_stopped_after_the_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clipboard, "TIMEOUT_SECONDS", 0.2)
    hanging = program(tmp_path, "hanging", "time.sleep(600)")
    assert copy_by_tool("x", (hanging,)) is None


async def test_the_terminal_is_used_too_and_gets_no_control_characters(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clipboard, "find_tools", lambda *_: ())
    sent: list[str] = []
    assert await copy_text("a\x1b[31mb\x00c\n", sent.append) == Copied("terminal", False)
    assert sent == ["abc\n"]


async def test_the_result_names_the_program_that_copied_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    good = program(tmp_path, "good", "sys.stdin.read()")
    monkeypatch.setattr(clipboard, "find_tools", lambda *_: (good,))
    sent: list[str] = []
    assert await copy_text("text", sent.append) == Copied(good.command[0], True)
    assert sent == ["text"]
