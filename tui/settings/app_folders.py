"""Files and folders of llmtui's own, where the system wants them."""

from pathlib import Path

import platformdirs

APP = "llmtui"


def settings_file() -> Path:
    """Return the file that the settings are read from."""
    return config_folder() / "settings.toml"


def config_folder() -> Path:
    """Return the folder of the files that the user writes: settings and catalogue."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False))


def cache_folder() -> Path:
    """Return the folder of all that can be found out again."""
    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


def data_folder() -> Path:
    """Return the folder of all that cannot be found out again: models, conversations, measurements."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def state_folder() -> Path:
    """Return the folder of what the program remembers from start to start."""
    return Path(platformdirs.user_state_dir(APP, appauthor=False))


def log_file() -> Path:
    """Return the file that every failure is logged to in full."""
    return Path(platformdirs.user_log_dir(APP, appauthor=False)) / "llmtui.log"
