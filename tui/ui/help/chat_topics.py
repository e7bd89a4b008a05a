"""Passages of the help on the chat: asking, reading, steering, and finding again."""

from tui.i18n import _
from tui.ui.help.page import Page


def chat_pages() -> tuple[Page, ...]:
    """The passages, in the order in which they build on each other; keys by the ids of their actions."""
    return (
        Page(
            _("How to ask"),
            _(
                "Type below the messages and send with {prompt.send}; {prompt.new_line} begins a new line. "
                "The line above the prompt says before you send what reading the question will cost. "
                "{prompt.attach} lets a file go along as text, and a long paste goes along by itself; each "
                "stands above the prompt with its tokens, where it can be removed. {chat.how_to_ask} chooses "
                "how answers are asked for: a preset for a task, the system prompt, sampling, whether to "
                "think first, and a JSON schema."
            ),
        ),
        Page(
            _("What a system prompt is"),
            _(
                "Text that the model reads before the conversation, and that the user does not see: who it "
                "is, what it should do, how the answer should look. Small models follow it best when it is "
                "short and concrete, and says last what the answer must be. A preset is such a text for one "
                "task ({chat.how_to_ask} in the chat). When it is changed in the middle, the model reads all "
                "of the conversation again."
            ),
        ),
        Page(
            _("How the next word is chosen"),
            _(
                "A model gives every possible next token a chance. Top-k keeps so many of the likeliest, "
                "top-p the likeliest that together have that share, min-p those with that share of the "
                "likeliest one's chance; the temperature then says how freely one of them is drawn, 0 always "
                "takes the first. The makers of a model publish what suits it, and llmtui begins there. The "
                "same seed, prompt and settings give the same answer again."
            ),
        ),
        Page(
            _("How an answer becomes JSON for certain"),
            _(
                "A JSON schema says which keys and types the answer has. The engine turns it into a grammar, "
                "and at each step only tokens that the grammar allows can be drawn, so even a small model "
                "writes valid JSON. What stands in it is still the model's. Give lists and texts a maximum, "
                "since a small model may repeat itself."
            ),
        ),
        Page(
            _("What thinking is"),
            _(
                "Some models write down what they consider before they answer. That is kept apart: one line "
                "says how long it took and how many tokens, and {chat.thinking} or a click shows the text "
                "and folds it again. It costs time and context while it is written, and is not sent again "
                "with later questions. Whether a model thinks first can be chosen where its chat template "
                "offers that."
            ),
        ),
        Page(
            _("How an answer is stopped, or goes on"),
            _(
                "{chat.stop} stops an answer at any time, also while the prompt is still being read; what "
                "has come stays, and what was read stays in the KV cache. {chat.continue} lets the last "
                "answer go on where it ended, also with another model; one that follows a JSON schema goes "
                "on with the same schema. {chat.regenerate} asks for another answer beside it."
            ),
        ),
        Page(
            _("How a conversation branches"),
            _(
                "{chat.edit} on a question takes it back into the prompt with what went along, and an edited "
                "question does not replace the old one, as an answer that is asked for again does not "
                "replace the first: both versions stay, each with all that followed it, and "
                "{chat.version_before} and {chat.version_after} walk between them. So it is with an answer "
                "that you change: yours stands beside the model's, and the model can go on from it. "
                "The model reads the "
                "branch that is shown and nothing else. What two branches have in common need not be read "
                "again, since the KV cache holds it: so editing the last question is quick, and editing the "
                "first reads nearly everything anew. Deleting a turn ({chat.delete}) is the same: what "
                "followed it is read again."
            ),
        ),
        Page(
            _("What happens when the context is full"),
            _(
                "With each question a model is sent the whole conversation, as far as the context holds it. "
                "The row below the prompt shows what fills it: ▓ the system prompt, ▒ turns, ▚ attachments, "
                "▄ thinking, ░ what is being written, and · the room kept for the answer. When it is full, "
                "llmtui stops and says by how much, or it leaves out the oldest turns, or those that are not "
                "pinned, as chosen there ({chat.context}, then {context.policy}). What would be left out is "
                "hatched ╱ before it is sent; what was is dim, above a rule. Turns go a quarter of the "
                "context at a time: with each turn that is left out, the model has to read all that follows "
                "it again."
            ),
        ),
        Page(
            _("How to find something again"),
            _(
                "{chat.search} from the prompt, or {chat.find} in the messages, searches this conversation: "
                "questions, the files that went along, answers, and what was thought before them, case and "
                "accents aside. {chat.found_next} and {chat.found_before} go on; thinking is unfolded where "
                "something was found in it, and of a file the line is shown. {chat.leave_search} "
                "leaves. {chat.history} searches all conversations, and finds the same in them."
            ),
        ),
        Page(
            _("What the raw view shows"),
            _(
                "A model reads one long text, which its chat template makes of the system prompt and the "
                "messages, with special tokens that say who speaks. {chat.raw} on an answer shows that text "
                "exactly as it was read, and below it exactly what was written; nothing is hidden or made "
                "nicer. So you can see what was left out, what a file looked like to the model, and why an "
                "answer ended."
            ),
        ),
        Page(
            _("What a receipt tells"),
            _(
                "Mark a reply in the chat to see its receipt. Of the prompt, only what was not read "
                "before is read again; the rest is cached. Then come the tokens that were written and how "
                "fast, how long the first one took, the most memory that the engine held, and the "
                "energy. Energy is power added up over the time of the reply, so it is n/a where nothing "
                "reports power, and it names what it counts: the processor's package, the GPU, or the "
                "whole machine on its battery."
            ),
        ),
    )
