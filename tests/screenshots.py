"""Take the README's pictures: the real program with the real model, as SVG and PNG in `screenshots/`.

Run it from the checkout: `python -m tests.screenshots`, with names of pictures for some of them. With
`LANGUAGE=es` those that README.es.md shows are taken in Spanish, into `screenshots/es/`. It needs the `test`
extra and, for the PNG files, a monospaced font with block and braille characters, JetBrains Mono with DejaVu
Sans for instance.
"""

import asyncio
import html
import mmap
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import resvg_py
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.gguf_files import Tensor, write_gguf
from tests.models.hub.loopback_hub import Behaviour, running_hub
from tests.models.hub.samples import use_hub
from tui.engine.install import installed_build
from tui.fit.calibrate import calibrate
from tui.fit.measurements import open_measurements
from tui.hardware.detect import detect_machine
from tui.hardware.profiles import PROFILES
from tui.hardware.recording.replay import Replay
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.gguf.reader import read_header
from tui.models.library import scan_library
from tui.models.listing import find_entry
from tui.services.downloads.words import share_done
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.downloads.dialog import DownloadDialog
from tui.ui.downloads.line import DownloadLine

SCREENSHOTS = Path(__file__).resolve().parent.parent / "screenshots"
LANGUAGE = os.environ.get("LANGUAGE", "en")
FOLDER = SCREENSHOTS if LANGUAGE == "en" else SCREENSHOTS / LANGUAGE
PNG_FONT = "JetBrains Mono"
SVG_TEXT = re.compile(
    r'<text class="([^"]*)" x="([^"]*)" y="([^"]*)" textLength="([^"]*)"([^>]*)>([^<]*)</text>'
)
SIGNS = re.compile("[\u2190-\uffff]+|[^\u2190-\uffff]+")
"""Runs of signs, from the arrows of Unicode on, and runs of other letters."""
QUESTION = {
    "en": "Give me tips for better sleep.",
    "es": "Dame consejos para dormir mejor.",
}[LANGUAGE]

App = LlmtuiApp
Script = Callable[[Pilot[None], App], Awaitable[None]]


async def until(pilot: Pilot[None], condition: Callable[[], bool], seconds: float = 120) -> None:
    """Let the program run until something is so."""
    for _ in range(int(seconds / 0.1)):
        if condition():
            return
        await pilot.pause(0.1)
    raise TimeoutError("the program did not get there")


async def started(pilot: Pilot[None], app: App) -> None:
    """Models listed and sized, some history on the gauges."""
    dashboard = app.dashboard
    await until(pilot, lambda: dashboard.models.detail.fit is not None)
    await pilot.pause(6)


async def loaded(pilot: Pilot[None], app: App) -> None:
    """The first model in the engine."""
    await started(pilot, app)
    await pilot.press("enter")
    await until(pilot, lambda: app.dashboard.models.listing.loaded_key is not None)


async def asked(pilot: Pilot[None], app: App) -> None:
    """An answer half-way."""
    await loaded(pilot, app)
    await pilot.press(*QUESTION, "enter")
    await until(pilot, lambda: len(_reply(app)) > 250)
    await pilot.pause(1)


async def answered(pilot: Pilot[None], app: App) -> None:
    """An answer to its end, the measured memory beside the predicted."""
    await asked(pilot, app)
    await until(pilot, lambda: not app.dashboard.chat.answering)
    await pilot.pause(2.5)


async def picked(pilot: Pilot[None], app: App) -> None:
    """Which model to take for a task, and why, on another machine."""
    await another_machine(pilot, app)
    await pilot.press("w")
    await pilot.pause(4)


async def how_to_ask(pilot: Pilot[None], app: App) -> None:
    """Presets, system prompt and sampling, with where each value comes from."""
    await loaded(pilot, app)
    await pilot.press("ctrl+s")
    await pilot.pause(1)
    await pilot.press("down")
    await pilot.pause(1)


async def exactly_as_read(pilot: Pilot[None], app: App) -> None:
    """What the model read and what it wrote."""
    await answered(pilot, app)
    await pilot.press("shift+tab", "v")
    await pilot.pause(1)


async def show_too_big_model(pilot: Pilot[None], app: App) -> None:
    """A model that does not fit, with its reason."""
    await started(pilot, app)
    await pilot.press("/", *"70b", "enter")
    await pilot.pause(1.5)


async def quantizations(pilot: Pilot[None], app: App) -> None:
    """Every quantization of a model that is not here."""
    await started(pilot, app)
    await pilot.press("/", *"3b-instruct", "enter", "t")
    await pilot.pause(2)


async def show_changes(pilot: Pilot[None], app: App) -> None:
    """On another machine, a model that is too big for it, and what would change that."""
    await another_machine(pilot, app)
    await pilot.press("/", *"qwen3-8b", "enter", "c")
    await pilot.pause(4)


async def compared(pilot: Pilot[None], app: App) -> None:
    """The same tasks to a model and to a copy of it."""
    await started(pilot, app)
    models = app.dashboard.models
    await pilot.press("space", "j", "space", "C")
    await until(pilot, lambda: len(models.marked) == 2 and len(app.screen_stack) == 2)
    await pilot.pause(1)
    await pilot.press("space", *"jjjj", "space", *"jj", "space", *"jj", "space", "enter")
    await until(pilot, lambda: app.dashboard.comparing)
    await until(pilot, lambda: not app.dashboard.comparing, seconds=900)
    await pilot.press("home")
    await pilot.pause(1)


async def another_machine(pilot: Pilot[None], app: App) -> None:
    """Every verdict for a laptop with 8 GB."""
    await started(pilot, app)
    app.dashboard.models.what_if = PROFILES["m1-8gb"]
    await pilot.pause(2)


async def gauges_in_full(pilot: Pilot[None], app: App) -> None:
    """The gauges in full while a model generates."""
    await asked(pilot, app)
    await pilot.press("f8")
    await pilot.pause(3)


async def looking_back(pilot: Pilot[None], app: App) -> None:
    """A moment of the reply on the timeline."""
    await answered(pilot, app)
    await pilot.press("f6", *["left"] * 4)
    await pilot.pause(1)


async def replayed(pilot: Pilot[None], app: App) -> None:
    """A recorded machine at work."""
    await until(pilot, lambda: app.dashboard.models.detail.fit is not None)
    await pilot.pause(7)


async def first_start(pilot: Pilot[None], app: App) -> None:
    """No model on the disk yet."""
    await started(pilot, app)


async def offered(pilot: Pilot[None], app: App) -> None:
    """A small model of the catalogue, its verdict here, and the question."""
    await first_start(pilot, app)
    await pilot.press("/", *"135m", "enter", "enter")
    await until(pilot, lambda: isinstance(app.screen, DownloadDialog) and app.screen.offer is not None)
    await pilot.pause(1)


async def downloading(pilot: Pilot[None], app: App) -> None:
    """The line of a download."""
    await offered(pilot, app)
    await pilot.press("enter")
    line = app.dashboard.query_one(DownloadLine)
    await until(pilot, lambda: any(share_done(status) > 0.55 for status in line.statuses))
    await pilot.pause(0.5)


async def chatting_after_download(pilot: Pilot[None], app: App) -> None:
    """The first answer of the model that has arrived."""
    await downloading(pilot, app)
    await until(pilot, lambda: any(model.on_disk for model in app.dashboard.models.listing.models))
    await pilot.pause(1)
    await pilot.press("enter")
    await until(pilot, lambda: app.dashboard.models.listing.loaded_key is not None)
    await pilot.press(*QUESTION, "enter")
    await until(pilot, lambda: len(_reply(app)) > 250)
    await pilot.pause(1)


async def helped(pilot: Pilot[None], app: App) -> None:
    """The help."""
    await started(pilot, app)
    await pilot.press("f1")
    await pilot.pause(1)


PICTURES: tuple[tuple[str, tuple[int, int], str, Script], ...] = (
    ("dashboard", (120, 40), "llmtui-dark", answered),
    ("generating", (120, 40), "llmtui-dark", asked),
    ("light", (120, 40), "llmtui-light", answered),
    ("small", (80, 24), "llmtui-dark", started),
    ("small-chat", (80, 24), "llmtui-dark", asked),
    ("large", (200, 60), "llmtui-dark", answered),
    ("asking", (120, 40), "llmtui-dark", how_to_ask),
    ("picks", (120, 40), "llmtui-dark", picked),
    ("raw", (120, 40), "llmtui-dark", exactly_as_read),
    ("too-big", (120, 40), "llmtui-dark", show_too_big_model),
    ("quantizations", (120, 40), "llmtui-dark", quantizations),
    ("what-if", (120, 40), "llmtui-dark", another_machine),
    ("to-fit", (120, 40), "llmtui-dark", show_changes),
    ("comparison", (120, 40), "llmtui-dark", compared),
    ("help", (120, 40), "llmtui-dark", helped),
    ("gauges", (120, 40), "llmtui-dark", gauges_in_full),
    ("timeline", (120, 40), "llmtui-dark", looking_back),
    ("replay", (120, 40), "llmtui-dark", replayed),
    ("download-start", (120, 40), "llmtui-dark", first_start),
    ("download-offer", (120, 40), "llmtui-dark", offered),
    ("download-progress", (120, 40), "llmtui-dark", downloading),
    ("download-chat", (120, 40), "llmtui-dark", chatting_after_download),
)
ALL = tuple(picture[0] for picture in PICTURES)
SHOWN = {"es": ("dashboard", "small", "large", "picks", "help", "asking")}
"""Pictures that are taken in another language, where these are not all of them."""
HOME_FOLDERS = {
    "HOME": "",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".cache",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
}
NEWCOMER = (first_start, offered, downloading, chatting_after_download)
"""Pictures of a first start: no model is on the disk, and the hub is one on loopback."""
HUB_BYTES_PER_SECOND = 2 << 20
"""Speed of each connection to that hub."""
RECORDING = SCREENSHOTS.parent / "tests" / "recordings" / "m1-8gb"
"""The machine of the picture of that name."""


def _reply(app: App) -> str:
    reply = app.dashboard.chat.conversation.last_reply
    return reply.text if reply else ""


@contextmanager
def empty_disk(home: Path) -> Generator[None]:
    """Hide the model of the `test` extra, and serve it on loopback as a repository of the catalogue."""
    (file,) = scan_library().files
    entry = find_entry(load_catalogue(), file.name)
    assert entry is not None
    with running_hub() as hub, pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        use_hub(hub, patch, home)
        patch.setenv("XDG_DATA_HOME", folder)
        hub.on_bytes = lambda _part: Behaviour(bytes_per_second=HUB_BYTES_PER_SECOND)
        hub.add(entry.repository, f"{file.name}-Q4_1.gguf", contents(file.path))
        for quant in ("Q5_1", "F16"):
            # Only their headers are ever asked for.
            path = other_quantization(file.path, Path(folder), quant)
            hub.add(entry.repository, f"{file.name}-{quant}.gguf", contents(path))
        yield


def contents(path: Path) -> mmap.mmap:
    """The bytes of a file."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def other_quantization(path: Path, folder: Path, quant: str) -> Path:
    """A file with the header that the model has at another quantization, and a hole for its weights."""
    header = read_header(path)
    tensors = [
        Tensor(tensor.name, tensor.dims, quant if len(tensor.dims) > 1 else tensor.type)
        for tensor in header.tensors
    ]
    # Its keys, the vocabulary among them, stay as they are: they end where the table of tensors begins.
    table_bytes = sum(24 + len(tensor.name.encode()) + 8 * len(tensor.dims) for tensor in tensors)
    with path.open("rb") as file:
        keys = file.read(header.table_end - table_bytes)
    copy = write_gguf(folder / f"{quant}.gguf", {}, tensors)
    table = copy.read_bytes()[24:][: table_bytes + 32]
    data = keys + table[:table_bytes]
    data += bytes(-len(data) % header.alignment)
    weights = sum(-(-tensor.bytes // header.alignment) * header.alignment for tensor in tensors)
    copy.write_bytes(data)
    os.truncate(copy, len(data) + weights)
    return copy


async def take(name: str, size: tuple[int, int], theme: str, script: Script) -> None:
    """One picture."""
    if script in NEWCOMER:
        with empty_disk(Path(os.environ["XDG_DATA_HOME"])):
            await take_now(name, size, theme, script)
    else:
        await take_now(name, size, theme, script)


async def take_now(name: str, size: tuple[int, int], theme: str, script: Script) -> None:
    """One picture of the program as it is set up."""
    settings = Settings(theme=theme, temperature=0, max_tokens=240)
    replay = Replay(RECORDING) if script is replayed else None
    places = SearchPaths(files=(a_copy(),)) if script is compared else SearchPaths()
    app = LlmtuiApp(settings, places, installed_build(), replay=replay)
    async with app.run_test(size=size) as pilot:
        await script(pilot, app)
        svg = app.export_screenshot(title="llmtui")
        app.exit()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.svg").write_text(svg)
    (FOLDER / f"{name}.png").write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=for_png(svg))))


def a_copy() -> Path:
    """The one real model that is here by another name: something to compare it with."""
    (file,) = scan_library().files
    copy = Path(os.environ["XDG_DATA_HOME"]) / "Copy-of-SmolLM2-Q4_1.gguf"
    shutil.copyfile(file.path, copy)
    return copy


def for_png(svg: str) -> str:
    """The picture with a font that is installed, since a PNG is drawn here and now.

    Where a font lacks a letter, all of the text around it is drawn in another font that has it, in a serif
    one for instance. So signs are a text of their own.
    """
    svg = re.sub(r'font-family: ?"?Fira Code"?[^;]*;', f"font-family: {PNG_FONT};", svg)
    return SVG_TEXT.sub(lambda match: signs_apart(*match.groups()), svg)


def signs_apart(class_name: str, x: str, y: str, length: str, clip: str, content: str) -> str:
    """The elements of a text, one for each run of signs, such as circles and bars, and of other letters."""
    text = html.unescape(content)
    cell = float(length) / max(1, cell_len(text))
    elements: list[str] = []
    cells = 0
    for run in SIGNS.findall(text):
        start, width = float(x) + cells * cell, cell_len(run) * cell
        letters = html.escape(run, quote=False).replace("\xa0", "&#160;")
        elements.append(
            f'<text class="{class_name}" x="{start:g}" y="{y}" textLength="{width:g}"{clip}>{letters}</text>'
        )
        cells += cell_len(run)
    return "".join(elements)


def measure() -> None:
    """Measure this machine's speed, once for all pictures."""
    machine, build = detect_machine(), installed_build()
    if build is not None:
        history = open_measurements(machine, build)
        history.add_rates(
            machine.cpu.physical_cores, asyncio.run(calibrate(machine.cpu.physical_cores, machine.cpu)).cpu
        )
        history.close()


def main(names: Sequence[str]) -> None:
    """Take these pictures, or all, with a home of their own: nobody's settings or models are in them."""
    (model,) = scan_library().files
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        for name, folder in HOME_FOLDERS.items():
            patch.setenv(name, str(Path(home, folder)))
        patch.setenv("COLORTERM", "truecolor")
        # It lies where a download of llmtui lies, not in this machine's folder of Python packages.
        models = Path(home, HOME_FOLDERS["XDG_DATA_HOME"], "llmtui", "models")
        models.mkdir(parents=True)
        shutil.copyfile(model.path, models / model.path.name)
        patch.setattr("tui.models.stores.environment.package_folders", list)
        pictures = [picture for picture in PICTURES if picture[0] in (names or SHOWN.get(LANGUAGE, ALL))]
        # Whoever starts for the first time has measured nothing.
        for picture in pictures:
            if picture[3] in NEWCOMER:
                asyncio.run(take(*picture))
        if any(picture[3] not in NEWCOMER for picture in pictures):
            measure()
        for picture in pictures:
            if picture[3] not in NEWCOMER:
                asyncio.run(take(*picture))


if __name__ == "__main__":
    main(sys.argv[1:])
