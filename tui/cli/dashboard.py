"""`llmtui`: the dashboard."""

import codecs
import logging
import sys
from pathlib import Path

import msgspec

from tui.cli.arguments import COMMANDS
from tui.cli.options import Arguments
from tui.cli.output import UserError, print_note
from tui.engine.install import installed_build
from tui.hardware.recording.replay import Replay
from tui.i18n import _
from tui.sentences import Reason
from tui.services.finding import is_there, search_paths
from tui.services.restart import Restart, leave_for_restart, start_again, take_restart
from tui.services.sentences import sentence
from tui.settings.app_folders import log_file
from tui.settings.choices import ChoiceStore, apply_choices
from tui.settings.settings import Settings
from tui.settings.toml_reader import named_settings
from tui.system_errors import system_error
from tui.text import full_path
from tui.ui.app import LlmtuiApp

log = logging.getLogger(__name__)


def run_dashboard(arguments: Arguments, settings: Settings, problems: tuple[Reason, ...]) -> int:
    """Show the dashboard until the user leaves.

    Raises:
        UserError: there is no terminal to draw on, or one without UTF-8; a path does not exist; a recording
            cannot be read; an unexpected error ended the dashboard.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError(
            _("The dashboard needs a terminal."), _('For scripts there are "llmtui fit" and "llmtui run".')
        )
    # It is standard error that Textual draws on, but on Windows.
    if not sys.stderr.isatty():
        raise UserError(
            _("The dashboard draws on standard error, which does not lead to a terminal here."),
            _("Leave it as it is; what goes wrong is in {file}.").format(file=log_file()),
        )
    encoding = sys.stderr.encoding
    if codecs.lookup(encoding).name != "utf-8":
        raise UserError(
            _("The dashboard draws with signs that {encoding} does not have.").format(encoding=encoding),
            _("Start it in a UTF-8 locale, for instance with LC_ALL=C.UTF-8."),
        )
    choices = ChoiceStore()
    remembered = choices.read()
    settings = apply_choices(settings, remembered, named_settings())
    settings = msgspec.structs.replace(
        settings, context=arguments.ctx or settings.context, kv_type=arguments.kv or settings.kv_type
    )
    for path in arguments.paths:
        if not is_there(full_path(path)):
            raise UserError(
                _("There is no file or folder called {name}.").format(name=path), _command_hint(path)
            )
    paths = search_paths(arguments.paths, settings.folders, settings.skip_stores)
    build = installed_build()
    replay = _open_replay(arguments.replay) if arguments.replay is not None else None
    measure_once = settings.measure_speed and replay is None
    app = LlmtuiApp(
        settings,
        paths,
        build,
        problems,
        measure_once=measure_once,
        replay=replay,
        sort=remembered.sort,
        choices=choices,
        restart=take_restart(),
    )
    app.run()
    if reason := app.dashboard.lost_because:
        print_note(_("The last conversation was not kept: {reason}.").format(reason=reason))
    if app.return_code:
        raise UserError(
            _("Something went wrong that should not."), _("{file} has it all.").format(file=log_file())
        )
    return 0 if app.restart is None else _restart(app.restart)


def _restart(restart: Restart) -> int:
    """Start the program again, and return its exit code where this process waits for it.

    Raises:
        UserError: it cannot be started.
    """
    try:
        leave_for_restart(restart)
    except OSError:
        # The language counts for more than what would be loaded again.
        log.exception("The state before the restart cannot be kept")
    try:
        return start_again()
    except OSError as error:
        raise UserError(
            _("llmtui cannot be started again: {why}.").format(why=sentence(system_error(error))),
            _("Start it by hand."),
        ) from error


def _open_replay(folder: Path) -> Replay:
    # Imported for a replay, so that the first screen of this machine does not wait for it.
    from tui.cli.recording import open_replay

    return open_replay(folder)


def _command_hint(path: Path) -> str:
    import difflib

    similar_commands = difflib.get_close_matches(str(path), COMMANDS, 1)
    return (
        _('Did you mean "llmtui {command}"?').format(command=similar_commands[0])
        if similar_commands
        else _('"llmtui --help" lists the commands.')
    )
