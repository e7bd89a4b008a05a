"""The chat's part of the dashboard: how it is asked and answered, what it costs, where it is kept."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from functools import partial

from textual import on, work
from textual.worker import Worker

from tui.chat.prompt_history import add_to_history, read_history
from tui.engine.options import LoadSettings
from tui.fit.verdict import Fit
from tui.hardware.replay import Replay
from tui.models.model import Model
from tui.settings import Settings
from tui.ui import talk
from tui.ui.asking import Asking
from tui.ui.context.offers import Remedy
from tui.ui.context.watch import Around, ContextWatch
from tui.ui.drafting import Drafting
from tui.ui.keeping import Keeping, KeepingChanged, find, who_answers
from tui.ui.screens.dashboard_machine import MachineScreen
from tui.ui.widgets.chat.chat_pane import ChatPane
from tui.ui.widgets.chat.context_offers import ContextOffers
from tui.ui.widgets.chat.context_strip import ContextStrip
from tui.ui.widgets.chat.prompt_area import PromptArea


class ChatScreen(MachineScreen):
    """Passes messages on between the chat, the engine, and what keeps account of both."""

    def __init__(
        self, settings: Settings, build: str | None, *, measure_once: bool, replay: Replay | None
    ) -> None:
        super().__init__(settings, build, measure_once=measure_once, replay=replay)
        self._asking = Asking(settings, self._host)
        self._keeping: Keeping | None = None
        self._context_watch: ContextWatch | None = None
        self._drafting: Drafting | None = None

    def load(self, model: Model, fit: Fit | None, settings: LoadSettings) -> Worker[None]:
        """Load a model in place of the one that is loaded."""
        raise NotImplementedError

    def action_show(self, pane: str) -> None:
        """Go to a pane."""
        raise NotImplementedError

    def open_chat(self) -> None:
        """Keep, count and watch what the chat holds from now on."""
        self._asking.conversation = self.chat.conversation
        self.watch(self.chat.transcript, "marked", self._message_marked, init=False)
        self._context_watch = ContextWatch(
            self.chat,
            self._host,
            self._sizer,
            self._settings.when_full,
            Around(
                lambda: self.models.load_settings,
                lambda: self.models.pools_here,
                self._asking.how,
                self._load_longer,
            ),
        )
        self.watch(self.chat, "answering", self._context_watch.changed)
        self._keeping = Keeping(self.chat, lambda: self._host.settings, self.post_message)
        self._drafting = Drafting(
            self.chat, self._host, self._context_watch.account.counts, lambda: self._asking.think
        )
        self.remember_prompts()

    @work(group="answer")
    async def answer(self) -> None:
        """Answer the conversation with the loaded model."""
        metrics = await talk.answer(
            self._host, self.chat, self.chat.conversation, self._asking.how, self._feed, self._context_watch
        )
        model, loaded, settings = self._host.model, self._host.loaded, self._host.settings
        if metrics is not None and model is not None and loaded is not None and settings is not None:
            plan = self._sizer.now(model, settings).footprint
            predicted = plan.total_bytes if plan is not None else None
            self._measuring.keep(model, settings, loaded.threads, predicted, metrics)
        # The next one finds another cache.
        self._draft_changed()

    @on(ChatPane.Ask)
    @on(ChatPane.Regenerate)
    @on(ChatPane.Continue)
    def _asked(self) -> None:
        self.answer()

    def on_chat_pane_stop(self) -> None:
        """Stop the load or the reply."""
        self._host.stop()

    def on_chat_pane_new_chat(self) -> None:
        """Its replies leave the timeline, and the context has room again."""
        self._feed.forget_replies()
        self._asking.follow(self.chat)
        if self._context_watch is not None:
            self._context_watch.new_chat()
        self._draft_changed()

    @on(ChatPane.HowToAsk)
    @work(group="how", exclusive=True)
    async def how_to_ask(self) -> None:
        """Presets, system prompt, sampling, JSON schema."""
        await self._asking.choose(self.app, self.chat)
        self.set_focus(self.chat.prompt)
        self._draft_changed()

    @on(PromptArea.Changed)
    @on(ChatPane.Branched)
    def _draft_changed(self) -> None:
        """What it costs, and what of the context it takes, is told in a moment."""
        if self._drafting is not None:
            self._drafting.changed()
        if self._context_watch is not None:
            self._context_watch.changed()

    @work(thread=True, group="prompts")
    def remember_prompts(self) -> None:
        """What was asked in earlier sessions can be asked again."""
        texts = read_history()
        if texts:
            self.app.call_from_thread(self.chat.prompt.remember, texts)

    @on(ChatPane.Ask)
    def _keep_prompt(self, event: ChatPane.Ask) -> None:
        self.run_worker(partial(add_to_history, event.text), group="prompts", thread=True)

    # The context

    @on(ContextStrip.PolicyChosen)
    def _policy_chosen(self, event: ContextStrip.PolicyChosen) -> None:
        if self._context_watch is not None:
            self._context_watch.set_policy(event.policy)

    @on(ContextOffers.Chosen)
    @work(group="remedy", exclusive=True)
    async def _remedy_chosen(self, event: ContextOffers.Chosen) -> None:
        if self._context_watch is not None:
            await self._context_watch.choose(event.remedy)

    async def _load_longer(self, remedy: Remedy) -> bool:
        """Load the model again with a longer context; the conversation stays."""
        model, settings = self._host.model, remedy.settings
        if model is None or settings is None:
            return False
        self.models.use(settings)
        await self.load(model, remedy.fit, settings).wait()
        return self._host.holds(model)

    # The conversations that are kept

    @on(KeepingChanged)
    def _keeping_changed(self, event: KeepingChanged) -> None:
        self.notify(event.words, severity="warning" if event.reason else "information", markup=False)

    @work(group="history", exclusive=True)
    async def action_history(self) -> None:
        """Look through the conversations that are kept, and go on with one."""
        record = await self._keeping.choose(self.app) if self._keeping else None
        if record is None:
            return
        listing = self.models.listing
        model = find(record.model, listing.models)
        if model is not None and self._host.model is None and not listing.highlight(model.key):
            listing.action_clear_filter()
            listing.highlight(model.key)
        if model is not None and record.settings is not None and not self._host.holds(model):
            # From now on, so that what the user chooses after it wins.
            self.models.use(record.settings)
        self.action_show("chat")
        words = who_answers(record.model, self._host.model, listing.models, record.settings)
        told = [words] if words and not self._host.loading else []
        if told := [*told, *self._asking.remarks()]:
            self.chat.notice.show_info("\n".join(told))
