"""The words of the screen come through the same door as everybody's."""

from tui.i18n import _, ngettext

__all__ = ["_", "ngettext"]
