"""Footer with as many keys as fit: those of the focused pane first, help and quit always."""

# The library's option for the keys that are grouped is read from its own binding.
# pyright: reportUnknownMemberType=false

from collections.abc import Iterable, Sequence

import msgspec
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Resize
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from tui.ui.kit.keyboard.actions import has_effect, is_forwarded, is_movement

_ALWAYS = ("app.help", "app.quit")
"""Ids of the keys that stay at every width: the way to all others, and the way out."""
_SELDOM = ("models.rescan", "prompt.new_line", "machine.measure", "machine.forget")
"""Ids of the keys that come last: they are known from elsewhere, or seldom needed."""


class KeyHint(msgspec.Struct, frozen=True):
    """An action in the footer, or several of one group, with their keys."""

    bindings: tuple[Binding, ...]
    """One for each action."""
    keys: tuple[str, ...]
    """As they are shown."""
    description: str
    rank: int
    """Hints of a smaller rank are shown before others."""

    @property
    def width(self) -> int:
        """Cells of the keys and the description, with a blank after each."""
        return sum(cell_len(text) + 1 for text in (*self.keys, self.description))

    @property
    def is_always_shown(self) -> bool:
        """True for help and quit."""
        return self.bindings[0].id in _ALWAYS


def fitting_hints(hints: Sequence[KeyHint], width: int) -> list[KeyHint]:
    """Return the hints that fit `width` cells, in their order, with help and quit last."""
    always = [hint for hint in hints if hint.is_always_shown]
    by_rank = [hint for hint in hints if not hint.is_always_shown]
    room = width - sum(hint.width for hint in always)
    fitting: list[KeyHint] = []
    for hint in sorted(by_rank, key=lambda hint: hint.rank):
        if hint.width > room:
            break
        room -= hint.width
        fitting.append(hint)
    return [*fitting, *always]


def _rank(members: Sequence[Binding]) -> int:
    """Return the rank of a hint: the main keys, those that fill room, seldom needed ones, other panes'."""
    if any(member.show for member in members):
        return 0
    if is_forwarded(members[0].action):
        return 3
    return 2 if members[0].id in _SELDOM else 1


class KeyFooter(Footer):
    """Footer that leaves out what does not fit, and keys that would have no effect now."""

    def __init__(self, *, show_command_palette: bool = True) -> None:
        super().__init__(compact=True, show_command_palette=show_command_palette)

    def on_resize(self, event: Resize) -> None:
        """Show the keys that fit the new width."""
        self.call_after_refresh(self.recompose)

    def compose(self) -> ComposeResult:
        """Lay out the keys, and at the right the one of the palette."""
        if not self._bindings_ready:
            return
        palette = self._palette_key()
        palette_width = 0
        if palette is not None:
            # The line between it and the others takes a cell.
            palette_width = cell_len(palette.key_display) + cell_len(palette.description) + 3
        for hint in fitting_hints(list(self._hints()), self.size.width - palette_width):
            for binding, key in zip(hint.bindings, hint.keys, strict=True):
                is_last = binding is hint.bindings[-1]
                yield FooterKey(
                    binding.key,
                    key,
                    hint.description if is_last else "",
                    binding.action,
                    tooltip=binding.tooltip or binding.description,
                ).data_bind(compact=Footer.compact)
        if palette is not None:
            yield palette

    def _hints(self) -> Iterable[KeyHint]:
        """Return a hint for each action or group that can be used now, in the order of the focus."""
        groups: dict[object, list[Binding]] = {}
        for node, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if not enabled or not binding.id or is_movement(binding.action):
                continue
            if not has_effect(node, binding.action):
                continue
            members = groups.setdefault(binding.group or binding.id, [])
            if all(member.id != binding.id for member in members):
                members.append(binding)
        for members in groups.values():
            group = members[0].group
            yield KeyHint(
                tuple(members),
                tuple(map(self.app.get_key_display, members)),
                group.description if group is not None and len(members) > 1 else members[0].description,
                _rank(members),
            )

    def _palette_key(self) -> FooterKey | None:
        active = self.screen.active_bindings.get(self.app.COMMAND_PALETTE_BINDING)
        if not self.show_command_palette or not self.app.ENABLE_COMMAND_PALETTE or active is None:
            return None
        binding = active.binding
        return FooterKey(
            binding.key,
            self.app.get_key_display(binding),
            binding.description,
            binding.action,
            classes="-command-palette",
            tooltip=binding.tooltip or binding.description,
        )
