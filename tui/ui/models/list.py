"""List of models, with colours by verdict, a filter and a sort order."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from tui.fit.verdict import Fit
from tui.i18n import _
from tui.models.model import Model
from tui.services.filtering.model_filter import model_filter
from tui.services.list_groups import GroupedModels, Recommender, group_of, group_title, grouped
from tui.services.model_columns import SORTS, VERDICT, next_sort
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.notices import Notice
from tui.ui.models.column_titles import ColumnTitles
from tui.ui.models.index import ModelIndex
from tui.ui.models.list_header import HeaderPart, ListHeader
from tui.ui.models.notices import counts_text, looking_for_models, no_match
from tui.ui.models.rows import GroupHeading, ModelRows, RowContent

_CONTEXT_KEYS = Binding.Group(_("Context"))
_FOLDED_AT_ONCE = 200
"""Models that are made ready for the filter in one go, in a millisecond or two."""
_FOLDING_PAUSE_SECONDS = 0.005


class ModelList(Vertical):
    """List of models with their verdicts, which posts the user's requests.

    The rows are sorted again when the models, the filter or the order change, and when fits come for rows
    without one, for other load settings, or with a first speed, which tells the slow models apart. Any other
    change of a verdict leaves the row in its place, so that nothing moves under the cursor. The highlight
    stays on its model; a new filter or order highlights the first row instead.
    """

    BINDING_GROUP_TITLE = _("Models")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "up,k", "move(-1)", _("Up"), show=False, id="models.up", tooltip=_("Highlight the model above")
        ),
        Binding(
            "down,j",
            "move(1)",
            _("Down"),
            show=False,
            id="models.down",
            tooltip=_("Highlight the model below"),
        ),
        Binding("pageup", "page(-1)", _("Page up"), show=False, id="models.page_up", tooltip=_("A page up")),
        Binding(
            "pagedown", "page(1)", _("Page down"), show=False, id="models.page_down", tooltip=_("A page down")
        ),
        Binding("home", "first", _("First"), show=False, id="models.first", tooltip=_("The first model")),
        Binding("end,G", "last", _("Last"), show=False, id="models.last", tooltip=_("The last model")),
        Binding(
            "enter",
            "choose",
            _("Load"),
            id="models.choose",
            tooltip=_("Load the highlighted model, or download one that is not on this disk"),
        ),
        # Priority, so that letters typed right after it reach the filter's input, not the list's keys.
        Binding(
            "slash",
            "filter",
            _("Filter"),
            id="models.filter",
            priority=True,
            tooltip=_("Show only models that match"),
        ),
        Binding(
            "escape",
            "clear_filter",
            _("Clear filter"),
            show=False,
            id="models.clear",
            tooltip=_("Show all models"),
        ),
        Binding(
            "s",
            "sort",
            _("Sort"),
            id="models.sort",
            tooltip=_("Sort by verdict, speed, size, name, or files on disk"),
        ),
        Binding(
            "left_square_bracket",
            "context(-1)",
            _("Shorter context"),
            show=False,
            id="models.context_shorter",
            tooltip=_("Size the models for a shorter context"),
            group=_CONTEXT_KEYS,
        ),
        Binding(
            "right_square_bracket",
            "context(1)",
            _("Longer context"),
            show=False,
            id="models.context_longer",
            tooltip=_("Size the models for a longer context"),
            group=_CONTEXT_KEYS,
        ),
        Binding(
            "v",
            "kv_type",
            _("KV type"),
            show=False,
            id="models.kv_type",
            tooltip=_("Size the models for the next type of the KV cache"),
        ),
        Binding(
            "o",
            "columns",
            _("Columns"),
            show=False,
            id="models.columns",
            tooltip=_("Choose the columns of the list"),
        ),
        Binding(
            "z",
            "fold",
            _("Too big"),
            show=False,
            id="models.fold",
            tooltip=_("Show or hide the models that are too big for this machine"),
        ),
        Binding(
            "r", "rescan", _("Rescan"), show=False, id="models.rescan", tooltip=_("Look for models again")
        ),
    ]
    DEFAULT_CSS = """
    ModelList {
        border: round $pane-border;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $dim;
        &:focus-within { border: round $border; }
    }
    """

    loaded_key: reactive[str | None] = reactive(None)
    """Key of the model in the engine, which has a sign in the list."""
    context: reactive[int] = reactive(0)
    """Context of the fits in tokens, shown in the header."""
    kv_type: reactive[str] = reactive("")
    """KV cache type of the fits, shown in the header."""
    sort: reactive[str] = reactive("verdict")
    """Name of the sort order."""
    query_text: reactive[str] = reactive("")
    """Text of the filter as typed."""
    chosen_columns: reactive[tuple[str, ...]] = reactive(())
    """Names of the only columns to show, the most wanted first; empty for those that fit."""
    empty_notice: reactive[Notice] = reactive(looking_for_models)
    """Notice in place of the rows while there is no model at all."""

    class ModelHighlighted(Message):
        """Another model is highlighted; None if the list is empty."""

        def __init__(self, model: Model | None) -> None:
            super().__init__()
            self.model = model

    class ModelChosen(Message):
        """The user wants to load this model."""

        def __init__(self, model: Model) -> None:
            super().__init__()
            self.model = model

    class ContextStepped(Message):
        """The user wants a longer (1) or shorter (-1) context."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class KvTypeStepped(Message):
        """The user wants the next KV type."""

    class SortChosen(Message):
        """The user chose another order."""

        def __init__(self, sort: str) -> None:
            super().__init__()
            self.sort = sort

    class ColumnsChosen(Message):
        """The user chose the columns; none for those that fit."""

        def __init__(self, columns: tuple[str, ...]) -> None:
            super().__init__()
            self.columns = columns

    class RescanRequested(Message):
        """The user wants a new scan of the disk."""

    def __init__(
        self, id: str | None = None, *, sort: str | None = None, columns: Sequence[str] = ()
    ) -> None:
        """Create an empty list.

        Args:
            id: the widget's id.
            sort: the column to sort by first; None, or one that there is not, for the usual one.
            columns: names of the only columns to show; empty for those that fit.
        """
        super().__init__(id=id)
        self.set_reactive(ModelList.chosen_columns, tuple(columns))
        if sort in SORTS:
            self.set_reactive(ModelList.sort, sort)
        self.border_title = _("Models")
        self.language = "en"
        """Code of the language for which models are recommended."""
        self._index = ModelIndex()
        self._recommender = Recommender()
        self._lines: Sequence[RowContent] = ()
        self._places: dict[str, int] = {}
        """Places of the lines by their anchors; empty until one is asked for."""
        self._matching_count = 0
        """Models that match the filter, those of folded groups among them."""
        self._unfolded: set[str] = set()
        """Names of the groups that the user opened."""
        self._anchor: str | None = None
        """Anchor of the line the user moved to; None before that, so that the best model is highlighted."""
        self._query_before = ""
        """The filter that Esc restores while another one is typed."""
        self._anchor_before: str | None = None
        """The anchor that Esc restores."""
        self._best_first = False
        """True from a new filter to the next change of the order: the best matches come first."""
        self._reported: Model | None = None
        self._choice_name = ""
        """Name of what Enter does, as the line of keys shows it."""

    def compose(self) -> ComposeResult:
        """Lay out the header and the rows."""
        rows = ModelRows()
        yield ListHeader()
        yield ColumnTitles(lambda: rows.plan)
        yield rows

    def on_mount(self) -> None:
        """Show the order and the columns that the list begins with."""
        self._show_sort()
        self._rows.chosen_columns = self.chosen_columns

    @property
    def _header(self) -> ListHeader:
        return self.query_one(ListHeader)

    @property
    def _rows(self) -> ModelRows:
        return self.query_one(ModelRows)

    @property
    def shown_models(self) -> Sequence[Model]:
        """The models in the list after the filter, from top to bottom; without those of folded groups."""
        return tuple(line for line in self._lines if isinstance(line, Model))

    @property
    def matching_models(self) -> Sequence[Model]:
        """The models that match the filter, in the order of the list, those of folded groups among them."""
        return self._index.listed(self.query_text, self.sort, best_first=self._best_first)

    @property
    def models(self) -> Sequence[Model]:
        """All models, including those hidden by the filter."""
        return self._index.models

    @property
    def keys_in_sight(self) -> Sequence[str]:
        """Keys of the models whose rows are drawn."""
        return self._rows.keys_in_sight

    @property
    def highlighted_model(self) -> Model | None:
        """The model under the cursor; None if the list is empty, and on the heading of a folded group."""
        line = self._highlighted_line
        return line if isinstance(line, Model) else None

    @property
    def _highlighted_line(self) -> RowContent | None:
        index = self._rows.highlighted
        return self._lines[index] if index is not None and index < len(self._lines) else None

    def set_models(self, models: Sequence[Model], fits: Mapping[str, Fit] | None = None) -> None:
        """Show these models with these fits; if there are none, a model with a known key keeps its own."""
        self._index.set_models(models)
        if fits is not None:
            self._index.set_fits(fits)
        self._rows.measure(models)
        self._list_again()
        if len(models) > _FOLDED_AT_ONCE:
            self.run_worker(self._fold_facts, group="facts", exclusive=True)

    def set_fits(self, fits: Mapping[str, Fit]) -> None:
        """Show all fits, by model key; rows move as the docstring of the class describes."""
        if self._index.set_fits(fits):
            self._list_again()
        else:
            self._rows.show_fits(self._index.fits)

    async def _fold_facts(self) -> None:
        """Make the models ready for the filter, a few at a time, so that its first letter is quick."""
        while not self._index.fold(_FOLDED_AT_ONCE):
            await asyncio.sleep(_FOLDING_PAUSE_SECONDS)

    def highlight(self, key: str) -> bool:
        """Highlight the model with this key, in a folded group too; return False if it is not in the list."""
        if self._place_of(key) is None and (name := self._folded_group_of(key)) is not None:
            self._unfolded.add(name)
            self._list_again()
        index = self._place_of(key)
        if index is None:
            return False
        self._highlight_row(index)
        return True

    def _folded_group_of(self, key: str) -> str | None:
        """Return the name of the folded group that has a model; None where it is in no group of the list."""
        model = next((model for model in self.models if model.key == key), None)
        folded = {line.name for line in self._lines if isinstance(line, GroupHeading) and line.is_folded}
        name = group_of(model, self._index.fits.get(key)) if model is not None else ""
        return name if name in folded else None

    def show_marked(self, keys: frozenset[str]) -> None:
        """Mark the models with these keys."""
        self._rows.marked = keys
        self._show_counts()

    def _list_again(self) -> None:
        """Filter and sort the models; the highlighted one stays on its line of the screen if possible."""
        rows = self._rows
        line = (
            None
            if rows.highlighted is None or self._anchor is None
            else rows.highlighted - rows.scroll_offset.y
        )
        self._lines = self._list_lines()
        self._places = {}
        rows.show_rows(self._lines, self._index.fits, "" if self._lines else self._empty_text())
        index = self._place_of(self._anchor) if self._anchor is not None else None
        if index is not None and not self._can_highlight(index):
            index = self._nearest_row(index, 1)
        if index is None and line is not None and self._is_gone(self._anchor):
            index = self._take_place(line + rows.scroll_offset.y)
        first = self._nearest_row(0, 1)
        rows.place_highlight(first if index is None else index, line if index is not None else 0)
        self._show_counts()
        self._report_highlight()

    def _empty_text(self) -> str:
        count = len(self.models)
        return (no_match(self.query_text, count) if count else self.empty_notice).text

    def _place_of(self, anchor: str) -> int | None:
        """Return the place of the line with an anchor; None where there is none."""
        if not self._places:
            self._places = {_anchor_of(content): place for place, content in enumerate(self._lines)}
        return self._places.get(anchor)

    def _list_lines(self) -> Sequence[RowContent]:
        """Return the lines: models by group in the usual order, else all models one after another."""
        models = self._index.listed(self.query_text, self.sort, best_first=self._best_first)
        self._matching_count = len(models)
        if self.sort != VERDICT or (self._best_first and model_filter(self.query_text).has_name):
            return models
        groups = grouped(models, self._index.fits, partial(self._recommender.order, language=self.language))
        if len(groups) < 2:
            return models
        lines: list[RowContent] = []
        for members in groups:
            is_folded = members.group.is_folded and members.group.name not in self._unfolded
            lines.append(group_heading(members, is_folded=is_folded))
            lines += () if is_folded else members.models
        return lines

    def _nearest_row(self, index: int, step: int) -> int | None:
        """Return the row at a place, or the next one in the direction of `step` that can be highlighted.

        The other direction counts where there is none; None for a list without such a row.
        """
        if not self._lines:
            return None
        index = max(0, min(index, len(self._lines) - 1))
        ahead = range(index, len(self._lines)) if step > 0 else range(index, -1, -1)
        behind = range(index, -1, -1) if step > 0 else range(index, len(self._lines))
        return next((place for place in (*ahead, *behind) if self._can_highlight(place)), None)

    def _can_highlight(self, place: int) -> bool:
        line = self._lines[place]
        return isinstance(line, Model) or line.is_folded

    def _is_gone(self, key: str | None) -> bool:
        """Return True for a model that is not even among those that the filter hides."""
        return all(model.key != key for model in self.models)

    def _take_place(self, index: int) -> int | None:
        """Return the row that takes the place of one whose model is gone; None in an empty list."""
        place = self._nearest_row(index, 1)
        if place is not None:
            self._anchor = _anchor_of(self._lines[place])
        return place

    def keep_highlight(self) -> None:
        """Keep the highlight on its model in the lists to come, as if the user had moved to it."""
        model = self.highlighted_model
        if model is not None:
            self._anchor = model.key

    def _list_from_top(self) -> None:
        """List the models again with the first one highlighted: it is what the new list is looked at for."""
        self._anchor = None
        self._list_again()

    def _show_counts(self) -> None:
        self.border_subtitle = counts_text(
            self.models, self.query_text, self._matching_count, len(self._rows.marked)
        )

    def _highlight_row(self, index: int, step: int = 1) -> None:
        """Move the cursor as the user asked, over headings in the direction of `step`."""
        place = self._nearest_row(index, step)
        if place is not None:
            self._anchor = _anchor_of(self._lines[place])
            self._rows.place_highlight(place)
            self._report_highlight()

    def _report_highlight(self) -> None:
        model = self.highlighted_model
        choice = self.name_of("choose")
        if choice != self._choice_name:
            self._choice_name = choice
            self.refresh_bindings()
        if model != self._reported:
            self._reported = model
            self.post_message(self.ModelHighlighted(model))

    def watch_loaded_key(self, key: str | None) -> None:
        """Show the sign of the loaded model on its row."""
        self._rows.loaded_key = key

    def watch_context(self, context: int) -> None:
        """Show the context in the header."""
        self._header.context = context

    def watch_kv_type(self, kv_type: str) -> None:
        """Show the KV type in the header."""
        self._header.kv_type = kv_type

    def _show_sort(self) -> None:
        self._header.sort = self._rows.sort = self.query_one(ColumnTitles).sort = self.sort

    def watch_sort(self) -> None:
        """Show the order in the header, and the top of the sorted rows."""
        self._show_sort()
        self._best_first = False
        self._list_from_top()

    def watch_chosen_columns(self, chosen: tuple[str, ...]) -> None:
        """Show these columns."""
        self._rows.chosen_columns = chosen

    def watch_query_text(self, query: str) -> None:
        """Show the filter in the header, and list the models that match it from the best one on."""
        self._header.filter_text = query
        self._best_first = bool(query)
        if self._header.filtering:
            self._list_from_top()
        else:
            self._list_again()

    def watch_empty_notice(self) -> None:
        """Show the new notice if there is no model."""
        if not self.models:
            self._list_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable keys without effect: while there is no filter, Escape stops a reply instead."""
        if action == "clear_filter":
            return bool(self.query_text) or self._header.filtering
        if action == "filter":
            return not self._header.filtering
        return True

    def name_of(self, action: str) -> str:
        """Return what Enter does with the highlighted line; empty for other keys."""
        if action != "choose":
            return ""
        line = self._highlighted_line
        if isinstance(line, GroupHeading):
            return _("Show") if line.is_folded else _("Hide")
        return _("Download") if line is not None and not line.on_disk and line.runs_here else ""

    def action_move(self, step: int) -> None:
        """Highlight the model above or below."""
        if self._rows.highlighted is not None:
            self._highlight_row(self._rows.highlighted + step, step)

    def action_page(self, step: int) -> None:
        """Highlight the model a page away."""
        self.action_move(step * max(1, self._rows.size.height - 1))

    def action_first(self) -> None:
        """Highlight the first model."""
        self._highlight_row(0)
        self._rows.scroll_to(y=0, animate=False, force=True)

    def action_last(self) -> None:
        """Highlight the last model."""
        self._highlight_row(len(self._lines) - 1, -1)

    def action_choose(self) -> None:
        """Choose the highlighted model; on the heading of a folded group, show its models."""
        model, line = self.highlighted_model, self._highlighted_line
        if isinstance(line, GroupHeading):
            self._toggle_fold(line.name)
        elif model is not None:
            self._anchor = model.key
            self.post_message(self.ModelChosen(model))

    def action_sort(self) -> None:
        """Sort by the next criterion."""
        self.sort = next_sort(self.sort)
        self.post_message(self.SortChosen(self.sort))

    def action_columns(self) -> None:
        """Let the user choose the columns."""
        # Imported when it is opened, so that the first screen does not wait for it.
        from tui.ui.models.columns_screen import ColumnsScreen

        self.app.push_screen(ColumnsScreen(self.chosen_columns), self._columns_chosen)

    def _columns_chosen(self, chosen: tuple[str, ...] | None) -> None:
        if chosen is not None:
            self.chosen_columns = chosen
            self.post_message(self.ColumnsChosen(chosen))

    def action_fold(self) -> None:
        """Show or hide the models of the folded groups."""
        for heading in [line for line in self._lines if isinstance(line, GroupHeading)]:
            if heading.can_fold:
                self._toggle_fold(heading.name)

    def _toggle_fold(self, name: str) -> None:
        """Open a group and highlight its first model, or fold it and highlight its heading."""
        self._unfolded ^= {name}
        line = self._highlighted_line
        was_inside = isinstance(line, Model) and group_of(line, self._index.fits.get(line.key)) == name
        was_heading = isinstance(line, GroupHeading)
        self._list_again()
        if was_inside or was_heading:
            headings = (
                place
                for place, line in enumerate(self._lines)
                if isinstance(line, GroupHeading) and line.name == name
            )
            self._highlight_row(next(headings, 0))

    def action_context(self, step: int) -> None:
        """Ask for a shorter or longer context."""
        self.post_message(self.ContextStepped(step))

    def action_kv_type(self) -> None:
        """Ask for the next KV type."""
        self.post_message(self.KvTypeStepped())

    def action_rescan(self) -> None:
        """Ask for a new scan."""
        self.keep_highlight()
        self.post_message(self.RescanRequested())

    def action_filter(self) -> None:
        """Open the input of the filter."""
        self._query_before, self._anchor_before = self.query_text, self._anchor
        self._header.open_filter()
        # At once: `focus()` takes effect later, and letters typed fast would act as keys of the list.
        self.screen.set_focus(self._header.input)

    def action_clear_filter(self) -> None:
        """Show all models, or while the filter is typed, what was shown before, and go back to the rows."""
        was_typing = self._header.filtering
        self._end_filtering()
        if was_typing:
            self._anchor = self._anchor_before
        self.query_text = self._query_before if was_typing else ""

    def _end_filtering(self) -> None:
        self._header.filtering = False
        self.screen.set_focus(self._rows)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter again after every letter."""
        event.stop()
        # Esc may have taken the text back before this came.
        if self._header.filtering:
            self.query_text = event.value

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter and go back to the rows."""
        event.stop()
        model = self.highlighted_model
        if model is not None:
            self._anchor = model.key
            self._end_filtering()

    def on_model_rows_row_clicked(self, event: ModelRows.RowClicked) -> None:
        """Highlight the row that was clicked; a double click chooses its model."""
        event.stop()
        if self._can_highlight(event.index):
            self._highlight_row(event.index)
        clicked = self._lines[event.index] if event.index < len(self._lines) else None
        if isinstance(clicked, GroupHeading):
            if clicked.can_fold:
                self._toggle_fold(clicked.name)
        elif event.is_double:
            self.action_choose()

    def on_model_rows_plan_changed(self, event: ModelRows.PlanChanged) -> None:
        """Draw the headings over the new columns."""
        event.stop()
        self.query_one(ColumnTitles).refresh()

    def on_column_titles_title_clicked(self, event: ColumnTitles.TitleClicked) -> None:
        """Sort by the column."""
        event.stop()
        self.sort = event.sort
        self.post_message(self.SortChosen(self.sort))

    async def on_header_part_part_clicked(self, event: HeaderPart.PartClicked) -> None:
        """Run the action of the part that was clicked."""
        event.stop()
        await self.run_action(event.action)


def _anchor_of(line: RowContent) -> str:
    """Return what a line is recognised by in another list: the key of its model, or its group's name."""
    return line.key if isinstance(line, Model) else line.name


def group_heading(members: GroupedModels, *, is_folded: bool) -> GroupHeading:
    """Return the heading of a group, which says how a folded one is opened."""
    hint = with_keys(_("{models.fold} shows them"), _("Enter shows them")) if is_folded else ""
    return GroupHeading(
        members.group.name, group_title(members.group), len(members.models), hint, members.group.is_folded
    )
