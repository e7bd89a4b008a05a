"""The models that the commands know: those on this disk and in the catalogue."""

from tui.cli.output import print_note
from tui.i18n import _
from tui.models.model import Model
from tui.services.finding import ModelScan, find_loadable_model, is_whole_name, scan_models, search_paths
from tui.services.sentences import sentence
from tui.settings.settings import Settings


def scan_with_notes(settings: Settings) -> ModelScan:
    """Look for models where the settings say; problems are printed on stderr."""
    scan = scan_models(search_paths((), settings.folders, settings.skip_stores))
    for problem in scan.problems:
        print_note(sentence(problem))
    return scan


def model_on_disk(name: str, settings: Settings) -> Model:
    """Return the one model of this name that is on this disk and readable.

    Raises:
        FindingError: there is none, or there are several.
    """
    model = find_loadable_model(name, scan_with_notes(settings))
    if not is_whole_name(name, model):
        print_note(_("{name} is {model}.").format(name=name, model=model.label))
    return model
