"""Screen of tasks: the progress, the ranking, every task with its scores, and the answers to one of them."""

# Textual's `app` property leaves the app's own type parameter open, and so does the option list.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.chat.trials.result import TrialBoard
from tui.i18n import _
from tui.services.trials.markdown import save_trials, trials_to_markdown
from tui.services.trials.run import TrialRun
from tui.text import clean_line
from tui.ui.compare.markdown_export import copy_markdown, write_markdown
from tui.ui.compare.trial_lines import answer_text, ranking_lines, task_line, trials_head, trials_notes
from tui.ui.gauges.gauge import Gauge
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.dialog import PlainList
from tui.ui.kit.keyboard.footer import KeyFooter
from tui.ui.kit.keyboard.tables import keys_on_screen

_DRAW_SECONDS = 0.2
"""Seconds between two looks whether something has changed."""
_WIDE = 100
"""From this width on, the answers stand beside the tasks."""


class TrialTaskList(PlainList, inherit_bindings=False):
    """List of the tasks; the answers to the highlighted one are shown."""

    BINDING_GROUP_TITLE = _("Tasks")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="trials.up", tooltip=_("The task above")),
        Binding(
            "down,j", "cursor_down", _("Down"), show=False, id="trials.down", tooltip=_("The task below")
        ),
        Binding("home,g", "first", _("First"), show=False, id="trials.first", tooltip=_("The first task")),
        Binding("end,G", "last", _("Last"), show=False, id="trials.last", tooltip=_("The last task")),
    ]


class TrialsScreen(Screen[bool]):
    """Screen that follows a run of tasks, or shows kept results.

    It is dismissed with True to ask everything again. While a run goes on, leaving stops it first.
    """

    BINDING_GROUP_TITLE = _("Tasks")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "leave",
            _("Stop, leave"),
            id="trials.leave",
            tooltip=_("Stop it, with the results so far kept; once it is over, leave"),
        ),
        Binding("pageup", "page(-1)", _("Page up"), show=False, id="trials.page_up", tooltip=_("Scroll up")),
        Binding(
            "pagedown", "page(1)", _("Page down"), show=False, id="trials.page_down", tooltip=_("Scroll down")
        ),
        Binding("e", "export", _("Export"), id="trials.export", tooltip=_("Write it all as Markdown")),
        Binding("y", "copy", _("Copy"), id="trials.copy", tooltip=_("Copy it all as Markdown")),
        Binding(
            "n",
            "again",
            _("Ask again"),
            id="trials.again",
            tooltip=_("Ask every task again, in place of the kept results"),
        ),
        Binding("f1,question_mark", "help", _("Help"), id="app.help", tooltip=_("Explain keys and terms")),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-normal")]  # noqa: RUF012
    DEFAULT_CSS = """
    TrialsScreen {
        & Static { height: auto; }
        & #trials-head { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #trials-ranking { padding: 0 1; max-height: 9; }
        & #trials-notes { padding: 0 1; color: $dim; max-height: 3; }
        & #trials-body { height: 1fr; }
        & TrialTaskList {
            width: 44;
            height: 100%;
            padding: 0 1;
            border: round $pane-border;
            border-title-color: $foreground;
            border-subtitle-color: $dim;

            &:focus { border: round $border; }
        }
        & #trials-answers { width: 1fr; height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
        &.-narrow #trials-body { layout: vertical; }
        &.-narrow TrialTaskList { width: 100%; height: auto; max-height: 7; }
        &.-narrow #trials-ranking { max-height: 5; }
        &.-narrow #trials-notes { display: none; }
    }
    """

    def __init__(self, row: GaugeRow, board: Callable[[], TrialBoard], run: TrialRun | None) -> None:
        """Show results.

        Args:
            row: takes readings below; its like on this screen shows the same.
            board: gives the results so far.
            run: the run under way; None for kept results.
        """
        super().__init__()
        self._row = row
        self._board = board
        self._run = run
        self._following = run is not None
        """True as long as the user lets the screen show what is being answered."""
        self._followed: int | None = 0
        """Task that was highlighted last without a key."""
        self._drawing: tuple[object, ...] | None = None
        """State that was drawn last."""

    def compose(self) -> ComposeResult:
        """Lay out gauges, progress, ranking, tasks and answers."""
        yield GaugeRow(classes="-compact")
        yield Static(id="trials-head", markup=False)
        yield Static(id="trials-ranking", markup=False)
        yield Static(id="trials-notes", markup=False)
        with Horizontal(id="trials-body"):
            yield TrialTaskList(markup=False)
            with VerticalScroll(id="trials-answers", can_focus=False):
                yield Static(id="trials-answer", markup=False)
        yield KeyFooter()

    @property
    def run_under_way(self) -> TrialRun | None:
        """The run; None once it has ended."""
        return self._run if self._run is not None and self._run.step.phase != "ended" else None

    @property
    def _tasks(self) -> TrialTaskList:
        return self.query_one(TrialTaskList)

    @property
    def _answers(self) -> VerticalScroll:
        return self.query_one("#trials-answers", VerticalScroll)

    def on_mount(self) -> None:
        """Follow the gauges and the run."""
        tasks = self._tasks
        board = self._board()
        with tasks.prevent(OptionList.OptionHighlighted):
            tasks.add_options([Option(task.name) for task in board.tasks.tasks])
            tasks.highlighted = 0
        tasks.border_title = clean_line(board.tasks.name)
        tasks.border_subtitle = clean_line(" · ".join(side.label for side in board.sides))
        tasks.focus()
        for name in ("reading", "machine", "loaded"):
            self.watch(self._row, name, self._follow_gauges, init=True)
        self.set_interval(_DRAW_SECONDS, self._draw)
        self.call_after_refresh(self._draw)

    def _follow_gauges(self) -> None:
        row = self.query_one(GaugeRow)
        row.machine, row.reading, row.loaded = self._row.machine, self._row.reading, self._row.loaded

    def on_resize(self, event: Resize) -> None:
        """Draw for the new width."""
        for gauge in self.query(Gauge):
            gauge.update()
        self._drawing = None
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        """Draw what has changed since the last time."""
        board, run, tasks = self._board(), self.run_under_way, self._tasks
        if tasks.highlighted != self._followed:
            # By a key, of which the message may still be on its way.
            self._following = False
        if run is not None and self._following and run.step.phase == "answering":
            task, _seed = board.tasks.trials[run.step.number]
            with tasks.prevent(OptionList.OptionHighlighted):
                tasks.highlighted = self._followed = board.tasks.tasks.index(task)
        head = trials_head(board, run)
        drawing = (board, head.plain, tasks.highlighted, self.size)
        if drawing == self._drawing:
            return
        self._drawing = drawing
        with self.app.batch_update():
            width = self.size.width - 2
            self._update("#trials-head", head)
            self._update("#trials-ranking", Content("\n").join(ranking_lines(board, width)))
            self._update("#trials-notes", Content(trials_notes(board)))
            room = tasks.scrollable_content_region.width
            for index, task in enumerate(board.tasks.tasks):
                tasks.replace_option_prompt_at_index(index, task_line(board, task, room))
            task = board.tasks.tasks[tasks.highlighted or 0]
            self._update("#trials-answer", answer_text(board, task))
        self.refresh_bindings()

    def _update(self, selector: str, content: Content) -> None:
        self.query_one(selector, Static).update(content)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the answers to that task."""
        event.stop()
        self._following = False
        self._answers.scroll_home(animate=False)
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to ask again only once nothing is being asked."""
        return action != "again" or self.run_under_way is None

    def action_page(self, pages: int) -> None:
        """Scroll the answers by pages."""
        answers = self._answers
        answers.scroll_relative(y=pages * max(1, answers.size.height - 1), animate=False)

    def action_export(self) -> None:
        """Write it as Markdown, and say where."""
        write_markdown(self.app, lambda: save_trials(self._board()))

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        """Copy it as Markdown."""
        await copy_markdown(self.app, trials_to_markdown(self._board()))

    def action_help(self) -> None:
        """Explain keys, verdicts and terms."""
        from tui.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(keys_on_screen(self.app)))

    def action_again(self) -> None:
        """Ask every task again."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Stop what is under way; when nothing is, go back."""
        run = self.run_under_way
        if run is None:
            self.dismiss(False)
        else:
            run.stop()
