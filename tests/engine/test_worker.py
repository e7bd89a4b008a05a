"""A machine where the engine's library is not there, or does not behave."""

from pathlib import Path

import pytest

from tests.engine.requests import ask
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.services.sentences import sentence, sentences

NOISY = """
import os, sys
print("hello from python")
os.write(1, b'{"type": "failed"}\\nhello from native code\\n')
folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path = [entry for entry in sys.path if os.path.abspath(entry or ".") != folder]
del sys.modules["llama_cpp"]
import llama_cpp
"""


def fake_library(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Puts a package named llama_cpp before the real one, for child processes."""
    package = folder / "fake" / "llama_cpp"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))


@pytest.mark.parametrize(
    "source",
    ["raise ImportError('No module named llama_cpp')", "raise RuntimeError('shared library not found')", ""],
    ids=["missing", "broken", "foreign"],
)
async def test_missing_engine_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    fake_library(tmp_path, monkeypatch, source)

    with pytest.raises(EngineFailure) as caught:
        await Engine.start()

    failed = caught.value.failed
    assert failed.kind == "engine_missing"
    assert "llama-cpp-python" in sentence(failed.reason)
    assert "pip install" in sentences(failed.reasons)


async def test_a_library_that_dies_at_import_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_library(tmp_path, monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGILL)")

    with pytest.raises(EngineFailure) as caught:
        await Engine.start()

    assert caught.value.failed.kind == "died"
    assert "another processor" in sentence(caught.value.failed.reason)


async def test_output_of_a_library_goes_to_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: dict[str, Path]
) -> None:
    fake_library(tmp_path, monkeypatch, NOISY)

    engine = await Engine.start()
    try:
        await engine.load(tiny["llama"], LoadSettings(context=512, threads=1))
        answer = await ask(engine, raw_text="abc", max_tokens=3, ignore_end=True)
        lines = engine.log_lines
    finally:
        await engine.close()

    assert answer.metrics.generated_tokens == 3
    assert "hello from native code" in lines
    assert "hello from python" in lines


async def test_folder_named_tui_in_the_current_folder_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tui").mkdir()
    (tmp_path / "tui" / "__init__.py").write_text("raise RuntimeError('not this one')")
    monkeypatch.chdir(tmp_path)

    engine = await Engine.start()
    await engine.close()

    assert not engine.alive
