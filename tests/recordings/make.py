"""Writes the recordings of machines that nobody here has: `python -m tests.recordings.make`."""

from pathlib import Path

from tests.recordings.machines import MACHINES
from tests.recordings.samples import write

FOLDER = Path(__file__).parent


def main() -> None:
    """Every recording, in place of the one that was there."""
    for name, machine in MACHINES.items():
        write(machine, FOLDER / name)


if __name__ == "__main__":
    main()
