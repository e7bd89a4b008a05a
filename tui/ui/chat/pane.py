"""The chat pane: transcript, notice, prompt, context and status around one conversation."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message as UiMessage
from textual.reactive import reactive
from textual.timer import Timer

from tui.chat.conversation import Conversation
from tui.chat.messages import Message, Question
from tui.i18n import _
from tui.text import clean, clean_line
from tui.ui.chat import branch_words
from tui.ui.chat.answer import ChatAnswer
from tui.ui.chat.branch_actions import BranchActions, EditedMessage
from tui.ui.chat.context.remedy_panel import RemedyList, RemedyPanel
from tui.ui.chat.context.strip import ContextStrip
from tui.ui.chat.prompt.prompt_area import PromptArea
from tui.ui.chat.prompt.prompt_input import PromptInput
from tui.ui.chat.status import ChatStatus
from tui.ui.chat.transcript.transcript import Transcript
from tui.ui.chat.transcript.transcript_area import TranscriptArea
from tui.ui.chat.transcript.welcome import Suggestions, Welcome
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.notice_line import NoticeLine

FLUSH_SECONDS = 1 / 5
"""Seconds between two drawings of a reply that streams; each drawing costs processor time."""


class ChatPane(Vertical):
    """Pane with one conversation.

    `answer` writes the reply into it, and `branch_actions` changes its branches.
    """

    DEFAULT_CSS = """
    ChatPane {
        border: round $pane-border;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $text-warning;
        &:focus-within { border: round $border; border-title-color: $text-primary; }
        &.-editing PromptInput { max-height: 40vh; }
    }
    """

    BINDING_GROUP_TITLE = _("Chat")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+f",
            "search",
            _("Search"),
            id="chat.search",
            show=False,
            # The prompt's text area would take the key to delete a word.
            priority=True,
            tooltip=_("Search in the conversation"),
        ),
        Binding(
            "escape", "stop", _("Stop"), id="chat.stop", tooltip=_("Stop the answer; its text so far stays")
        ),
        Binding(
            "escape",
            "leave_edit",
            _("Cancel edit"),
            id="chat.leave_edit",
            tooltip=_("Cancel the edit and go back to the draft"),
        ),
        Binding(
            "ctrl+r",
            "regenerate",
            _("Regenerate"),
            id="chat.regenerate",
            tooltip=_("Ask again; the old answer stays as another version"),
        ),
        Binding(
            "ctrl+l",
            "continue",
            _("Continue"),
            show=False,
            id="chat.continue",
            tooltip=_("Continue the last answer where it ended"),
        ),
        Binding(
            "ctrl+n", "new_chat", _("New chat"), id="chat.new", tooltip=_("Start with an empty conversation")
        ),
        Binding(
            "ctrl+o",
            "copy_reply",
            _("Copy"),
            id="chat.copy",
            tooltip=_("Copy the last answer to the clipboard"),
        ),
        Binding(
            "ctrl+s",
            "how_to_ask",
            _("How to ask"),
            id="chat.how_to_ask",
            tooltip=_("Choose preset, system prompt, sampling, JSON schema"),
        ),
        Binding(
            "ctrl+g",
            "context",
            _("Context"),
            show=False,
            id="chat.context",
            tooltip=_("Show what fills the context, and what helps when it is full"),
        ),
    ]

    class Ask(UiMessage):
        """A new question was added at the end of the conversation."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Stop(UiMessage):
        """The user wants to stop the reply, or the load that it waits for."""

    class Regenerate(UiMessage):
        """The last reply was set aside; another one is wanted."""

    class Continue(UiMessage):
        """The last reply is open again; the model should continue it."""

    class HowToAsk(UiMessage):
        """The user wants to change the answer settings."""

    class NewChat(UiMessage):
        """The conversation was emptied, or another one took its place."""

    class Branched(UiMessage):
        """Other messages are shown, or others are pinned."""

    model_label: reactive[str | None] = reactive[str | None](None)
    """Name and quantization of the loaded model; None while none is loaded."""
    suggestions: reactive[Suggestions | None] = reactive[Suggestions | None](None)
    """Models to begin with, for the chat without a model; None until they are known."""
    answering: reactive[bool] = reactive(False, bindings=True)
    """True while a reply is being written or waited for."""
    editing: reactive[EditedMessage | None] = reactive[EditedMessage | None](
        None, bindings=True, toggle_class="-editing"
    )
    """The earlier question, or the answer, that is in the prompt; None for a new question."""
    busy: reactive[bool] = reactive(False, bindings=True)
    """True while Esc can stop something else, for example a load."""
    unsaved: reactive[str] = reactive("")
    """Reason why the conversation is not saved; empty while it is saved."""

    def __init__(self, conversation: Conversation | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.conversation = conversation or Conversation()
        self.transcript_area = TranscriptArea(self.conversation)
        """The messages with their search bar."""
        self.transcript: Transcript = self.transcript_area.transcript
        """The messages."""
        self.notice = NoticeLine()
        """Notice line about the conversation, which any part of the chat may use."""
        self.remedy_panel = RemedyPanel()
        """Remedies for a full context."""
        self.prompt_area = PromptArea()
        """The input with its attachments."""
        self.prompt: PromptInput = self.prompt_area.prompt
        """The input."""
        self.strip = ContextStrip()
        """The parts that fill the context."""
        self.status = ChatStatus()
        """The figures, which the parts of the chat set."""
        self.answer = ChatAnswer(
            self, self.conversation, self.transcript, self.status, self.strip, self.notice
        )
        self.branch_actions = BranchActions(
            self, self.conversation, self.transcript, self.prompt, self.notice
        )
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out transcript, notice, prompt, context and status."""
        yield self.transcript_area
        yield self.notice
        yield self.remedy_panel
        yield self.prompt_area
        yield self.strip
        yield self.status

    def on_mount(self) -> None:
        """Draw the messages of the conversation; the clock runs only while a reply streams."""
        self.watch(self.transcript, "marked", self.branch_actions.forget_deletion, init=False)
        self._clock = self.set_interval(FLUSH_SECONDS, self.answer.flush, pause=True)
        self.call_later(self.transcript.show, self.conversation.messages)
        self.show_remarks()

    # For the dashboard

    @on(ContextStrip.StripLeft)
    @on(RemedyList.RemediesLeft)
    def focus_prompt(self) -> None:
        """Focus the prompt at once."""
        self.screen.set_focus(self.prompt)

    def show_stopping(self) -> None:
        """Show at once that the reply will stop."""
        if self.answering:
            self.transcript.show_stopping()

    def show_message(self, message_id: int) -> None:
        """Mark a message on any branch."""
        is_on_branch = any(message.id == message_id for message in self.conversation.messages)
        if not is_on_branch and self.conversation.has_message(message_id) and not self.answering:
            self.conversation.show_branch(message_id)
            self.show_branch()
        self.call_later(self.transcript.show_marked, message_id)

    def replace(self, change: Callable[[], None]) -> None:
        """Replace the messages of the conversation with `change`.

        `answering` stays True until the end of an open reply is reported, so that its last pieces cannot
        reach another reply.
        """
        if self.answering:
            self.post_message(self.Stop())
        self.answer.discard_undrawn()
        self.branch_actions.forget()
        change()
        self.notice.clear()
        self.call_later(self.transcript.show, self.conversation.messages)
        self.show_remarks()
        self.post_message(self.NewChat())

    # For the answer and the branch actions

    def answer_began(self) -> None:
        """Show that the chat waits for an answer."""
        self.remedy_panel.clear()
        self.answering = True

    def answer_ended(self) -> None:
        """Show that the chat does not wait for an answer any more."""
        self.answering = False

    def take_back_question(self, question: Question | None) -> None:
        """Put a question that could not be asked back into the prompt."""
        self.branch_actions.take_back(question)

    def show_branch(self) -> None:
        """Draw the shown branch; messages that it shares with the old one are not drawn again."""
        self.call_later(self.transcript.show_branch, self.conversation.messages)
        self.show_remarks()

    def show_remarks(self) -> None:
        """Draw the remarks below the messages again; the tokens of the context change with them."""
        self.call_later(self.transcript.show_remarks, branch_words.remarks(self.conversation))
        self.post_message(self.Branched())

    def show_editing(self, editing: EditedMessage | None) -> None:
        """Show whether an earlier message is in the prompt."""
        self.editing = editing

    # For the watches of context and draft

    @property
    def draft(self) -> Question:
        """The draft as the question that it would be; an empty one where it will be an answer."""
        return self.branch_actions.draft

    @property
    def is_answering(self) -> bool:
        """True while a reply is being written or waited for."""
        return self.answering

    @property
    def edited_question_id(self) -> int | None:
        """The question in whose place the draft would be asked; None for a new one."""
        return self.branch_actions.edited_question_id

    @property
    def messages_before_draft(self) -> tuple[Message, ...]:
        """The messages that the draft would follow."""
        return self.branch_actions.messages_before_draft

    def edit_without_attachment(self, question_id: int, index: int) -> None:
        """Take an earlier question into the prompt without one of its attachments, by its number from 0."""
        if not self.answering:
            self.branch_actions.edit_without_attachment(question_id, index)

    # Messages of the widgets

    def on_prompt_input_submitted(self, event: PromptInput.Submitted) -> None:
        """Ask the question; while an answer is still coming, keep it in the prompt."""
        event.stop()
        if not self._can_change():
            return
        if self.editing is not None and self.editing.is_answer:
            self.branch_actions.keep_answer(event.written, event.attachments)
        else:
            self.prompt.take()
            self.branch_actions.add_question(event.text, event.attachments)
            self.answer.begin_reply(self.model_label)
            self.post_message(self.Ask(event.text))

    def on_transcript_message_action_requested(self, event: Transcript.MessageActionRequested) -> None:
        """Carry out an action on a message."""
        event.stop()
        if self._can_change():
            self.branch_actions.act(event.message_id, event.action)

    def _can_change(self) -> bool:
        """Return True if the conversation can be changed; show a notice if an answer is still coming."""
        if self.answering:
            self.notice.show_info(still_answering())
        return not self.answering

    def on_prompt_input_transcript_paged(self, event: PromptInput.TranscriptPaged) -> None:
        """Page the transcript from the prompt."""
        event.stop()
        self.transcript.page(event.direction)

    def on_prompt_area_attachment_notice(self, event: PromptArea.AttachmentNotice) -> None:
        """Show the notice about an attachment."""
        event.stop()
        if event.is_error:
            self.notice.show_error(event.text)
        else:
            self.notice.show_info(event.text)

    def on_transcript_key_notice(self, event: Transcript.KeyNotice) -> None:
        """Show the outcome of a key of the transcript."""
        event.stop()
        self.notice.show_info(event.sentence)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer Stop only while there is something to stop; otherwise the app handles Esc."""
        if action == "stop":
            return self.answering or self.busy
        if action == "leave_edit":
            return self.editing is not None
        return True

    def has_effect(self, action: str) -> bool:
        """Return False for a key that would only say what is missing."""
        match action:
            case "regenerate":
                return not self.answering and bool(self.conversation.messages)
            case "continue":
                return not (
                    self.answering or branch_words.cannot_continue(self.conversation, self.model_label)
                )
            case "copy_reply":
                return self.conversation.last_reply is not None
            case _:
                return True

    def action_stop(self) -> None:
        """Ask for a stop."""
        self.post_message(self.Stop())
        self.show_stopping()

    def action_leave_edit(self) -> None:
        """Cancel the edit."""
        self.branch_actions.leave_edit()

    def action_regenerate(self) -> None:
        """Set the last reply aside and ask for another."""
        if not self.conversation.messages:
            self.notice.show_info(_("There is no question yet that could be asked again."))
        elif self._can_change():
            self.branch_actions.set_reply_aside()
            self.answer.begin_reply(self.model_label)
            self.post_message(self.Regenerate())

    def action_continue(self) -> None:
        """Continue the last answer."""
        if not self._can_change():
            return
        if refusal := branch_words.cannot_continue(self.conversation, self.model_label):
            self.notice.show_info(refusal)
        else:
            self.answer.resume_reply(self.model_label)
            self.post_message(self.Continue())

    def action_new_chat(self) -> None:
        """Start an empty conversation, and stop an open reply."""
        self.replace(self.conversation.clear)

    def action_search(self) -> None:
        """Search in the conversation."""
        self.transcript_area.open_search()

    def action_copy_reply(self) -> None:
        """Copy the last reply."""
        self.transcript_area.copy_message(None)

    def action_how_to_ask(self) -> None:
        """Ask for the dialog of the answer settings."""
        self.post_message(self.HowToAsk())

    def action_context(self) -> None:
        """Go to the remedies for a full context, else to the parts that fill it."""
        if not self.remedy_panel.enter():
            self.screen.set_focus(self.strip)

    # Drawing

    def watch_model_label(self, label: str | None) -> None:
        """Show the model's name in the border, and what can be done with it in an empty transcript."""
        # The library's type says str, its code takes content, which unlike a str is never markup.
        self.border_title = chat_title(label)  # pyright: ignore[reportAttributeAccessIssue]
        self._show_welcome()

    def watch_suggestions(self) -> None:
        """Show the suggestions in an empty transcript."""
        self._show_welcome()

    def _show_welcome(self) -> None:
        self.transcript.welcome = Welcome(self.model_label, self.suggestions)

    def watch_unsaved(self, reason: str) -> None:
        """Show a warning in the border while the conversation is not saved."""
        self.border_subtitle = unsaved_warning(reason)  # pyright: ignore[reportAttributeAccessIssue]

    def watch_answering(self, answering: bool) -> None:
        """Run the clock while a reply streams."""
        if self._clock is not None:
            (self._clock.resume if answering else self._clock.pause)()


def chat_title(label: str | None) -> Content:
    """Return the pane's title with the loaded model."""
    return Content(_("Chat: {model}").format(model=clean(label)) if label else _("Chat"))


def still_answering() -> str:
    """Return that an action has to wait for the end of the answer."""
    return with_keys(
        _("Still answering; press {chat.stop} to stop first."), _("Still answering; wait for its end.")
    )


def unsaved_warning(reason: str) -> Content | None:
    """Return the warning that the conversation is not saved; None without a reason."""
    return Content(_("not saved: {reason}").format(reason=clean_line(reason))) if reason else None
