"""Sentences of the mistakes in the settings file."""

from tui.i18n import N_
from tui.sentences import Table

SENTENCES: Table = {
    # The file as a whole.
    "settings.not_utf8": N_("{file} is not UTF-8 text; the default settings are used"),
    "settings.unreadable": N_("{file} cannot be read ({why}); the default settings are used"),
    "settings.not_toml": N_("{file} is not valid TOML: {why}; the default settings are used"),
    # The syntax of TOML, after a colon.
    "settings.toml_at_place": N_("{problem} (line {line}, column {column})"),
    "settings.toml_at_end": N_("{problem} (at its end)"),
    "settings.toml_statement": N_("a line is neither key = value nor the name of a table"),
    "settings.toml_line_goes_on": N_("something follows a value on its line"),
    "settings.toml_no_equals_sign": N_("a key has no = after it"),
    "settings.toml_key_character": N_("a key begins with a character that it cannot have"),
    "settings.toml_open_header": N_("the name of a table has no ] after it"),
    "settings.toml_twice": N_("a key or a table is there twice"),
    "settings.toml_open_list": N_("a list has no ] after it"),
    "settings.toml_open_table": N_("a table in a line has no }} after it"),
    "settings.toml_backslash": N_(
        "a text has a backslash that means nothing; write two, or use single quotes"
    ),
    "settings.toml_open_text": N_("a text has no quotation mark after it"),
    "settings.toml_character": N_("a character is there that TOML does not allow"),
    "settings.toml_date": N_("a date or time is not valid"),
    "settings.toml_value": N_("a value is missing or not valid; a text needs quotation marks"),
    "settings.toml_nested": N_("lists or tables are nested too deeply"),
    "settings.toml_other": N_("{error}"),
    # One mistake in it.
    "settings.problem": N_("{file}, {place}: {mistake}"),
    "settings.line": N_("line {number}"),
    "settings.no_line": N_("somewhere"),
    "settings.wrong_value": N_("{key} is {value}; expected {expected}"),
    "settings.unknown_key": N_("there is no setting {key}; {hint}"),
    "settings.did_you_mean": N_("did you mean {key}?"),
    "settings.unknown_action": N_("there is no action {id}; {hint}"),
    "settings.see_action_ids": N_("docs/keys.md lists them"),
    "settings.key_left_out": N_("it is left out"),
    "settings.machine_left_out": N_("the machine is left out"),
    "settings.preset_left_out": N_("the preset is left out"),
    "settings.wrong_table": N_("{table} {mistake}"),
    "settings.needs_name": N_("needs a name: [{kind}.mine]"),
    "settings.no_ram": N_("has no ram_gb; expected {expected}"),
    "settings.vram_and_shared": N_(
        "has vram_gb beside shared_gb or unified; a GPU has its own memory or shares the RAM"
    ),
    "settings.gpu_without_memory": N_("has a GPU without memory; add vram_gb, shared_gb or unified = true"),
    "settings.shared_above_ram": N_("has more shared_gb than ram_gb; the GPU's part is in the RAM"),
    "settings.no_system": N_("has no system; expected {expected}"),
    # Its language, changed by the program.
    "settings.language_not_saved": N_("{file} cannot be written: {why}."),
    "settings.language_not_utf8": N_("{file} is not UTF-8 text; write the language into it by hand."),
    "settings.language_not_toml": N_("{file} is not valid TOML: {why}. Mend it first."),
    "settings.language_not_placed": N_('Write language = "{code}" at the top of {file} by hand.'),
    # Values that it should have.
    "settings.expect_tokens": N_(
        'a whole number of tokens from {least} to {most:.0f}, or a text such as "32k"'
    ),
    "settings.expect_integer": N_("a whole number from {least} to {most}"),
    "settings.expect_integer_from": N_("a whole number from {least} up"),
    "settings.expect_seed": N_("a whole number from 0 up, or -1"),
    "settings.expect_number": N_("a number from {least} to {most}"),
    "settings.expect_seconds": N_("a number of seconds from {least} to {most}"),
    "settings.expect_gb": N_("a number of GB from {least} to {most}"),
    "settings.expect_gb_per_second": N_("a number of GB a second from {least} to {most}"),
    "settings.expect_bool": N_("true or false"),
    "settings.expect_paths": N_('a list of paths: ["~/models"]'),
    "settings.expect_stores": N_('a list of programs, such as ["ollama"], out of {names}'),
    "settings.expect_columns": N_('a list of columns, such as ["size", "speed"], out of {names}'),
    "settings.expect_kv_type": N_('"f16", "q8_0" or "q4_0"'),
    "settings.expect_when_full": N_('"stop", "drop_oldest" or "keep_pinned"'),
    "settings.expect_language": N_("one of {codes}"),
    "settings.expect_preset_language": N_('"en" or "es"'),
    "settings.expect_theme": N_('a name in quotes: "llmtui-dark"'),
    "settings.expect_theme_such_as": N_('a theme such as "{theme}"; docs/settings.md lists them'),
    "settings.expect_gpu": N_('a name in quotes: "RTX 3060"'),
    "settings.expect_key": N_('a key in quotes: "ctrl+x"'),
    "settings.expect_that_key": N_('"{key}"'),
    "settings.expect_key_such_as": N_('a key such as "ctrl+x", "f5" or "x", and "{key}" is none'),
    "settings.expect_keys": N_('a table of action = key: "chat.stop" = "ctrl+x"'),
    "settings.expect_machines": N_("a table for each machine: [machines.mine]"),
    "settings.expect_presets": N_("a table for each preset: [presets.mine]"),
    "settings.expect_table": N_("a table with {least}"),
    "settings.expect_stops": N_('a list of up to {most} texts: ["###"]'),
    "settings.expect_system": N_('a text in quotes: "Answer in one sentence."'),
    "settings.expect_schema": N_('a JSON schema in quotes: \'{{"type": "object"}}\''),
}
