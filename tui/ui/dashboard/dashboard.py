"""Dashboard screen: gauges above, models and detail on the left, the chat on the right."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.reactive import reactive
from textual.screen import Screen

from tui.chat.receipt import Receipt
from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.recording.replay import Replay
from tui.i18n import _
from tui.services.activity.feed import TimelineFeed
from tui.services.finding import SearchPaths
from tui.services.host import EngineHost
from tui.services.loading import engine_refusal
from tui.services.measuring import SpeedMeasurement
from tui.services.restart import Restart
from tui.services.sizing import new_sizer
from tui.services.workbench import Workbench
from tui.settings.settings import Settings
from tui.ui.dashboard.chat_keys import forwarded_chat_keys
from tui.ui.dashboard.chat_side import ChatSide
from tui.ui.dashboard.discovery import MachineFound, ModelsFound, Sampled, detect_and_sample
from tui.ui.dashboard.download_watch import DownloadWatch
from tui.ui.dashboard.first_picks import FirstPicks
from tui.ui.dashboard.machine_watch import MachineWatch
from tui.ui.dashboard.models_side import ModelsSide
from tui.ui.dashboard.pane_tabs import PaneTab, PaneTabs
from tui.ui.dashboard.replay_line import ReplayLine
from tui.ui.dashboard.too_small import TOO_SMALL_CLASS, TooSmall, is_too_small
from tui.ui.downloads.line import DownloadLine
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.gc_freeze import freeze_start
from tui.ui.kit.keyboard.actions import forwarded_action, is_forwarded
from tui.ui.kit.keyboard.footer import KeyFooter
from tui.ui.kit.keyboard.names import sentence_with_keys, with_keys
from tui.ui.kit.keyboard.tables import keys_on_screen
from tui.ui.models.notices import no_download_in_replay, no_model_loaded
from tui.ui.models.pane import ModelsPane
from tui.ui.timeline.timeline import Timeline


class Panes(Horizontal):
    """Models and chat side by side, which cover this container, so that it need not be drawn."""

    BLANK = True


class Dashboard(Screen[None]):
    """Main screen, which passes messages between machine, models, engine and chat."""

    # Its children cover it, as in `Panes`.
    BLANK = True
    # The rows get the focus at once.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", _("Help"), id="app.help", tooltip=_("Explain keys and terms")),
        Binding("f2", "show('models')", _("Models"), id="pane.models", tooltip=_("Go to the models")),
        Binding("f3", "show('chat')", _("Chat"), id="pane.chat", tooltip=_("Go to the chat")),
        Binding("escape", "stop", _("Stop"), id="engine.stop", tooltip=_("Stop loading or answering")),
        Binding(
            "f4",
            "unload",
            _("Unload"),
            show=False,
            id="models.unload",
            tooltip=_("Unload the model and free its memory"),
        ),
        Binding(
            "f5",
            "measure",
            _("Measure speed"),
            show=False,
            id="machine.measure",
            tooltip=_("Measure how fast this machine is, for ten seconds"),
        ),
        Binding(
            "shift+f5",
            "forget_measurements",
            _("Forget measurements"),
            show=False,
            id="machine.forget",
            tooltip=_("Delete what was measured on this machine, after a question"),
        ),
        Binding(
            "g,f8",
            "gauges",
            _("All gauges"),
            show=False,
            id="gauges.maximise",
            tooltip=_("Show all gauges: history, every core, every GPU, the engine"),
        ),
        Binding(
            "f6",
            "timeline",
            _("Timeline"),
            show=False,
            id="pane.timeline",
            # The prompt's text area would take the key to select a line.
            priority=True,
            tooltip=_("Look back at machine and tokens, moment by moment"),
        ),
        Binding(
            "f9",
            "downloads",
            _("Downloads"),
            show=False,
            id="downloads.show",
            tooltip=_("Show the downloads: pause, go on, cancel, or add one by its address"),
        ),
        Binding(
            "f7",
            "history",
            _("Conversations"),
            show=False,
            id="chat.history",
            # The prompt's text area would take the key to select all.
            priority=True,
            tooltip=_("Find, open and export saved conversations"),
        ),
        *forwarded_chat_keys(),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (50, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    Dashboard {
        & Panes { height: 1fr; }
        & ModelsSide { width: 16fr; max-width: 84; }
        & ChatSide { width: 14fr; }
        & PaneTabs { display: none; }
        &.-short ModelDetail { height: 8; }
        &.-high ModelDetail { height: 18; }
        &.-wide ModelsSide { max-width: 100; }
        &.-narrow PaneTabs { display: block; }
        &.-narrow ModelsSide { width: 1fr; max-width: 100%; }
        &.-narrow ChatSide { width: 1fr; }
        &.-narrow.-show-chat ModelsSide { display: none; }
        &.-narrow.-show-models ChatSide { display: none; }
    }
    """

    # Without `repaint=False`, each reading would draw the whole screen again.
    reading: reactive[Reading | None] = reactive(None, repaint=False)
    """The newest reading of the gauges."""
    machine: reactive[Machine | None] = reactive(None, repaint=False)
    """This machine; None until it is detected."""

    def __init__(
        self,
        settings: Settings,
        paths: SearchPaths,
        build: str | None,
        *,
        measure_once: bool = False,
        replay: Replay | None = None,
        sort: str | None = None,
        restart: Restart | None = None,
    ) -> None:
        """Create the panes.

        Args:
            settings: the user's settings.
            paths: folders and files in which models are looked for.
            build: identification of the installed engine; None for no engine.
            measure_once: True to measure the machine's speed at the first start, when it is idle.
            replay: recording that replaces the machine, so that no model is loaded; None for this machine.
            sort: column that the list of models is sorted by first; None for the usual one.
            restart: state to go on with; None for an ordinary start.
        """
        # The class from the beginning: adding it later would style all panes once more.
        super().__init__(classes="-show-models")
        self._measure_once = measure_once
        self._restart = restart
        self._is_resumed = False
        """True once the screen was shown for the first time."""
        self._is_started = False
        """True once the start is complete: all verdicts are there."""
        sizer = new_sizer(build)
        feed = TimelineFeed(self._timeline_changed, self._receipt_written)
        load_settings = LoadSettings(context=settings.context, kv_type=settings.kv_type)
        self.models = ModelsPane(sizer, load_settings, settings.machines, sort=sort, columns=settings.columns)
        self.models.language = settings.preset_language
        self._workbench = Workbench(
            settings,
            build,
            replay,
            EngineHost(self._engine_ended, feed),
            sizer,
            feed,
            SpeedMeasurement(build, settings.threads, self.models.show_measurements),
        )
        self.timeline = Timeline(self._workbench.feed.track)
        self._row = GaugeRow()
        self._chat_side = ChatSide(self._workbench, self.models, self._show_chat)
        self.chat = self._chat_side.chat
        self._models_side = ModelsSide(self._workbench, paths, self._row, self.models, self._chat_side)
        self._machine_watch = MachineWatch(self._workbench, self._row, self.models, self.chat)
        self._first_picks = FirstPicks(self, self.models, self.chat, self._workbench.host)
        self._downloads = DownloadWatch(settings, self, self.models, self._models_side.scan_changed_disk)

    def compose(self) -> ComposeResult:
        """Lay out gauges, tabs for a narrow screen, panes, timeline and keys."""
        if self._workbench.replay is not None:
            yield ReplayLine(self._workbench.replay)
        yield self._row.data_bind(Dashboard.reading, Dashboard.machine)
        yield PaneTabs()
        with Panes():
            yield self._models_side
            yield self._chat_side
        yield self.timeline
        yield self._downloads.line
        yield KeyFooter()
        yield TooSmall()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Leave out the first styling of all panes, which were styled when they were mounted."""
        event.refresh_styles = event.refresh_styles and self._is_resumed
        self._is_resumed = True

    def on_resize(self, event: Resize) -> None:
        """Show a notice in a window that is too small for the panes."""
        self.set_class(is_too_small(event.size), TOO_SMALL_CLASS)

    def on_mount(self) -> None:
        """Start to detect the machine and to look for models, without waiting for either."""
        self.set_focus(self.models.rows)
        if self._restart is not None:
            self._models_side.load_again(self._restart)
            # After all panes are mounted, of which one opens the store.
            self.call_after_refresh(self._chat_side.take_up, self._restart)
        self.watch(self.chat.transcript, "marked", self._message_marked, init=False)
        self.watch(self.chat.notice, "brief", self._show_progress)
        self._models_side.start()
        # After the first screen, which would wait for it otherwise.
        self.call_after_refresh(self.detect_machine)

    async def on_unmount(self) -> None:
        """Pause downloads, stop sampler and engine, and save the conversation and the measurements."""
        self._machine_watch.close()
        await asyncio.gather(self._downloads.close(), self._workbench.host.close())
        await self._chat_side.close()
        await self._workbench.close()

    @property
    def restart_state(self) -> Restart:
        """State that another start can take up."""
        return self._chat_side.restart_state

    @property
    def no_restart_reason(self) -> str:
        """Reason why the program cannot be started again now, with what to do; empty if it can."""
        host = self._workbench.host
        if host.loading or host.answering:
            return with_keys(
                _("Wait for the model, or stop it with {engine.stop}: a restart would cut it off."),
                _("Wait for the model: a restart would cut it off."),
            )
        if self.comparing:
            return _("Wait for the comparison, or stop it: a restart would cut it off.")
        return ""

    @property
    def lost_because(self) -> str:
        """Reason why the conversation on the screen is not saved; empty if it is saved or has no messages."""
        return self.chat.unsaved if self.chat.conversation.messages else ""

    # The machine

    @property
    def engine_pid(self) -> int | None:
        """Process id of the engine that holds the loaded model; None while none runs."""
        return self._workbench.host.pid

    @property
    def comparing(self) -> bool:
        """True while models are compared."""
        return self._models_side.comparing

    @property
    def measuring(self) -> bool:
        """True while the machine's speed is being measured."""
        return self._workbench.measurement.under_way

    @work(thread=True, group="machine")
    def detect_machine(self) -> None:
        """Detect the machine and start the gauges."""
        detect_and_sample(self.post_message, self._workbench.settings.refresh_seconds, self._workbench.replay)

    @on(MachineFound)
    def _machine_found(self, event: MachineFound) -> None:
        self.machine = event.machine
        self._machine_watch.use_machine(event.machine, event.sampler)

    @on(Sampled)
    def _sampled(self, event: Sampled) -> None:
        reading, machine = event.reading, self.machine
        if machine is None or not self._machine_watch.take(reading, machine):
            return
        with self.app.batch_update():
            self.reading = reading
            self._machine_watch.show(reading, machine)
        self._machine_watch.guard(reading)
        if self.models.settled and not self._is_started:
            self._is_started = True
            freeze_start()
        self._first_picks.update()
        if self._measure_once and not self.comparing and self._machine_watch.may_measure(reading):
            self.measure_machine(is_asked_for=False)

    def action_measure(self) -> None:
        """Measure the machine's speed, even if it was measured before."""
        if why_not := self._why_not_measured():
            self._say(why_not)
        else:
            self.measure_machine(is_asked_for=True)

    @work(group="measure")
    async def measure_machine(self, *, is_asked_for: bool) -> None:
        """Measure the machine's speed, because the user asked for it or because it is idle."""
        await self._machine_watch.measure(is_asked_for=is_asked_for)

    @work(group="forget")
    async def action_forget_measurements(self) -> None:
        """Delete what was measured on this machine, once the user said yes."""
        # Here: it is seldom opened, and the first screen need not wait for it.
        from tui.ui.kit.confirm_screen import ConfirmScreen

        question = ConfirmScreen(
            _("Forget measurements"),
            _("Delete what was measured on this machine: its speed, and the speed and memory of each reply?"),
            _("Keep them"),
            _("Delete them"),
        )
        if await self.app.push_screen_wait(question):
            self._machine_watch.forget()

    def on_models_pane_highlight_updated(self) -> None:
        """Mark on the gauges the memory that the highlighted model would take."""
        self._machine_watch.show_mark(self.reading)

    @on(GaugeRow.Opened)
    def action_gauges(self) -> None:
        """Show the gauges in full."""
        from tui.ui.gauges.screen import GaugesScreen

        self.app.push_screen(GaugesScreen(self._row, self._workbench.replay))

    def on_models_pane_recommended(self, event: ModelsPane.Recommended) -> None:
        """Show the last picks in the empty chat."""
        # Seldom used, and the first screen need not wait for it.
        from tui.ui.picks.pick_lines import suggestions

        self.chat.suggestions = suggestions(event.recommendation)

    # Downloads

    def on_models_pane_download_chosen(self, event: ModelsPane.DownloadChosen) -> None:
        """Download what the user chose."""
        self._downloads.add(event.request)

    @on(DownloadLine.ListRequested)
    def action_downloads(self) -> None:
        """Show the list of downloads."""
        if self._workbench.replay is not None:
            self._say(no_download_in_replay())
        else:
            self._downloads.open_list()

    @on(ModelsFound)
    def _scan_ended(self) -> None:
        self._first_picks.scan_ended()

    @on(ModelsFound)
    @work(group="unfinished")
    async def _announce_arrivals(self) -> None:
        if self._workbench.replay is None:
            await self._downloads.models_listed()

    # The timeline

    def _timeline_changed(self) -> None:
        """Draw the new part of the timeline, and adapt the rate of readings."""
        if self.is_mounted:
            self.timeline.update()
        self._machine_watch.update_interval()

    def _receipt_written(self, reply_id: int, receipt: Receipt) -> None:
        self.chat.answer.show_receipt(reply_id, receipt)

    def on_timeline_reply_chosen(self, event: Timeline.ReplyChosen) -> None:
        """Mark the reply in the chat, on any branch."""
        self.chat.show_message(event.reply_id)

    def _message_marked(self, message_id: int | None) -> None:
        self.timeline.selected = self.chat.conversation.reply_id_for(message_id)

    def action_timeline(self) -> None:
        """Go to the timeline."""
        self.timeline.enter()

    # The chat

    def action_history(self) -> None:
        """Show the saved conversations, and open the chosen one."""
        self._chat_side.open_history()

    # The engine

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer Stop and the end of measurements only while there are any."""
        if action == "stop":
            return self._workbench.host.loading or self._workbench.host.answering
        if action == "forget_measurements":
            return self._workbench.build is not None and self._workbench.replay is None
        return True

    def has_effect(self, action: str) -> bool:
        """Return False for a key that would only say what is missing, or go where the focus is."""
        if action == "show('models')":
            return not self._models_side.has_focus_within
        if action == "show('chat')":
            return not self._chat_side.has_focus_within
        if is_forwarded(action):
            return self.chat.has_effect(forwarded_action(action))
        if action == "unload":
            return self._workbench.host.model is not None
        if action == "measure":
            return not self._why_not_measured()
        return True

    def _why_not_measured(self) -> str:
        """Return why the machine's speed cannot be measured now; empty if it can."""
        bench = self._workbench
        if bench.replay is not None:
            return _("The gauges show a recording; this machine is not measured meanwhile.")
        if bench.build is None:
            return sentence_with_keys(engine_refusal().reason)
        if bench.host.model is not None or bench.host.loading:
            return with_keys(
                _(
                    "Unload the model first, with {models.unload}: "
                    "it and the measurement would slow each other down."
                ),
                _("Unload the model first: it and the measurement would slow each other down."),
            )
        return ""

    def _say(self, text: str) -> None:
        """Show a sentence where the user looks."""
        if self._chat_side.display:
            self.chat.notice.show_info(text)
        else:
            self.notify(text, markup=False)

    async def action_chat_key(self, action: str) -> None:
        """Carry out a key of the chat that was pressed in another pane, and show the chat."""
        if action != "how_to_ask":
            self.action_show("chat")
        owner = self.chat.prompt_area if action == "attach" else self.chat
        await owner.run_action(action)

    def action_stop(self) -> None:
        """Stop a load or an answer from any pane; the chat has the same key of its own."""
        self._workbench.host.stop()
        self.chat.show_stopping()

    def action_unload(self) -> None:
        """Unload the model to free its memory."""
        if self._workbench.host.model is None:
            self._say(no_model_loaded())
        else:
            self._chat_side.unload()

    def _engine_ended(self, failed: Failed) -> None:
        # During a comparison the reason is shown in place of the answer.
        if not self.comparing:
            self._chat_side.show_engine_ended(failed)

    # The panes

    def on_pane_tab_pressed(self, event: PaneTab.Pressed) -> None:
        """Show the pane of the tab that was clicked."""
        self.action_show(event.pane)

    def action_show(self, pane: str) -> None:
        """Focus a pane; on a narrow screen it replaces the other pane."""
        for name in ("models", "chat"):
            self.set_class(name == pane, f"-show-{name}")
        self.query_one(PaneTabs).active_pane = pane
        # At once: `focus()` takes effect later, and keys typed fast would go to the wrong pane.
        self.set_focus(self.chat.prompt if pane == "chat" else self.models.rows)

    def _show_progress(self, progress: Content | None) -> None:
        self.query_one(PaneTabs).chat_progress = progress

    def _show_chat(self) -> None:
        self.action_show("chat")

    def action_help(self) -> None:
        """Show the help."""
        # Imported here, because its pages are long and would delay the first screen.
        from tui.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(keys_on_screen(self.app)))
