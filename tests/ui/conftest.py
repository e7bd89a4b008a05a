"""For every test of the screen: sentences name the keys of the classes that are there, as in the program."""

import tui.ui.dashboard.dashboard  # noqa: F401
