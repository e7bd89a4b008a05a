"""The dashboard: gauges above, models and detail on the left, the chat on the right."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.widgets import Footer

from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed
from tui.fit.loading import settings_to_load
from tui.fit.verdict import Fit
from tui.hardware.replay import Replay
from tui.models.model import Model
from tui.models.places import models_folder
from tui.settings import Settings
from tui.ui import talk
from tui.ui.discovery import (
    ModelsFound,
    Places,
    find_models,
)
from tui.ui.garbage import set_aside
from tui.ui.key_help import keys_on_screen
from tui.ui.replaying import ReplayLine, no_load
from tui.ui.screens.dashboard_chat import ChatScreen
from tui.ui.screens.dashboard_keys import DASHBOARD_KEYS
from tui.ui.screens.too_small import TOO_SMALL_CLASS, TooSmall, is_too_small
from tui.ui.widgets.chat.chat_pane import ChatPane
from tui.ui.widgets.gauges.gauge_row import GaugeRow
from tui.ui.widgets.models.models_pane import ModelsPane
from tui.ui.widgets.pane_tabs import PaneTab, PaneTabs
from tui.ui.widgets.timeline.timeline import Timeline
from tui.ui.words import Notice, engine_missing, no_model_on_disk

if TYPE_CHECKING:
    from tui.ui.comparing import Comparing

log = logging.getLogger(__name__)


class Dashboard(ChatScreen):
    """Everything on one screen. It passes messages on between machine, models, engine and chat."""

    BINDINGS: ClassVar[list[BindingType]] = [*DASHBOARD_KEYS]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (50, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    Dashboard {
        & #panes { height: 1fr; }
        & ModelsPane { width: 5fr; max-width: 84; }
        & ChatPane { width: 6fr; }
        & PaneTabs { display: none; }
        &.-short ModelDetail { height: 8; }
        &.-high ModelDetail { height: 16; }
        &.-wide ModelsPane { max-width: 100; }
        &.-narrow PaneTabs { display: block; }
        &.-narrow ModelsPane { width: 1fr; max-width: 100%; }
        &.-narrow ChatPane { width: 1fr; }
        &.-narrow.-show-chat ModelsPane { display: none; }
        &.-narrow.-show-models ChatPane { display: none; }
        & Footer FooterKey.-command-palette { margin: 0 !important; padding-right: 1 !important; }
    }
    """

    def __init__(
        self,
        settings: Settings,
        places: Places,
        build: str | None,
        *,
        measure_once: bool = False,
        replay: Replay | None = None,
    ) -> None:
        """`build` identifies the installed engine, None when there is none.

        `measure_once` measures the machine's speed at the first start, when nothing else is going on.
        `replay` stands in for the machine; nothing is loaded then.
        """
        super().__init__(settings, build, measure_once=measure_once, replay=replay)
        self._places = places
        self._comparing: Comparing | None = None
        """None until the user wants to compare."""
        self._preferred = str(places.files[0].absolute()) if places.files else None
        self._refused: str | None = None
        """Key of the model that was refused last, and is loaded when it is asked for once more."""

    def compose(self) -> ComposeResult:
        """Gauges, tabs for the folded form, the panes, the keys."""
        settings = LoadSettings(context=self._settings.context, kv_type=self._settings.kv_type)
        if self._replay is not None:
            yield ReplayLine(self._replay)
        yield GaugeRow().data_bind(Dashboard.reading, Dashboard.machine)
        yield PaneTabs()
        with Horizontal(id="panes"):
            yield ModelsPane(self._sizer, settings, self._settings.machines).data_bind(Dashboard.machine)
            yield ChatPane(id="chat")
        yield Timeline(self._feed.track)
        yield Footer(compact=True)
        yield TooSmall()

    def on_resize(self, event: Resize) -> None:
        """Say so where there is no room for the panes."""
        self.set_class(is_too_small(event.size), TOO_SMALL_CLASS)

    def on_mount(self) -> None:
        """Start looking at the machine and for models; nothing here waits."""
        self.add_class("-show-models")
        self.set_focus(self.models.rows)
        self.open_chat()
        if self._build is None:
            self._tell(engine_missing())
        self.look_at_machine()
        self.scan()

    async def on_unmount(self) -> None:
        """Let go of everything: the engine's memory, the sampler; keep what was learned."""
        if self._sampler is not None:
            self._sampler.stop()
        await self._host.close()
        if self._keeping is not None:
            await self._keeping.close()
        await self._measuring.close()
        await self._sizer.close()

    def _tell(self, notice: Notice) -> None:
        self.chat.show_error(notice.title, " ".join(notice.steps))
        if not self.chat.display:
            # Folded away, so it is told over the models too.
            self.notify(" ".join((notice.title, *notice.steps)), severity="warning", markup=False)

    # Comparisons

    @property
    def comparing(self) -> bool:
        """True while models are compared."""
        return self._comparing is not None and self._comparing.run is not None

    @on(ModelsPane.Compare)
    def _compare_asked(self, event: ModelsPane.Compare) -> None:
        if self._replay is not None:
            self._tell(no_load(self._replay.title))
        elif self._build is None:
            self._tell(engine_missing())
        else:
            self.compare(event.models)

    @work(group="compare", exclusive=True)
    async def compare(self, models: Sequence[Model]) -> None:
        """Ask the models the same, one after another; with less than two, show what was compared before."""
        # Here: it is seldom needed, and the first screen need not wait for it.
        from tui.ui.comparing import Comparing, Engine

        if self._comparing is None:
            engine = Engine(self._host, self._sizer, self._feed, self._measuring)
            row = self.query_one(GaugeRow)
            self._comparing = Comparing(engine, self.models, row, self._settings, self._compared)
        if words := self._comparing.refusal(models):
            self.notify(words, severity="warning", markup=False)
            return
        await self._comparing.open(self.app, models, self.chat.prompt.text)

    def _compared(self) -> None:
        """A comparison has ended, perhaps since everything ends."""
        if self.query(ChatPane):
            self._show_engine()

    # The models

    @work(thread=True, exclusive=True, group="scan")
    def scan(self) -> None:
        """Read the catalogue and look for models on the disk."""
        self.post_message(find_models(self._places))

    def on_models_pane_rescan(self) -> None:
        """Look again."""
        self.scan()

    @on(ModelsFound)
    def _models_found(self, event: ModelsFound) -> None:
        """Show the list, and what could not be read."""
        nothing_here = no_model_on_disk(models_folder())
        self.models.show_models(event.models, nothing_here)
        if self._preferred is not None:
            self.models.listing.highlight(self._preferred)
            self._preferred = None
        for problem in event.problems:
            log.warning("%s", problem)
            self.notify(problem, severity="warning", markup=False, timeout=10)
        if self._build is not None and not any(model.file for model in event.models):
            self._tell(nothing_here)
        set_aside()

    # The engine

    def on_models_pane_chosen(self, event: ModelsPane.Chosen) -> None:
        """Load the model, unless there is a reason not to."""
        notice = talk.refusal(event.model, event.fit, insisted=self._refused == event.model.key)
        if self._replay is not None:
            notice = no_load(self._replay.title)
        self._refused = event.model.key if notice else None
        if notice is not None:
            # The list keeps the keys: Enter once more, or another model.
            self._tell(notice)
            return
        threads = self._settings.threads or (self.machine.cpu.physical_cores if self.machine else 0)
        self.action_show("chat")
        self.load(event.model, event.fit, msgspec.structs.replace(event.settings, threads=threads))

    @work(group="load")
    async def load(self, model: Model, fit: Fit | None, settings: LoadSettings) -> None:
        """Load a model where its verdict says that it goes, in place of the one that is loaded."""
        self._measuring.stop()
        self.chat.busy = True
        self.chat.model_label = talk.label_of(model)
        if self._drafting is not None:
            self._drafting.predicted = fit.prompt_speed if fit else None
        settings = await settings_to_load(self._sizer, model, fit, settings)
        with self._feed.loading():
            await talk.load(self._host, self.chat, model, settings)
        self.chat.busy = self._host.loading
        self._show_engine()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stop and unload exist only while there is something to stop or unload."""
        if action == "stop":
            return self._host.loading or self._host.answering
        if action == "unload":
            return self._host.model is not None
        if action == "measure":
            # A model at work and the measurement would slow one another down.
            idle = self._host.model is None and not self._host.loading
            return self._build is not None and self._replay is None and idle
        return True

    def action_stop(self) -> None:
        """Stop from any pane; the chat has the same key for itself."""
        self._host.stop()
        self.chat.show_stopping()

    @work(group="load")
    async def action_unload(self) -> None:
        """Give the model's memory back."""
        await self._host.unload()
        self._show_engine()

    def _engine_ended(self, failed: Failed) -> None:
        """The engine's process ended by itself; the conversation stays."""
        if self.comparing:
            # It is told where the answer would be.
            return
        self.chat.show_error(failed.message, failed.hint)
        self._show_engine()

    def _show_engine(self) -> None:
        self.refresh_bindings()
        model = self._host.model
        if not self._host.loading:
            self.chat.model_label = talk.label_of(model) if model else None
        self.models.show_loaded(model, self._host.settings)
        self._draft_changed()

    # The panes

    def on_pane_tab_pressed(self, event: PaneTab.Pressed) -> None:
        """A click on a tab shows its pane."""
        self.action_show(event.pane)

    def action_show(self, pane: str) -> None:
        """Go to a pane; where the panes are folded, it takes the place of the other."""
        for name in ("models", "chat"):
            self.set_class(name == pane, f"-show-{name}")
        self.query_one(PaneTabs).shown = pane
        # At once: `focus()` waits a turn, in which keys typed fast would go to the wrong pane.
        self.set_focus(self.chat.prompt if pane == "chat" else self.models.rows)

    def action_help(self) -> None:
        """Explain keys, verdicts and words."""
        # Here: its pages are long, and the first screen need not wait for them.
        from tui.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(keys_on_screen(self.app, self._settings.keys)))
