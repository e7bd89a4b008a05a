"""Tests of downloads with other versions of the hub's library: `python -m tests.models.hub.library_versions`.

Without versions it takes the oldest that pyproject.toml allows, and the newest. Each is installed into a
folder of its own, which goes before the environment; nothing in the environment changes.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[3]
TESTS = ("tests/models/hub", "tests/services/downloads", "tests/cli/test_pull.py")


def oldest_version() -> str:
    """Return the lower bound of pyproject.toml."""
    match = re.search(r'"huggingface_hub>=([\d.]+)', (ROOT / "pyproject.toml").read_text())
    assert match is not None
    return match[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="*", help="such as 2.4.0")
    parser.add_argument("--pip", default=f"{sys.executable} -m pip", help="command that installs")
    arguments = parser.parse_args()
    failed: list[str] = []
    for version in arguments.versions or [oldest_version(), ""]:
        wanted = f"huggingface_hub=={version}" if version else "huggingface_hub"
        with tempfile.TemporaryDirectory() as folder:
            pip = [*arguments.pip.split(), "install", "-q", "--upgrade", "--target", folder, wanted]
            subprocess.run(pip, check=True)
            environment = os.environ | {"PYTHONPATH": os.pathsep.join([folder, str(ROOT)])}
            versions = (
                "import huggingface_hub as hub, httpx2; print(hub.__version__, 'httpx2', httpx2.__version__)"
            )
            subprocess.run([sys.executable, "-c", versions], env=environment, check=True)
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", *TESTS], cwd=ROOT, env=environment, check=False
            )
        if done.returncode:
            failed.append(wanted)
    print("failed with " + ", ".join(failed) if failed else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
