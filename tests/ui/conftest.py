"""For every test of the screen: sentences name the keys of the classes that are there, as in the program."""

import tui.ui.screens.dashboard  # noqa: F401
