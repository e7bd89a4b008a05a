"""The models that the commands know: those on this disk and in the catalogue."""

from tui.cli.output import print_note
from tui.models.model import Model
from tui.services.finding import ModelScan, find_loadable_model, scan_models, search_paths
from tui.services.sentences import sentence
from tui.settings.settings import Settings


def scan_with_notes(settings: Settings) -> ModelScan:
    """Look for models where the settings say; problems are printed on stderr."""
    scan = scan_models(search_paths((), settings.folders))
    for problem in scan.problems:
        print_note(sentence(problem))
    return scan


def model_on_disk(name: str, settings: Settings) -> Model:
    """Return the one model of this name that is on this disk and readable.

    Raises:
        FindingError: there is none, or there are several.
    """
    return find_loadable_model(name, scan_with_notes(settings))
