"""What each room brings along when it is imported, in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DRAWING = {"textual", "rich"}
ENGINE = {"llama_cpp"}
SLOW = {"pynvml", "cpuinfo", "markdown_it", "plistlib"}
NOT_BEFORE_THE_FIRST_SCREEN = (
    "importlib.metadata",
    "tui.engine.grammar",
    "tui.models.evidence",
    "tui.models.hub.download",
    "tui.services.comparing",
    "tui.services.downloads",
    "tui.ui.chat.transcript.layout.markdown_syntax",
    "tui.ui.help",
    "tui.ui.picks",
)
"""Modules that are imported when somebody needs them."""


def modules_of(room: str) -> list[str]:
    """Every module of a room; the one that binds the engine is for the engine's process."""
    path = ROOT / "tui" / room
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names if name != "tui.engine.llama"]


def brought_by(code: str) -> set[str]:
    """The top packages in `sys.modules` after some code ran in an interpreter of its own."""
    tail = "\nimport sys\nprint('\\n' + ' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "room", ["units", "text", "i18n", "settings", "hardware", "models", "fit", "chat", "services"]
)
def test_a_room_below_the_screen_draws_nothing_and_loads_no_engine(room: str):
    modules = modules_of(room)
    assert modules
    loaded = brought_by("\n".join(f"import {module}" for module in modules))
    assert "tui" in loaded
    assert not loaded & (DRAWING | ENGINE | SLOW)


def test_the_engine_room_draws_nothing():
    modules = modules_of("engine")
    assert modules
    assert not brought_by("\n".join(f"import {module}" for module in modules)) & DRAWING


@pytest.mark.parametrize(
    "module", ["install", "client", "reply_metrics", "failures", "footprint", "options", "protocol", "schema"]
)
def test_modules_of_the_engine_room_used_elsewhere_load_no_engine(module: str):
    loaded = brought_by(f"import tui.engine.{module}")
    assert "tui" in loaded
    assert not loaded & (DRAWING | ENGINE)


def test_the_dashboard_starts_without_engine_and_drivers():
    loaded = brought_by("import tui.ui.app")
    assert loaded >= DRAWING
    assert not loaded & (ENGINE | SLOW)


def test_the_first_screen_waits_for_no_module_that_it_does_not_show():
    loaded = f"[name for name in {NOT_BEFORE_THE_FIRST_SCREEN} if name in sys.modules]"
    code = f"import sys, tui.cli.dashboard\nprint(*{loaded})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not done.stdout.split()


def test_plain_command_does_not_load_the_screen(tmp_path: Path):
    # The names of themes, actions and keys are checked without the screen, too.
    settings = tmp_path / "llmtui" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text('theme = "nrod"\n[keys]\n"chat.stpo" = "ctrl+x"\n"chat.stop" = "Ctrl+X"\n')
    folders = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(tmp_path))
    code = (
        "import os\n"
        f"os.environ.update({folders!r})\n"
        "from tui.settings.toml_reader import load_settings\n"
        "assert len(load_settings()[1]) == 3\n"
        "from tui.cli import main\n"
        "assert main(['fit', 'gemma-3-270m-it', '--machine', 'm1-8gb']) == 0"
    )
    loaded = brought_by(code)
    assert "msgspec" in loaded
    assert not loaded & (DRAWING | ENGINE)
