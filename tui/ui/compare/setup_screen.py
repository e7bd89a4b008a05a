"""Setup of a comparison: a prompt of the user's own, built-in tasks, or both."""

# Textual's `app` property leaves the app's own type parameter open, and so does the option list.
# pyright: reportUnknownMemberType=false

import asyncio
from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from tui.chat.comparing.comparison import PromptCase, own_case, task_case
from tui.chat.comparing.tasks import all_tasks
from tui.chat.trials.task import TaskSet
from tui.chat.trials.task_file import TaskFileError, built_in_set, read_task_file
from tui.fit.verdict import Fit
from tui.i18n import _
from tui.models.model import Model
from tui.services.sentences import sentence
from tui.text import clean
from tui.ui.compare.lines import length_words, model_line
from tui.ui.kit.dialog import Dialog, PlainList, content_of
from tui.ui.kit.keyboard.names import with_keys

CHOSEN, NOT_CHOSEN = "[x]", "[ ]"
_MODELS_SHOWN = 4
"""Lines of models at most; more are counted."""
_MISTAKES_SHOWN = 3
"""Mistakes of a file of tasks that are shown; more are counted."""


def _task_set_titles() -> tuple[str, str]:
    return _("Tool calls: 36 trials, kept and ranked"), _("Tasks of your own, from a file…")


class SetupModel(msgspec.Struct, frozen=True):
    """A model with its verdict; None where there is none yet."""

    model: Model
    fit: Fit | None


class StartRequested(Message):
    """The prompts are chosen: the comparison may start."""


class OwnPrompt(TextArea):
    """Field for a prompt of the user's own."""

    BINDING_GROUP_TITLE = _("Compare")
    # Priority, because a text area takes Enter as a new line before its own bindings are asked.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "start", _("Start"), id="compare.prompt", priority=True, tooltip=_("Start comparing")
        ),
        Binding(
            "ctrl+j,shift+enter",
            "new_line",
            _("New line"),
            id="compare.new_line",
            priority=True,
            show=False,
            key_display="^J",
            tooltip=_("Start a new line in the prompt"),
        ),
    ]
    DEFAULT_CSS = """
    OwnPrompt {
        height: auto;
        min-height: 2;
        max-height: 5;
        padding: 0 1;
        border: none;
        background: $panel;
        scrollbar-size-vertical: 1;

        &:focus { border: none; background: $primary 16%; }
        & .text-area--cursor-line { background: transparent; }
    }
    """

    def __init__(self, text: str) -> None:
        super().__init__(
            clean(text),
            soft_wrap=True,
            tab_behavior="focus",
            compact=True,
            highlight_cursor_line=False,
            placeholder=_("A prompt of your own, or leave it empty"),
        )
        self.cursor_blink = False

    def action_start(self) -> None:
        """Start comparing."""
        self.post_message(StartRequested())

    def action_new_line(self) -> None:
        """Start a new line."""
        self.insert("\n")


class TaskList(PlainList, inherit_bindings=False):
    """The built-in tasks, each chosen or not."""

    BINDING_GROUP_TITLE = _("Compare")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="compare.up", tooltip=_("The task above")),
        Binding(
            "down,j", "cursor_down", _("Down"), show=False, id="compare.down", tooltip=_("The task below")
        ),
        Binding("home,g", "first", _("First"), show=False, id="compare.first", tooltip=_("The first task")),
        Binding("end,G", "last", _("Last"), show=False, id="compare.last", tooltip=_("The last task")),
        Binding("space", "select", _("Choose"), id="compare.choose", tooltip=_("Ask this task, or do not")),
        Binding("a", "all", _("All"), id="compare.all", tooltip=_("Ask every task, or none")),
        Binding("enter", "start", _("Start"), id="compare.start", tooltip=_("Start comparing")),
    ]

    class All(Message):
        """Every task, or none."""

    def action_all(self) -> None:
        """Ask for every task."""
        self.post_message(self.All())

    def action_start(self) -> None:
        """Start comparing."""
        self.post_message(StartRequested())

    def on_click(self, event: Click) -> None:
        """A click chooses, as Space does."""
        event.prevent_default()
        index: int | None = event.style.meta.get("option")
        if index is not None:
            self.highlighted = index
            self.action_select()


class CompareSetup(ModalScreen[tuple[PromptCase, ...] | TaskSet | None]):
    """Dialog that is dismissed with what to ask: prompts, or the tasks of a file; None for nothing."""

    BINDING_GROUP_TITLE = _("Compare")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", _("Leave"), id="compare.leave", tooltip=_("Compare nothing")),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012
    DEFAULT_CSS = """
    CompareSetup {
        align: center middle;

        & > Dialog { max-width: 84; }
        & #setup-models { height: auto; }
        & .setup-label { height: 1; margin-top: 1; color: $dim; }
        & TaskList { max-height: 18; }
        & #setup-words { height: auto; margin-top: 1; }
        & #setup-problem { height: auto; color: $text-error; display: none; }
        & #setup-problem.-shown { display: block; }
        &.-short > #setup { height: 96%; }
        &.-short TaskList { height: 1fr; max-height: 100%; }
        &.-short .setup-label, &.-short #setup-words { margin-top: 0; }
    }
    """

    def __init__(
        self, models: Sequence[SetupModel], prompt: str, loaded: str, max_tokens: int | None = None
    ) -> None:
        """`prompt` is what may be asked; `loaded` names the model that is unloaded first, if there is one.

        `max_tokens` is the longest answer to a prompt of one's own, None for the usual.
        """
        super().__init__()
        self._max_tokens = max_tokens
        self._models = models
        self._prompt = prompt
        self._loaded = loaded
        self._tasks = all_tasks()
        self._chosen: set[str] = set()

    def compose(self) -> ComposeResult:
        """Models, the user's own prompt, the tasks, and what it comes to."""
        with Dialog(id="setup") as frame:
            frame.border_title = _("Compare: the same to each, one after another")
            frame.show_hints(
                _("{compare.choose} chooses"),
                _("{compare.all} all"),
                _("Tab prompt"),
                _("{compare.start} starts"),
                _("{compare.leave} leaves"),
            )
            yield Static(id="setup-models", markup=False)
            yield Static(_("Your own prompt"), classes="setup-label", markup=False)
            yield OwnPrompt(self._prompt)
            yield Static(_("Tasks whose answers are checked"), classes="setup-label", markup=False)
            yield TaskList(
                *(Option(self._line(task.name)) for task in self._tasks),
                *(Option(Content.assemble(("→  ", "$accent"), text)) for text in _task_set_titles()),
                markup=False,
            )
            yield Static(id="setup-words", markup=False)
            yield Static(id="setup-problem", markup=False)

    @property
    def _list(self) -> TaskList:
        return self.query_one(TaskList)

    @property
    def cases(self) -> tuple[PromptCase, ...]:
        """The prompts that are chosen, the user's own first."""
        prompt = self.query_one(OwnPrompt).text.strip()
        tasks = [task_case(task) for task in self._tasks if task.name in self._chosen]
        return (own_case(prompt, self._max_tokens), *tasks) if prompt else tuple(tasks)

    def on_mount(self) -> None:
        """Begin with the tasks, or with the draft."""
        self._list.highlighted = 0
        (self.query_one(OwnPrompt) if self._prompt else self._list).focus()
        self.call_after_refresh(self._draw_models)
        self._show_size()

    def on_resize(self, event: Resize) -> None:
        """Draw the models again: names take what room there is."""
        self.call_after_refresh(self._draw_models)

    def _draw_models(self) -> None:
        place = self.query_one("#setup-models", Static)
        fits = len(self._models) <= _MODELS_SHOWN
        listed = self._models if fits else self._models[: _MODELS_SHOWN - 1]
        lines = [content_of(model_line(item.model, item.fit, place.size.width)) for item in listed]
        if len(listed) < len(self._models):
            more = _("and {count} more").format(count=len(self._models) - len(listed))
            lines.append(Content.styled(more, "$dim"))
        place.update(Content("\n").join(lines))

    def _line(self, name: str) -> Content:
        task = next(task for task in self._tasks if task.name == name)
        chosen = name in self._chosen
        return Content.assemble(
            (CHOSEN if chosen else NOT_CHOSEN, "bold" if chosen else "$dim"), " ", sentence(task.title)
        )

    def _show_size(self) -> None:
        cases = self.cases
        lines = [length_words(len(self._models), cases, [item.fit for item in self._models])]
        if self._loaded:
            text = _("{model} is unloaded first; the conversation stays as it is.")
            lines.append(text.format(model=self._loaded))
        self.query_one("#setup-words", Static).update(Content("\n".join(lines)))
        if cases:
            self._show_problem("")

    def _show_problem(self, text: str) -> None:
        problem = self.query_one("#setup-problem", Static)
        problem.update(Content(text))
        problem.set_class(bool(text), "-shown")

    def _redraw(self) -> None:
        for index, task in enumerate(self._tasks):
            self._list.replace_option_prompt_at_index(index, self._line(task.name))
        self._show_size()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the task, or take it back; open what stands below the tasks."""
        event.stop()
        if event.option_index >= len(self._tasks):
            self._take_task_set(event.option_index)
            return
        self._chosen ^= {self._tasks[event.option_index].name}
        self._redraw()

    def on_task_list_all(self, event: TaskList.All) -> None:
        """Choose every task, or none when all are chosen."""
        event.stop()
        names = {task.name for task in self._tasks}
        self._chosen = set() if self._chosen == names else names
        self._redraw()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A prompt of one's own counts as soon as there is one."""
        event.stop()
        self._show_size()

    def on_start_requested(self, event: StartRequested) -> None:
        """Start, if there is something to ask."""
        event.stop()
        index = self._list.highlighted or 0
        if self._list.has_focus and index >= len(self._tasks):
            self._take_task_set(index)
        else:
            self._start()

    def _take_task_set(self, index: int) -> None:
        """Ask the trials of tool calls alone, or the tasks of a file."""
        if index == len(self._tasks):
            self.dismiss(built_in_set())
        else:
            self.choose_task_file()

    @work(group="tasks", exclusive=True)
    async def choose_task_file(self) -> None:
        """Let the user choose a file of tasks; one with mistakes is refused with the first of them."""
        # Here: it is seldom opened, and the dialog need not wait for it.
        from tui.ui.chat.prompt.file_picker import FilePicker

        path = await self.app.push_screen_wait(FilePicker(_("Choose a file of tasks")))
        if path is None:
            return
        try:
            tasks = await asyncio.to_thread(read_task_file, path)
        except TaskFileError as error:
            reasons = [error.reason, *error.mistakes]
            problems = [clean(sentence(why)) for why in reasons[: 1 + _MISTAKES_SHOWN]]
            if more := len(reasons) - len(problems):
                problems.append(_("and {count} more").format(count=more))
            self._show_problem("\n".join(problems))
        else:
            self.dismiss(tasks)

    def _start(self) -> None:
        cases = self.cases
        if cases and len(self._models) < 2:
            self._show_problem(
                _("One model alone is not compared; it can be asked tool calls or a file of tasks.")
            )
        elif cases:
            self.dismiss(cases)
        else:
            self._show_problem(
                with_keys(
                    _("Write a prompt, or choose a task with {compare.choose}."),
                    _("Write a prompt, or choose a task."),
                )
            )
