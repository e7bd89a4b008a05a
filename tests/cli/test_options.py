"""How a model is loaded, by the command line, the settings and the machine."""

import pytest

from tests.ui.host import machine
from tui.cli.options import Arguments, load_settings_of
from tui.engine.options import LoadSettings
from tui.settings.settings import Settings


@pytest.mark.parametrize(
    ("arguments", "settings", "load"),
    [
        (Arguments(), Settings(), LoadSettings(context=Settings().context, kv_type="f16", threads=4)),
        (
            Arguments(),
            Settings(context=512, kv_type="q8_0", threads=2),
            LoadSettings(context=512, kv_type="q8_0", threads=2),
        ),
        (
            Arguments(ctx=1024, kv="q4_0"),
            Settings(context=512, kv_type="q8_0", threads=2),
            LoadSettings(context=1024, kv_type="q4_0", threads=2),
        ),
        (
            Arguments(ctx=1024),
            Settings(kv_type="q8_0"),
            LoadSettings(context=1024, kv_type="q8_0", threads=4),
        ),
    ],
    ids=["the machine's cores", "settings", "command line first", "some of both"],
)
def test_command_line_overrides_the_settings_and_settings_the_defaults(
    arguments: Arguments, settings: Settings, load: LoadSettings
):
    assert load_settings_of(arguments, settings, machine()) == load


def test_omitted_arguments_have_empty_values():
    arguments = Arguments()
    assert arguments.command is None
    assert not arguments.json
    assert not any((arguments.models, arguments.paths, arguments.tasks, arguments.quants, arguments.markdown))
    assert {arguments.prompt, arguments.ctx, arguments.stop, arguments.record, arguments.replay} == {None}
