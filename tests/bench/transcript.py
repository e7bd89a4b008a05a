"""What a conversation costs to open, to scroll, and to draw while a reply is written; no model is needed."""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import common
from tests.bench.common import verdict
from tests.terminal import Terminal

OPEN_TARGET_SECONDS = 0.5
"""For 500 messages."""
PAGE_TARGET_SECONDS = 0.05
SHARE_TARGETS = {100: 10.0, 30: 5.0}
"""Percent of a core, by tokens per second."""
GROWTH_TARGET = 1.25
"""The last quarter of a long reply against the first."""


def run(*arguments: object) -> dict[str, Any]:
    """What the scripted chat measured in a terminal of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        argv = [sys.executable, "-m", "tests.bench.scripted_chat", *map(str, arguments), str(out)]
        with Terminal(argv, common.COLS, common.ROWS) as terminal:
            if terminal.wait(600) != 0:
                raise SystemExit(terminal.text())
        return json.loads(out.read_text())


def main() -> int:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, nargs="*", default=[100, 500, 2000])
    parser.add_argument("--tokens", type=int, default=4000, help="of the reply that streams")
    parser.add_argument("--rates", type=int, nargs="*", default=[100, 30], help="tokens per second")
    parser.add_argument("--noise", type=float, default=5.0, help="percent of the machine others may use")
    options = parser.parse_args()
    print(f"others use {common.wait_for_quiet(options.noise, 60):.0f} % of the machine")
    met = True
    for count in options.messages:
        figures = run("open", count)
        print(f"{count} messages: a page {common.spread(figures['pages'], ' ms', 1000)}")
        if count <= 500:
            met &= verdict(f"{count} messages open", figures["show"], OPEN_TARGET_SECONDS, unit=" s")
        else:
            print(f"      {count} messages open: {figures['show']:.3g} s")
        page = statistics.median(figures["pages"])
        met &= verdict(f"{count} messages, a page", page, PAGE_TARGET_SECONDS, unit=" s")
    for rate in options.rates:
        shares = [100 * share for share in run("stream", options.tokens, rate)["shares"]]
        print(f"{rate} tok/s, CPU by quarters: " + "  ".join(f"{share:.1f} %" for share in shares))
        target = next(
            (target for minimum, target in SHARE_TARGETS.items() if rate >= minimum), SHARE_TARGETS[30]
        )
        met &= verdict(f"{rate} tok/s: CPU", max(shares), target, unit=" % of a core")
        met &= verdict(f"{rate} tok/s: last quarter / first", shares[-1] / shares[0], GROWTH_TARGET)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
