"""What the plain commands know of this machine's speed, and what they add to it."""

import sys

from tui.cli.output import print_note
from tui.engine.failures import EngineFailure
from tui.engine.install import installed_build
from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.board import Measurements, settings_for
from tui.fit.calibrate import calibrate
from tui.fit.measurements import MeasurementStore, open_measurements, run_of
from tui.fit.rates import is_fully_measured
from tui.fit.speed import BandwidthSpeeds, Speeds
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.what_if import same_processor
from tui.i18n import _
from tui.models.model import Model
from tui.services.sentences import sentences


def measurements(machine: Machine, reading: Reading | None, threads: int) -> Measurements:
    """How fast models are: here by what was measured, on another machine by its memory bandwidth.

    A machine like this one with other memory is as fast as this one.
    """
    here = machine if reading is not None else detect_machine()
    if not same_processor(machine, here):
        return BandwidthSpeeds(machine)
    history = _history(here)
    if history is None:
        return Speeds(None)
    speeds = _speeds(history, threads)
    history.close()
    return speeds


def keep(
    model: Model, settings: LoadSettings, threads: int, predicted_bytes: int | None, metrics: ReplyMetrics
) -> None:
    """Remember a run, so that later answers rest on it."""
    history = _history(detect_machine())
    if history is not None:
        settings = settings_for(model, settings)
        history.add(run_of(model, settings, threads, predicted_bytes, metrics))
        history.close()


async def calibrate_once(threads: int, *, again: bool = False) -> Speeds | None:
    """Measure the machine, unless that was done; None when it could not be."""
    history = _history(detect_machine())
    if history is None:
        return None
    try:
        if again or not is_fully_measured(history.rates(threads)):
            if sys.stderr.isatty():
                print_note(_("Measuring this machine's speed, about ten seconds."))
            found = await calibrate(threads)
            history.set_rates(threads, found.cpu)
            if found.gpu is not None:
                history.set_rates(threads, found.gpu, "gpu")
        return _speeds(history, threads)
    except (EngineFailure, OSError) as error:
        why = sentences(error.failed.reasons) if isinstance(error, EngineFailure) else error
        print_note(_("This machine's speed could not be measured: {why}").format(why=why))
        return None
    finally:
        history.close()


def _speeds(history: MeasurementStore, threads: int) -> Speeds:
    return Speeds(history.rates(threads), history.runs(), history.rates(threads, "gpu"))


def _history(machine: Machine) -> MeasurementStore | None:
    build = installed_build()
    return open_measurements(machine, build) if build else None
