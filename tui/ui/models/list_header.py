"""Header of the list: filter, context, KV type and order, each with a key and clickable."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from tui.i18n import _
from tui.services.model_columns import sort_title
from tui.text import clean_line
from tui.ui.kit.keyboard.names import key_of, with_keys

_GAP = " · "


class HeaderPart(Static):
    """Part of the header, with an action for a click."""

    DEFAULT_CSS = """
    HeaderPart {
        width: auto;
        height: 1;
        color: $dim;
        &:hover { color: $foreground; text-style: bold; }
    }
    """
    ALLOW_SELECT = False

    class PartClicked(Message):
        """The part was clicked; `action` is the action of the list to run."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, action: str, tooltip: str, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._action = action
        self.tooltip = tooltip

    def on_click(self, event: Click) -> None:
        """Report the click to the list."""
        event.stop()
        self.post_message(self.PartClicked(self._action))


class ListHeader(Horizontal):
    """Header of the list; if it is narrow, the least important parts are left out."""

    DEFAULT_CSS = """
    ListHeader {
        height: 1;
        padding: 0 1;

        & > Static { width: auto; color: $dim; }
        & > .-hidden { display: none; }
        & > #filter-sign { display: none; }
        & > #filter-input { display: none; width: 1fr; background: transparent; }
        &.-filtering > * { display: none; }
        &.-filtering > #filter-sign, &.-filtering > #filter-input { display: block; }
        &.-filtered > #part-filter { color: $text-accent; text-style: bold; }
    }
    """

    context: reactive[int] = reactive(0)
    """Context in tokens that the models are sized for."""
    kv_type: reactive[str] = reactive("")
    """Type of the KV cache's elements."""
    sort: reactive[str] = reactive("verdict")
    """Name of the sort order."""
    filter_text: reactive[str] = reactive("")
    """Text of the filter as typed."""
    filtering: reactive[bool] = reactive(False, toggle_class="-filtering")
    """True while the filter is being typed."""

    def compose(self) -> ComposeResult:
        """Lay out the parts, and the input that takes their place while the filter is typed."""
        yield HeaderPart(
            "filter",
            _tip(_("Filter the models by name, quantization or verdict"), "models.filter"),
            "part-filter",
        )
        yield HeaderPart("context(-1)", _tip(_("Shorter context"), "models.context_shorter"), "part-shorter")
        yield HeaderPart(
            "context(1)",
            _tip(_("Context the models are sized for; longer"), "models.context_longer"),
            "part-context",
        )
        yield HeaderPart("context(1)", _tip(_("Longer context"), "models.context_longer"), "part-longer")
        yield HeaderPart("kv_type", _tip(_("Type of the KV cache"), "models.kv_type"), "part-kv")
        yield HeaderPart("sort", _tip(_("Order of the list"), "models.sort"), "part-sort")
        yield Static("/ ", id="filter-sign", markup=False)
        yield Input(id="filter-input", compact=True, select_on_focus=False)

    @property
    def input(self) -> Input:
        """The input of the filter."""
        return self.query_one("#filter-input", Input)

    def open_filter(self) -> None:
        """Show the input, with the old filter selected so that the first letter replaces it."""
        self.filtering = True
        self.input.value = self.filter_text
        self.input.select_all()

    def on_mount(self) -> None:
        """Draw the parts."""
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """Draw the parts that fit the new width."""
        self._draw()

    def watch_context(self) -> None:
        """Redraw."""
        self._draw()

    def watch_kv_type(self) -> None:
        """Redraw."""
        self._draw()

    def watch_sort(self) -> None:
        """Redraw."""
        self._draw()

    def watch_filter_text(self, filter_text: str) -> None:
        """Highlight an active filter."""
        self.set_class(bool(filter_text), "-filtered")
        self._draw()

    def _draw(self) -> None:
        texts = header_parts(self.size.width, self.filter_text, self.context, self.kv_type, self.sort)
        for part in self.query_children(HeaderPart):
            text = texts.get(str(part.id), "")
            part.update(Content(text))
            # A class, because `display` on the part would override the rule that hides all parts.
            part.set_class(not text, "-hidden")


def _tip(text: str, key_id: str) -> str:
    key = key_of(key_id)
    return f"{text} ({key})" if key else text


def header_parts(width: int, query: str, context: int, kv_type: str, sort: str) -> dict[str, str]:
    """Return the texts of the parts that fit in `width` cells, by widget id."""
    filter_text = f"/ {clean_line(query)}" if query else with_keys(_("{models.filter} filter"), _("filter"))
    parts = {
        "part-filter": filter_text,
        "part-shorter": f"{_GAP}[ ",
        "part-context": _("ctx {count}").format(count=context),
        "part-longer": " ]",
        "part-kv": _GAP + _("KV {type}").format(type=kv_type),
        "part-sort": _GAP + _("sort {order}").format(order=sort_title(sort)),
    }
    for dropped in (("part-longer",), ("part-sort",), ("part-kv",)):
        if sum(len(text) for text in parts.values()) <= width:
            break
        for name in dropped:
            parts.pop(name)
        if "part-longer" not in parts:
            parts["part-shorter"] = _GAP
    return parts
