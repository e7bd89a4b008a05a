"""Screen of a comparison: every prompt with each model's mark, and the answers to one side by side."""

# Textual's `app` property leaves the app's own type parameter open, and so does the option list.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.chat.comparing.comparison import Comparison
from tui.i18n import _
from tui.services.comparing.comparison_run import save_comparison
from tui.services.comparing.comparisons import Comparisons
from tui.services.comparing.markdown import comparison_to_markdown
from tui.services.comparing.words import comparison_title
from tui.text import clean_line
from tui.ui.compare.answer_column import AnswerColumn
from tui.ui.compare.lines import COLUMN, case_line, case_width, head_line
from tui.ui.compare.markdown_export import copy_markdown, write_markdown
from tui.ui.gauges.gauge import Gauge
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.dialog import PlainList, content_of
from tui.ui.kit.keyboard.footer import KeyFooter
from tui.ui.kit.keyboard.tables import keys_on_screen

_DRAW_SECONDS = 0.2
"""Between two drawings of an answer that is being written."""
_WIDE = 100
"""From this width on, answers stand side by side and the prompts beside them."""
_PROMPTS_LEAST = 24
"""Cells of the prompts, where their short titles are shown."""
_LIST_FRAME = 5
"""Cells of the border around them, its padding and a scroll bar."""


class CaseList(PlainList, inherit_bindings=False):
    """The prompts; the highlighted one's answers are shown."""

    BINDING_GROUP_TITLE = _("Comparison")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="comparison.up", tooltip=_("The prompt above")),
        Binding(
            "down,j",
            "cursor_down",
            _("Down"),
            show=False,
            id="comparison.down",
            tooltip=_("The prompt below"),
        ),
        Binding(
            "home,g", "first", _("First"), show=False, id="comparison.first", tooltip=_("The first prompt")
        ),
        Binding("end,G", "last", _("Last"), show=False, id="comparison.last", tooltip=_("The last prompt")),
    ]


class ComparisonScreen(Screen[bool]):
    """Follows the comparison that is under way, and shows those before it.

    It is dismissed with True when the user wants to ask something else. While a comparison goes on, leaving
    stops it first.
    """

    BINDING_GROUP_TITLE = _("Comparison")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "leave",
            _("Stop, leave"),
            id="comparison.leave",
            tooltip=_("Stop it; once it is over, leave"),
        ),
        Binding(
            "left,h",
            "models(-1)",
            _("Model left"),
            show=False,
            id="comparison.left",
            tooltip=_("The model to the left"),
        ),
        Binding(
            "right,l",
            "models(1)",
            _("Models"),
            key_display="← →",
            id="comparison.right",
            tooltip=_("The model to the right"),
        ),
        Binding(
            "pageup",
            "page(-1)",
            _("Page up"),
            show=False,
            id="comparison.page_up",
            tooltip=_("Scroll the answers up"),
        ),
        Binding(
            "pagedown",
            "page(1)",
            _("Page down"),
            show=False,
            id="comparison.page_down",
            tooltip=_("Scroll the answers down"),
        ),
        Binding("e", "export", _("Export"), id="comparison.export", tooltip=_("Write it all as Markdown")),
        Binding("y", "copy", _("Copy"), id="comparison.copy", tooltip=_("Copy it all as Markdown")),
        Binding(
            "n", "again", _("Ask more"), id="comparison.again", tooltip=_("Ask these models something else")
        ),
        Binding(
            "left_square_bracket",
            "other(-1)",
            _("Earlier"),
            show=False,
            id="comparison.earlier",
            tooltip=_("The comparison before this one"),
        ),
        Binding(
            "right_square_bracket",
            "other(1)",
            _("Later"),
            show=False,
            id="comparison.later",
            tooltip=_("The comparison after this one"),
        ),
        Binding("f1,question_mark", "help", _("Help"), id="app.help", tooltip=_("Explain keys and terms")),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-normal")]  # noqa: RUF012
    DEFAULT_CSS = """
    ComparisonScreen {
        & #comparison-head { height: 1; padding: 0 1; }
        & #comparison-prompt { height: auto; max-height: 2; padding: 0 1; color: $dim; }
        & #comparison-body { height: 1fr; }
        & CaseList {
            height: 100%;
            padding: 0 1;
            border: round $pane-border;
            border-title-color: $foreground;
            border-subtitle-color: $dim;

            &:focus { border: round $border; }
        }
        & #comparison-answers { width: 1fr; height: 1fr; }
        &.-narrow #comparison-body { layout: vertical; }
        &.-narrow CaseList { width: 100%; height: auto; max-height: 6; }
        &.-one CaseList { display: none; }
    }
    """

    def __init__(self, comparisons: Comparisons, row: GaugeRow) -> None:
        """`row` takes readings below, its like here shows the same."""
        super().__init__()
        self._comparisons = comparisons
        self._row = row
        self._index = len(comparisons.all) - 1
        self._first = 0
        """The model in the leftmost column."""
        self._following = self.running
        """True as long as the user lets the screen show what is being answered."""
        self._followed: int | None = 0
        """Prompt that was highlighted last without a key."""
        self._drawn: tuple[object, ...] | None = None

    def compose(self) -> ComposeResult:
        """Gauges, what is going on, the prompts, the answers."""
        yield GaugeRow(classes="-compact")
        yield Static(id="comparison-head", markup=False)
        yield Static(id="comparison-prompt", markup=False)
        with Horizontal(id="comparison-body"):
            yield CaseList(markup=False)
            yield Horizontal(id="comparison-answers")
        yield KeyFooter()

    @property
    def comparison(self) -> Comparison:
        """The one that is shown."""
        return self._comparisons.all[self._index]

    @property
    def running(self) -> bool:
        """True while the one that is shown is under way."""
        return self._comparisons.run is not None and self._index == len(self._comparisons.past)

    @property
    def _cases(self) -> CaseList:
        return self.query_one(CaseList)

    @property
    def columns(self) -> Sequence[AnswerColumn]:
        """The answers, from left to right."""
        return tuple(column for column in self.query(AnswerColumn) if column.is_mounted)

    def on_mount(self) -> None:
        """Follow the gauges and the comparison."""
        self._cases.focus()
        for name in ("reading", "machine", "loaded"):
            self.watch(self._row, name, self._follow, init=True)
        self.set_interval(_DRAW_SECONDS, self._draw)
        self.call_after_refresh(self._lay_out)

    def _follow(self) -> None:
        row = self.query_one(GaugeRow)
        row.machine, row.reading, row.loaded = self._row.machine, self._row.reading, self._row.loaded

    async def on_resize(self, _event: Resize) -> None:
        """Lay out for the new width."""
        self.call_after_refresh(self._lay_out)

    async def _lay_out(self) -> None:
        """Show as many columns as there is room for, and the prompts as wide as they are."""
        comparison = self.comparison
        self.set_class(len(comparison.cases) == 1, "-one")
        wide = self.size.width >= _WIDE
        # Two answers stand side by side before titles are written out.
        list_limit = max(_PROMPTS_LEAST, self.size.width - 2 * COLUMN)
        listed = min(list_limit, case_width(comparison, list_limit - _LIST_FRAME) + _LIST_FRAME)
        self._cases.styles.width = listed if wide else "100%"
        room = self.size.width - (listed if len(comparison.cases) > 1 else 0)
        count = min(room // COLUMN if wide else 1, len(comparison.sides))
        answers = self.query_one("#comparison-answers")
        columns = self.columns
        for extra in columns[count:]:
            await extra.remove()
        if count > len(columns):
            await answers.mount(*(AnswerColumn() for _new in range(count - len(columns))))
        self._first = max(0, min(self._first, len(comparison.sides) - count))
        for gauge in self.query(Gauge):
            # They had no size yet when they were given the reading.
            gauge.update()
        self._drawn = None
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        """Draw what has changed since the last time."""
        self._follow_run()
        drawing = (self._comparisons.changes, self._index, self._first, self._cases.highlighted, self.size)
        if drawing == self._drawn or not self.columns:
            return
        self._drawn = drawing
        comparison, run = self.comparison, self._comparisons.run
        step = run.step if run is not None and self.running else None
        with self.app.batch_update():
            head = head_line(comparison, step, self.size.width - 2)
            self.query_one("#comparison-head", Static).update(content_of(head))
            self._draw_cases(comparison)
            number = self._cases.highlighted or 0
            prompt = Content(clean_line(comparison.cases[number].prompt))
            self.query_one("#comparison-prompt", Static).update(prompt)
            for column, side in zip(self.columns, comparison.sides[self._first :], strict=False):
                column.show(comparison, side, number)
        self.refresh_bindings()

    def _follow_run(self) -> None:
        """Go to the prompt and the model that are at work."""
        run, cases = self._comparisons.run, self._cases
        if run is None or not self._following or not cases.option_count:
            return
        if cases.highlighted != self._followed:
            # By a key, of which the message is still on its way.
            self._following = False
            return
        step = run.step
        self._first = max(min(self._first, step.side), step.side - len(self.columns) + 1)
        if step.phase == "answering" and cases.highlighted != step.case:
            with cases.prevent(OptionList.OptionHighlighted):
                cases.highlighted = self._followed = step.case

    def _draw_cases(self, comparison: Comparison) -> None:
        cases = self._cases
        cases.border_title = comparison_title(comparison)
        if len(self._comparisons.all) > 1:
            subtitle = _("{number} of {total}, [ ] others")
            place = subtitle.format(number=self._index + 1, total=len(self._comparisons.all))
            cases.border_subtitle = Content(place)  # pyright: ignore[reportAttributeAccessIssue]
        width = cases.scrollable_content_region.width
        lines = [content_of(case_line(comparison, number, width)) for number in range(len(comparison.cases))]
        if cases.option_count != len(lines):
            with cases.prevent(OptionList.OptionHighlighted):
                cases.clear_options()
                cases.add_options([Option(line) for line in lines])
                cases.highlighted = self._followed = 0
            return
        for index, line in enumerate(lines):
            if cases.get_option_at_index(index).prompt != line:
                cases.replace_option_prompt_at_index(index, line)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show that prompt's answers."""
        event.stop()
        self._following = False
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that have something to act on."""
        if not self.is_mounted:
            return True
        if action == "models":
            return len(self.comparison.sides) > len(self.columns)
        if action == "again":
            return self._comparisons.run is None
        if action == "other":
            return len(self._comparisons.all) > 1
        return True

    def action_models(self, step: int) -> None:
        """Show the models beside these."""
        self._following = False
        last_first = len(self.comparison.sides) - len(self.columns)
        self._first = max(0, min(self._first + step, last_first))
        self._draw()

    def action_page(self, step: int) -> None:
        """Scroll all answers together."""
        for column in self.columns:
            column.scroll.scroll_relative(y=step * max(1, column.scroll.size.height - 1), animate=False)

    async def action_other(self, step: int) -> None:
        """Show the comparison before or after this one."""
        self._index = max(0, min(self._index + step, len(self._comparisons.all) - 1))
        self._cases.clear_options()
        await self._lay_out()

    def action_export(self) -> None:
        """Write it as Markdown, and say where."""
        write_markdown(self.app, lambda: save_comparison(self.comparison))

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy it as Markdown."""
        await copy_markdown(self.app, comparison_to_markdown(self.comparison))

    def action_help(self) -> None:
        """Explain keys, verdicts and words."""
        from tui.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(keys_on_screen(self.app)))

    def action_again(self) -> None:
        """Ask these models something else."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Stop what is under way; when nothing is, go back."""
        if self._comparisons.run is None:
            self.dismiss(False)
        elif not self._comparisons.run.stopping:
            self._comparisons.stop()
