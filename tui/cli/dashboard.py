"""`llmtui`: the dashboard."""

import sys

import msgspec

from tui.cli.library import split_paths
from tui.cli.options import Arguments
from tui.cli.output import UserError
from tui.engine.build import installed_build
from tui.i18n import _
from tui.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.screens.dashboard import Places


def run_dashboard(arguments: Arguments, settings: Settings, problems: tuple[str, ...]) -> int:
    """Show the dashboard until the user leaves.

    Raises:
        UserError: there is no terminal to draw on, or a path does not exist.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError(
            _("The dashboard needs a terminal."), _('For scripts there are "llmtui fit" and "llmtui run".')
        )
    settings = msgspec.structs.replace(
        settings, context=arguments.ctx or settings.context, kv_type=arguments.kv or settings.kv_type
    )
    folders, files = split_paths(arguments.paths, settings.folders)
    LlmtuiApp(settings, Places(folders, files), installed_build(), problems).run()
    return 0
