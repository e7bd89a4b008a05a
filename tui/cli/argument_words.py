"""Words of Python's parser of arguments, in the user's language: usage, titles and errors."""

import argparse

from tui.i18n import N_, _, ngettext

ARGPARSE_TEXTS = (
    # Help.
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    # Errors.
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("unrecognized arguments: %s"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("expected one argument"),
    N_("expected at most one argument"),
    N_("expected at least one argument"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("unexpected option string: %s"),
)
"""Texts of the `argparse` of every supported Python, as they are written there."""


def translate_argparse() -> None:
    """Let `argparse` look up its words in the catalogue of llmtui.

    It asks functions of its own module, which look for a catalogue of Python's that nobody has.
    """
    # By name, since they are no public part of the module.
    setattr(argparse, "_", _)  # noqa: B010
    setattr(argparse, "ngettext", ngettext)  # noqa: B010
