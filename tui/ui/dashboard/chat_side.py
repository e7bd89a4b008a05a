"""Right side of the dashboard: the chat with loads, answers, context and saved conversations."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Callable
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tui.chat.asking import Asking, with_preset
from tui.chat.presets import preset_of_task
from tui.chat.prompt_history import add_to_prompt_history, read_prompt_history
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.schema import StoreError
from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed
from tui.fit.load_plan import settings_to_load
from tui.fit.verdict import Fit
from tui.i18n import _
from tui.models.model import Model
from tui.sentences import Reason
from tui.services.answering import answer_conversation
from tui.services.context_remedies import LongerContext
from tui.services.draft_cost import DraftCounter
from tui.services.loading import load_model
from tui.services.model_asking import ModelAsking
from tui.services.picks.model_tasks import ModelTask, ModelTaskStore
from tui.services.prompt_planner import PromptPlanner
from tui.services.restart import Restart
from tui.services.saved_conversations import SavedConversations, find_by_label, resumed_model_reason
from tui.services.sentences import sentence
from tui.services.workbench import Workbench
from tui.ui.chat.context.remedy_panel import RemedyPanel
from tui.ui.chat.context.strip import ContextStrip
from tui.ui.chat.context.watch import PAUSE_SECONDS as CONTEXT_PAUSE_SECONDS
from tui.ui.chat.context.watch import ContextWatch, LongerContextSource
from tui.ui.chat.load_notice import LoadNotice
from tui.ui.chat.pane import ChatPane
from tui.ui.chat.prompt.draft_watch import PAUSE_SECONDS as DRAFT_PAUSE_SECONDS
from tui.ui.chat.prompt.draft_watch import DraftWatch
from tui.ui.chat.prompt.prompt_area import PromptArea
from tui.ui.chat.settings.asking_text import asking_note
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.notices import Notice
from tui.ui.kit.quiet_timer import QuietTimer
from tui.ui.models.pane import ModelsPane


class SavingChanged(Message):
    """Saving of conversations failed for this reason; None when it works again."""

    def __init__(self, reason: Reason | None) -> None:
        super().__init__()
        self.reason = reason

    @property
    def sentence(self) -> str:
        """Sentence for the user."""
        if self.reason is None:
            return _("Conversations are saved again.")
        return _("This conversation is not saved: {reason}.").format(reason=sentence(self.reason))


class ChatSide(Vertical):
    """Side with the chat pane, which loads models, answers, and saves conversations."""

    # Its children cover it, so drawing it would take time and show nothing.
    BLANK = True

    def __init__(self, workbench: Workbench, models: ModelsPane, show: Callable[[], None]) -> None:
        """Connect the chat.

        Args:
            workbench: the services of the dashboard.
            models: the pane that has the settings of a load.
            show: shows the chat pane at once.
        """
        super().__init__()
        self._workbench = workbench
        self._models = models
        self._show = show
        self.chat = ChatPane(id="chat")
        self._saved: SavedConversations | None = None
        self.asking = ModelAsking(workbench.settings, workbench.host, self.chat.conversation)
        self._tasks = ModelTaskStore()
        self._asking_of_task: tuple[Asking, str] = (Asking(), "")
        """Choices and system prompt that the task of the last model brought."""

    def compose(self) -> ComposeResult:
        """Lay out the chat pane."""
        yield self.chat

    def on_mount(self) -> None:
        """Start saving the conversation and counting its tokens."""
        bench = self._workbench
        planner = PromptPlanner(
            bench.host,
            bench.settings.when_full,
            lambda: self._models.load_settings.context,
            self.asking.request,
        )
        self._context_watch = ContextWatch(
            self.chat,
            bench.host,
            planner,
            LongerContextSource(
                bench.sizer, lambda: self._models.pools_here, self.asking.request, self._load_longer
            ),
            QuietTimer(self.chat, CONTEXT_PAUSE_SECONDS, "context"),
        )
        self.watch(self.chat, "answering", self._context_watch.changed)
        self._saved = SavedConversations(
            self.chat.conversation,
            lambda: self._workbench.host.settings,
            self._report_saving,
        )
        self._draft_counter = DraftCounter(bench.host, planner.account, lambda: self.asking.think)
        self._draft_watch = DraftWatch(
            self.chat, self._draft_counter, QuietTimer(self.chat, DRAFT_PAUSE_SECONDS, "count")
        )
        self.remember_prompts()

    async def close(self) -> None:
        """Wait until everything is saved."""
        if self._saved is not None:
            await self._saved.close()

    # Loading

    @property
    def draft(self) -> str:
        """Text in the prompt."""
        return self.chat.prompt.text

    def show_notice(self, notice: Notice) -> bool:
        """Show a notice; return False if the chat is hidden."""
        self.chat.notice.show_error(notice.title, " ".join(notice.steps))
        return self.display

    def start_load(self, model: Model, fit: Fit | None, settings: LoadSettings) -> None:
        """Show the chat, and load a model; the first time for the task that it was taken for."""
        self._show()
        if task := self._tasks.take(model):
            self.use_preset_of(task)
        self.load(model, fit, settings)

    @work(group="load")
    async def load(self, model: Model, fit: Fit | None, settings: LoadSettings) -> None:
        """Load a model where its verdict says that it goes, in place of the one that is loaded."""
        bench = self._workbench
        bench.measurement.stop()
        self.chat.busy = True
        self.chat.model_label = model.label
        self._draft_counter.predicted_speed = fit.prompt_speed if fit else None
        settings = await settings_to_load(bench.sizer, model, fit, settings)
        await load_model(bench.host, LoadNotice(self.chat.notice), model, settings)
        self.chat.busy = bench.host.loading
        self.show_engine()

    @work(group="load")
    async def unload(self) -> None:
        """Unload the model to free its memory."""
        await self._workbench.host.unload()
        self.show_engine()

    def show_engine_ended(self, failed: Failed) -> None:
        """Show why the engine's process ended by itself; the conversation stays."""
        LoadNotice(self.chat.notice).show_failure(failed)
        self.show_engine()

    def show_engine(self) -> None:
        """Show the loaded model, or that none is loaded."""
        self.refresh_bindings()
        host = self._workbench.host
        if not host.loading:
            self.chat.model_label = host.model.label if host.model else None
        self._models.show_loaded(host.model, host.settings)
        self.recount()

    # Answering

    @work(group="answer")
    async def answer(self) -> None:
        """Answer the conversation with the loaded model."""
        bench, chat = self._workbench, self.chat
        metrics = await answer_conversation(
            bench.host, chat.answer, chat.conversation, self.asking.request, self._context_watch
        )
        if metrics is not None:
            bench.remember_reply(metrics)
        # The cache has changed, and with it the cost of the next question.
        self.recount()

    @on(ChatPane.Ask)
    @on(ChatPane.Regenerate)
    @on(ChatPane.Continue)
    def _asked(self) -> None:
        self.answer()

    def on_chat_pane_stop(self) -> None:
        """Stop the load or the reply."""
        self._workbench.host.stop()

    def on_chat_pane_new_chat(self) -> None:
        """Remove the old replies from the timeline, and count the context of the new conversation."""
        self._workbench.feed.forget_replies()
        self._adopt_conversation()
        self._context_watch.new_chat()
        self.recount()

    def _report_saving(self, reason: Reason | None) -> None:
        self.post_message(SavingChanged(reason))

    def _adopt_conversation(self) -> None:
        self.asking.adopt_conversation()
        self._show_asking()

    def _show_asking(self) -> None:
        self.chat.prompt_area.asking_note = asking_note(self.asking, self.chat.conversation.system)

    def keep_task(self, task: ModelTask) -> None:
        """Keep the task that a model is taken for until it is loaded."""
        self._tasks.keep(task)

    def use_preset_of(self, task: ModelTask) -> None:
        """Ask as suits a task, in a conversation that is empty and for which the user chose nothing."""
        conversation = self.chat.conversation
        is_untouched = (self.asking.asking, conversation.system) in ((Asking(), ""), self._asking_of_task)
        if conversation.messages or not is_untouched:
            return
        preset = preset_of_task(self.asking.presets, task.task, task.language)
        language, system = self.asking.language, ""
        if preset is not None:
            language = task.language if task.language in preset.system else language
            system = preset.prompt(language)
        self.asking.choose(with_preset(Asking(think=task.thinks), preset), system, language)
        self._asking_of_task = (self.asking.asking, system)
        self._show_asking()
        self.recount()

    @on(ChatPane.HowToAsk)
    @work(group="how", exclusive=True)
    async def how_to_ask(self) -> None:
        """Let the user choose preset, system prompt, sampling and JSON schema."""
        # Imported here, because it is rarely needed and would delay the first screen.
        from tui.ui.chat.settings.ask_settings import AskSettings

        conversation = self.chat.conversation
        has_messages, was_in_chat = bool(conversation.messages), self.has_focus_within
        chosen = await self.app.push_screen_wait(
            AskSettings(self.asking, conversation.system, has_messages=has_messages)
        )
        if chosen is not None:
            if self.asking.choose(chosen.asking, chosen.system, chosen.language) and has_messages:
                self.chat.notice.show_info(
                    _("The next answer uses the new system prompt; the cache starts again.")
                )
            self._show_asking()
        if was_in_chat:
            # From another pane, which may hide the chat, the focus goes back there.
            self.chat.focus_prompt()
        self.recount()

    @on(PromptArea.DraftChanged)
    @on(ChatPane.Branched)
    def recount(self) -> None:
        """Count the draft and the context again after a pause."""
        self._draft_watch.changed()
        self._context_watch.changed()

    @work(thread=True, group="prompts")
    def remember_prompts(self) -> None:
        """Load the prompts of earlier sessions into the prompt's history."""
        texts = read_prompt_history()
        if texts:
            self.app.call_from_thread(self.chat.prompt.remember, texts)

    @on(ChatPane.Ask)
    def _keep_prompt(self, event: ChatPane.Ask) -> None:
        self.run_worker(partial(add_to_prompt_history, event.text), group="prompts", thread=True)

    # The context

    @on(ContextStrip.PolicyChosen)
    def _policy_chosen(self, event: ContextStrip.PolicyChosen) -> None:
        self._context_watch.set_policy(event.policy)

    @on(RemedyPanel.RemedyChosen)
    @work(group="remedy", exclusive=True)
    async def _remedy_chosen(self, event: RemedyPanel.RemedyChosen) -> None:
        await self._context_watch.choose(event.remedy)

    async def _load_longer(self, longer: LongerContext) -> bool:
        """Load the model again with a longer context; the conversation stays."""
        model = self._workbench.host.model
        if model is None:
            return False
        self._models.use(longer.settings)
        await self.load(model, longer.fit, longer.settings).wait()
        return self._workbench.host.holds(model)

    # Saved conversations

    @on(SavingChanged)
    def _saving_changed(self, event: SavingChanged) -> None:
        self.chat.unsaved = sentence(event.reason) if event.reason else ""
        self.notify(event.sentence, severity="warning" if event.reason else "information", markup=False)

    @work(group="history", exclusive=True)
    async def open_history(self) -> None:
        """Show the saved conversations, and open the chosen one."""
        # Imported here, because it is rarely needed and would delay the first screen.
        from tui.ui.chat.history.screen import ConversationsScreen

        saved = self._saved
        if saved is None:
            return
        chosen = await self.app.push_screen_wait(
            ConversationsScreen(saved.store, on_delete=self._conversation_deleted)
        )
        if chosen is None:
            return
        record = await self._resume(saved, chosen)
        if record is None:
            return
        listing, host = self._models.listing, self._workbench.host
        model = find_by_label(record.model, listing.models)
        if model is not None and host.model is None and not listing.highlight(model.key):
            listing.action_clear_filter()
            listing.highlight(model.key)
        if model is not None and record.settings is not None and not host.holds(model):
            # At once, so that later choices of the user replace these settings.
            self._models.use(record.settings)
        self._show()
        resumed = resumed_model_reason(record.model, host.model, listing.models, record.settings)
        reasons = [resumed] if resumed and not host.loading else []
        if reasons := [*reasons, *self.asking.changes_since_saved()]:
            self.chat.notice.show_info("\n".join(map(sentence_with_keys, reasons)))

    @property
    def restart_state(self) -> Restart:
        """State of the chat that another start can take up."""
        host, chat = self._workbench.host, self.chat
        conversation = chat.conversation
        return Restart(
            model_key=host.model.key if host.model is not None else "",
            settings=host.settings,
            conversation_id=self._saved.open_id if self._saved is not None else None,
            system=conversation.system,
            asking=self.asking.asking,
            draft=chat.prompt.text,
            attachments=chat.prompt.attachments,
        )

    @work(group="history", exclusive=True)
    async def take_up(self, restart: Restart) -> None:
        """Go on with the conversation and the draft of the start before."""
        saved = self._saved
        if restart.conversation_id is not None and saved is not None:
            await self._resume(saved, restart.conversation_id)
        elif restart.system or restart.asking != Asking():
            self.asking.choose(restart.asking, restart.system, self.asking.language)
            self._show_asking()
        prompt = self.chat.prompt
        if not prompt.text:
            prompt.insert_text(restart.draft)
        prompt.attachments = (*restart.attachments, *prompt.attachments)

    async def _resume(self, saved: SavedConversations, conversation_id: int) -> ConversationRecord | None:
        """Open a saved conversation, and return it; None where it cannot be read, which is said."""
        try:
            record = await saved.read(conversation_id)
        except StoreError as error:
            reason = sentence(error.reason)
            self.chat.notice.show_error(
                _("The conversation cannot be opened: {reason}.").format(reason=reason)
            )
            return None
        if not saved.is_open(conversation_id):
            self.chat.replace(lambda: saved.resume(conversation_id, record))
        return record

    def _conversation_deleted(self, conversation_id: int) -> None:
        if self._saved is not None and self._saved.is_open(conversation_id):
            self.chat.action_new_chat()
