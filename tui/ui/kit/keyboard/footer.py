"""Footer with as many keys as fit: those of the focused pane first, help and quit always.

It is one widget that draws its own line. Textual's footer has a widget for each key, which it makes anew at
every change of the keys; that delays the first screen, and the footer's reactives keep the old widgets.
"""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import msgspec
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import ActiveBinding, Binding
from textual.events import Leave, MouseDown, MouseMove, Resize
from textual.reactive import reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.i18n import _
from tui.ui.kit.keyboard.actions import has_effect, is_forwarded, is_movement, name_of
from tui.ui.kit.keyboard.names import short_key_name

_QUIT = "app.quit"
_ALWAYS = ("app.help", _QUIT)
"""Ids of the keys that stay at every width: the way to all others, and the way out."""
_SELDOM = ("models.rescan", "prompt.new_line", "machine.measure", "machine.forget")
"""Ids of the keys that come last: they are known from elsewhere, or seldom needed."""
_FOR_NEWCOMERS = ("models.picks",)
"""Ids of the keys that get room before others, though they stand in their place among them."""
_RULE = "▏"
"""Line between the keys and that of the palette."""
_MARGIN = 1
"""Blank cells before the first key."""
_GAP = 2
"""Blank cells after a description: more than between a key and its description."""


class KeyHint(msgspec.Struct, frozen=True):
    """An action in the footer, or several of one group, with their keys."""

    bindings: tuple[Binding, ...]
    """One for each action."""
    keys: tuple[str, ...]
    """As they are shown."""
    description: str
    rank: int
    """Hints of a smaller rank are shown before others."""

    def width(self, gap: int) -> int:
        """Return the cells of the keys and the description, with `gap` blanks behind it."""
        return sum(cell_len(key) + 1 for key in self.keys) + cell_len(self.description) + gap

    @property
    def is_always_shown(self) -> bool:
        """True for help and quit."""
        return self.bindings[0].id in _ALWAYS

    @property
    def is_for_newcomers(self) -> bool:
        """True for the keys that a newcomer needs first."""
        return self.bindings[0].id in _FOR_NEWCOMERS


class FooterKey(msgspec.Struct, frozen=True):
    """A key on the line, with its description where that follows it."""

    start: int
    """First cell."""
    key: str
    """Name of the key, to be pressed by a click."""
    label: str
    """The key as it is shown."""
    description: str
    """Empty before another key of the same group."""
    tooltip: str
    is_palette: bool = False
    """True for the key of the palette, which stands behind a line."""

    @property
    def end(self) -> int:
        """Cell after the last one."""
        gap = 1 if self.description else 0
        return self.start + cell_len(self.label) + gap + cell_len(self.description)


def fitting_hints(hints: Sequence[KeyHint], width: int, gap: int = _GAP) -> list[KeyHint]:
    """Return the hints that fit `width` cells, by rank, with help and quit last; `gap` blanks follow each."""
    always = [hint for hint in hints if hint.is_always_shown]
    by_rank = [hint for hint in hints if not hint.is_always_shown]
    room = width - sum(hint.width(gap) for hint in always)
    by_rank.sort(key=lambda hint: hint.rank)
    # Right behind the first one, which is that of Enter.
    by_need = by_rank[:1] + sorted(by_rank[1:], key=lambda hint: not hint.is_for_newcomers)
    fitting: list[KeyHint] = []
    for hint in by_need:
        if hint.width(gap) > room:
            break
        room -= hint.width(gap)
        fitting.append(hint)
    return [*(hint for hint in by_rank if hint in fitting), *always]


def footer_keys(hints: Sequence[KeyHint], palette: KeyHint | None, width: int) -> list[FooterKey]:
    """Place the keys that fit `width` cells from the left, and at the right the one of the palette.

    The palette's gives way where help and quit would be cut, and then help. The keys stand closer together
    where that shows all of the main ones.
    """
    always_width = sum(hint.width(_GAP) for hint in hints if hint.is_always_shown)
    # The line before it takes a cell, and so does the blank behind it.
    palette_width = palette.width(2) if palette is not None else 0
    margin = _MARGIN
    if margin + always_width > width - palette_width:
        palette, palette_width = None, 0
    room = width - palette_width - margin
    fitting, gap = fitting_hints(hints, room), _GAP
    main = [hint for hint in hints if hint.rank == 0]
    if not all(hint in fitting for hint in main):
        closer = fitting_hints(hints, room, 1)
        if all(hint in closer for hint in main):
            fitting, gap = closer, 1
    # The blanks after the last one may be cut, and then that before the first one.
    if always_width - _GAP > width - margin:
        margin = 0
    if always_width - _GAP > width:
        fitting = [hint for hint in fitting if hint.bindings[0].id == _QUIT]
    keys: list[FooterKey] = []
    cell = margin
    for hint in fitting:
        keys += _place(hint, cell)
        cell += hint.width(gap)
    if palette is not None:
        keys += _place(palette, width - palette_width + 1, is_palette=True)
    return keys


def _place(hint: KeyHint, start: int, *, is_palette: bool = False) -> Iterable[FooterKey]:
    """Place the keys of a hint side by side, with the description after the last one."""
    for binding, label in zip(hint.bindings, hint.keys, strict=True):
        description = hint.description if binding is hint.bindings[-1] else ""
        tooltip = binding.tooltip or binding.description
        yield FooterKey(start, binding.key, label, description, tooltip, is_palette)
        start += cell_len(label) + 1


def _rank(members: Sequence[Binding]) -> int:
    """Return the rank of a hint: the main keys, those that fill room, seldom needed ones, other panes'."""
    if any(member.show for member in members):
        return 0
    if is_forwarded(members[0].action):
        return 3
    return 2 if members[0].id in _SELDOM else 1


class KeyFooter(Widget):
    """Line of keys at the bottom, without those that do not fit, or that would have no effect now."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-footer--key",
        "key-footer--description",
        "key-footer--rule",
        "key-footer--item",
        "key-footer--hover",
    }
    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;

        & > .key-footer--item { background: $footer-item-background; }
        & > .key-footer--key {
            color: $footer-key-foreground;
            background: $footer-key-background;
            text-style: bold;
        }
        & > .key-footer--description {
            color: $footer-description-foreground;
            background: $footer-description-background;
        }
        & > .key-footer--rule { color: $foreground 20%; }
        & > .key-footer--hover { background: $block-hover-background; }
    }
    """

    hovered: reactive[FooterKey | None] = reactive[FooterKey | None](None)
    """The key under the mouse; None for none."""

    def __init__(self, *, show_command_palette: bool = True) -> None:
        super().__init__()
        self._show_command_palette = show_command_palette
        self._keys: list[FooterKey] = []
        self._is_outdated = False
        """True from a change of the bindings until the line is made anew: many come at once."""

    @property
    def keys(self) -> Sequence[FooterKey]:
        """The keys on the line, from left to right."""
        return tuple(self._keys)

    def on_mount(self) -> None:
        """Follow the bindings that are active."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed, immediate=True)

    def on_unmount(self) -> None:
        """Stop following them."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def on_resize(self, event: Resize) -> None:
        """Show the keys that fit the new width."""
        self._update()

    def _bindings_changed(self, screen: Screen[object]) -> None:
        """Make the line anew, once, after all that changes the bindings now."""
        # While another window has the focus the keys stay as they are.
        if screen.app.app_focus and not self._is_outdated:
            self._is_outdated = True
            self.call_after_refresh(self._update)

    def _update(self) -> None:
        self._is_outdated = False
        if not self.is_attached:
            return
        active = self.screen.active_bindings
        hints = list(self._hints(active.values()))
        keys = footer_keys(hints, self._palette_hint(active), self.size.width)
        if keys != self._keys:
            self._keys = keys
            self.hovered = None
            self.refresh()

    def _hints(self, active: Iterable[ActiveBinding]) -> Iterable[KeyHint]:
        """Return a hint for each action or group that can be used now, in the order of the focus.

        Of two keys that do the same now, such as a download by Enter and by its own key, the first counts.
        """
        groups: dict[object, list[Binding]] = {}
        names: dict[str, str] = {}
        for node, binding, enabled, _tooltip in active:
            if not enabled or not binding.id or is_movement(binding.action):
                continue
            if not has_effect(node, binding.action):
                continue
            members = groups.setdefault(binding.group or binding.id, [])
            if all(member.id != binding.id for member in members):
                members.append(binding)
                names[binding.id] = name_of(node, binding.action) or binding.description
        descriptions: set[str] = set()
        for members in groups.values():
            group, name = members[0].group, names[str(members[0].id)]
            description = group.description if group is not None and len(members) > 1 else name
            if description in descriptions:
                continue
            descriptions.add(description)
            yield KeyHint(
                tuple(members),
                tuple(short_key_name(binding.key) for binding in members),
                description,
                _rank(members),
            )

    def _palette_hint(self, active: Mapping[str, ActiveBinding]) -> KeyHint | None:
        palette = active.get(self.app.COMMAND_PALETTE_BINDING)
        if not self._show_command_palette or not self.app.ENABLE_COMMAND_PALETTE or palette is None:
            return None
        binding = palette.binding
        return KeyHint((binding,), (short_key_name(binding.key),), _("Palette"), 0)

    # The mouse

    def _key_at(self, cell: int) -> FooterKey | None:
        return next((key for key in self._keys if key.start <= cell < key.end), None)

    def on_mouse_down(self, event: MouseDown) -> None:
        """Press the key that was clicked."""
        event.stop()
        if key := self._key_at(event.x):
            self.app.simulate_key(key.key)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Show the key under the mouse, and what it does."""
        self.hovered = self._key_at(event.x)

    def on_leave(self, event: Leave) -> None:
        """Show no key under the mouse."""
        self.hovered = None

    def watch_hovered(self, hovered: FooterKey | None) -> None:
        """Change the tooltip and the shape of the mouse."""
        self.tooltip = hovered.tooltip if hovered is not None else None
        self.styles.pointer = "pointer" if hovered is not None else "default"

    # The line

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        base = self.visual_style.rich_style
        segments: list[Segment] = []
        cell = 0
        for key in self._keys if y == 0 else ():
            gap = key.start - cell
            if key.is_palette:
                segments.append(Segment(" " * (gap - 1), base))
                segments.append(Segment(_RULE, self._style("rule", None)))
            else:
                segments.append(Segment(" " * gap, base))
            segments.append(Segment(key.label, self._style("key", key)))
            if key.description:
                segments.append(Segment(f" {key.description}", self._style("description", key)))
            cell = key.end
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _style(self, role: str, key: FooterKey | None) -> Style:
        hover = ("key-footer--hover",) if key is not None and key == self.hovered else ()
        classes = ("key-footer--item", *hover, f"key-footer--{role}")
        return self.get_visual_style(*classes).rich_style
