"""Pages of the help for newcomers: each answers one question in a few plain sentences."""

import msgspec

from tui.i18n import _
from tui.ui.kit.keyboard.names import help_with_keys


class HelpPage(msgspec.Struct, frozen=True):
    """A question and its answer; `{id}` in them stands for the key of an action."""

    title: str
    text: str


def help_pages() -> tuple[HelpPage, ...]:
    """Return the pages with the keys as they are bound now; later pages build on earlier ones."""
    pages = (*_machine_pages(), *_chat_pages())
    return tuple(HelpPage(help_with_keys(page.title), help_with_keys(page.text)) for page in pages)


def _machine_pages() -> tuple[HelpPage, ...]:
    """Return the pages on models, memory, speed and the dashboard."""
    return (
        HelpPage(
            _("What the filter can ask for"),
            _(
                "{models.filter} in the list takes words that people use, in English and Spanish, and shows "
                "the models for which all of them hold: spanish, translate, tools, thinking, apache, "
                "commercial, fits, slow, new, disk. A limit is the memory, <4gb, the parameters, <8b, or the "
                "speed, >10t/s. A minus before a word denies it, as in tools -thinking. The frame of the "
                "list says what was understood, and docs/dashboard.md lists all words."
            ),
        ),
        HelpPage(
            _("How the filter understands names"),
            _(
                "Any other word is looked for in the name, quantization, size, publisher, architecture, "
                "licence and verdict, the best match first. A number is a whole one: 3b is the size 3B and "
                "not 13B, q4 is every quantization that begins so, such as Q4_K_M. Separators may be left "
                "out, as in llama3.2 or q4km, and several words narrow it: qwen 7b q4, or fits disk for what "
                "fits and is on this disk. {models.clear} shows all models again."
            ),
        ),
        HelpPage(
            _("Which models are picked for a task"),
            _(
                "{models.picks} in the list asks what for, in which language, and how long your texts are. "
                "A model is looked at when it is for such a task, knows the language, has no successor, fits "
                "with that context without swapping, writes at reading speed, 5 tokens a second, and begins "
                "its answer in time if it thinks first."
            ),
        ),
        HelpPage(
            _("How picks are ordered"),
            _(
                "Each model is compared with each other one in one benchmark: the first on the ladder of the "
                "task that both were measured in, by the same people in the same way. A gap within the noise "
                "is a tie; where no benchmark is shared, a general index decides, then figures of makers, "
                "then nothing. The place follows from wins less losses, and wins over strong models count "
                "more. What you measured here comes before anything published. There are no points for a "
                "brand, for downloads or for size, and of equals the newer one comes first."
            ),
        ),
        HelpPage(
            _("What the three picks are"),
            _(
                "They are the first of the order, one that is at least twice as fast or answers at once, and "
                "one of another maker or with a freer licence. Evidence A is independent and of the task "
                "itself, B of something close to it, C a maker's own, D none. Below them stands why models "
                "that one might have expected are not picked, and docs/choosing.md names every benchmark and "
                "source."
            ),
        ),
        HelpPage(
            _("What is remembered"),
            _(
                "The theme, the order of the list ({models.sort}), its columns ({models.columns}), the "
                "context ({models.context_shorter} and {models.context_longer}) and the type of the KV cache "
                "({models.kv_type}) are there again at the next start. What settings.toml or the command "
                "line names goes before what was chosen here. Conversations, earlier questions and "
                "measurements are kept, too; the filter and the chosen machine are not."
            ),
        ),
        HelpPage(
            _("What quantization does to a number"),
            _(
                "A model is billions of numbers, the weights, such as 0.1837. With 4 bits there are 16 "
                "steps to choose from: where they lie 0.1 apart, from -0.8 to 0.7, 0.1837 is stored as "
                "the step 0.2, and 0.0163 is lost. Each group of 32 numbers keeps the distance of its "
                "steps in 16 bits of its own, so a number takes 4.5 bits in all instead of 16. The most "
                "delicate parts of a model get finer steps; the letters S, M and L at the end of a name "
                "say how many parts do."
            ),
        ),
        HelpPage(
            _("What quality that costs"),
            _(
                "KL divergence says how far a model's choice of the next word moves away from its choice at "
                "full precision: 0 is no difference. The table of quantizations ({models.quants} in the list "
                "of models) shows what was measured on a model of 8 billion weights; smaller models lose "
                "more. There the loss stays small down to about 4 bits and is severe below 3. An importance "
                "matrix, made from sample text, tells which weights matter most when a file is made, and "
                "lowers the loss."
            ),
        ),
        HelpPage(
            _("Why 7B to 9B models ask for 12 to 16 GB"),
            _(
                "At full precision each number takes 16 bits, which is 2 bytes: 7 billion × 2 bytes = 14 GB, "
                "and 8 billion × 2 bytes = 16 GB, before a single word is read. At 8.5 bits (Q8_0) 8 billion "
                "numbers take 8.5 GB, which with the context and the system beside them asks for 12 GB. At "
                "4.8 bits (Q4_K_M) they take 4.8 GB: comfortable with 16 GB of memory. With 8 GB such a "
                "model fits only with a short context and almost everything else closed; models of up to "
                "about 4B are the comfortable ones there."
            ),
        ),
        HelpPage(
            _("What the KV cache is"),
            _(
                "For each token it has read, a model keeps two rows of numbers in every layer, K and V, "
                "so that it need not read the text again. In Llama 3.1 8B that is 32 layers × 2 rows × "
                "1024 numbers × 2 bytes = 128 KiB a token, or 1 GiB for a context of 8192 tokens. It "
                "comes on top of the weights. A shorter context or a smaller type of the KV cache makes "
                "it smaller."
            ),
        ),
        HelpPage(
            _("Why unified memory matters"),
            _(
                "A graphics card has fast memory of its own, and a model larger than that must be split, "
                "which is slow. In unified memory, GPU and CPU share one memory, so a large part of it "
                "can hold a model. The system and your programs live there too: what a browser holds, the "
                "model cannot have."
            ),
        ),
        HelpPage(
            _("Why speed is memory bandwidth"),
            _(
                "To write one token, all the weights in use are read from memory once, and the reading "
                "takes longer than the arithmetic. So the most there can be is the memory bandwidth "
                "divided by the bytes read per token: 50 GB a second / 5 GB = 10 tok/s. Half the bits are "
                "half the bytes, and up to twice the speed. A mixture of experts reads only the experts "
                "that a token needs, so it is faster than its size suggests."
            ),
        ),
        HelpPage(
            _("Why a prompt is read so fast"),
            _(
                "The tokens of a prompt are known, so many go through the model at once, and weights that "
                "were read from memory serve all of them. What is left is arithmetic: each token of the "
                "prompt is multiplied by every weight in use once. So the speed of reading depends on the "
                "processor, and on how well the engine multiplies weights of that type; memory bandwidth "
                "hardly matters."
            ),
        ),
        HelpPage(
            _("What the checks of a comparison tell"),
            _(
                "Each task asks for something that a program can look for: a number, a JSON object with "
                "given values, a length, named facts, a language. Pass means that all of it is there, fail "
                "that something is not, and look for yourself that it may be right, such as the right number "
                "with text behind it. Whether an answer reads well, no check can say. One task says little "
                "about a model: ask your own prompt too."
            ),
        ),
        HelpPage(
            _("Why mapped weights are counted"),
            _(
                "The weights are not copied out of the file: the system maps it, and reads a page when the "
                "model first needs it. Such pages are memory in use, so llmtui counts them as the engine's; "
                "the system can take them back when it is short, and has to read them from the disk again, "
                "which is slow. Some engines put the weights in another order for speed; llmtui does not, "
                "since that holds them twice: Qwen2.5-7B at Q4_K_M takes 7640 MiB that way, 4803 MiB mapped."
            ),
        ),
        HelpPage(
            _("How to get a model"),
            _(
                "An empty square in the list, □, means that the model is not on this disk. {models.choose} "
                "or {models.download} reads the first megabytes of its file on the hub, which "
                "tell what it is made of, and shows for each quantization whether it runs on this machine; "
                "one more key downloads it. A line above the keys shows how far it is, and you can chat "
                "meanwhile. {downloads.show} lists the downloads, to pause one, let it go on, cancel it, or "
                "add one by its address. Quitting pauses them, and what has arrived stays."
            ),
        ),
        HelpPage(
            _("How to read the gauges"),
            _(
                "What cannot be read takes no room; {gauges.maximise} shows all gauges in full, and at their "
                "end why, and what to do about it. Under a container's limit, CPU and memory are what the "
                "container may use. A GPU that is asleep is left asleep, since asking it would wake it and "
                "cost battery. Load turns no colour of alarm, because a processor is there to be used; heat "
                "does near the point where makers slow it down, power at the limit that the driver sets, "
                "memory before it runs out."
            ),
        ),
        HelpPage(
            _("What the timeline shows"),
            _(
                "Time runs from left to right, and the newest column is at the right end. The first row says "
                "what the engine did: ═ loaded a model, ┅ read the prompt, ━ wrote a reply that begins at ┣; "
                "× is one that was cut short. The rows below are tokens a second, load, and memory, so that "
                "what a reply did to the machine stands under it. Until there is a reply, the first row is "
                "all. {pane.timeline} goes there: the arrows tell each column in words, in the title, "
                "{timeline.closer} and {timeline.wider} change how many seconds a column is, "
                "{timeline.choose} marks the reply in the chat."
            ),
        ),
    )


def _chat_pages() -> tuple[HelpPage, ...]:
    """Return the pages on the chat: asking, answers, branches, context, search and receipts."""
    return (
        HelpPage(
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
        HelpPage(
            _("What a system prompt is"),
            _(
                "Text that the model reads before the conversation, and that the user does not see: who it "
                "is, what it should do, how the answer should look. Small models follow it best when it is "
                "short and concrete, and says last what the answer must be. A preset is such a text for one "
                "task ({chat.how_to_ask} in the chat). When it is changed in the middle, the model reads all "
                "of the conversation again."
            ),
        ),
        HelpPage(
            _("How the next word is chosen"),
            _(
                "A model gives every possible next token a chance. Top-k keeps so many of the likeliest, "
                "top-p the likeliest that together have that share, min-p those with that share of the "
                "likeliest one's chance; the temperature then says how freely one of them is drawn, 0 always "
                "takes the first. The makers of a model publish what suits it, and llmtui begins there. The "
                "same seed, prompt and settings give the same answer again."
            ),
        ),
        HelpPage(
            _("How an answer becomes JSON for certain"),
            _(
                "A JSON schema says which keys and types the answer has. The engine turns it into a grammar, "
                "and at each step only tokens that the grammar allows can be drawn, so even a small model "
                "writes valid JSON. What stands in it is still the model's. Give lists and texts a maximum, "
                "since a small model may repeat itself."
            ),
        ),
        HelpPage(
            _("What thinking is"),
            _(
                "Some models write down what they consider before they answer. That is kept apart: one line "
                "says how long it took and how many tokens, and {chat.thinking} or a click shows the text "
                "and folds it again. It costs time and context while it is written, and is not sent again "
                "with later questions. Whether a model thinks first can be chosen where its chat template "
                "offers that."
            ),
        ),
        HelpPage(
            _("How an answer is stopped, or goes on"),
            _(
                "{chat.stop} stops an answer at any time, also while the prompt is still being read; what "
                "has come stays, and what was read stays in the KV cache. {chat.continue} lets the last "
                "answer go on where it ended, also with another model; one that follows a JSON schema goes "
                "on with the same schema. {chat.regenerate} asks for another answer beside it."
            ),
        ),
        HelpPage(
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
        HelpPage(
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
        HelpPage(
            _("How to find something again"),
            _(
                "{chat.search} from the prompt, or {chat.find} in the messages, searches this conversation: "
                "questions, the files that went along, answers, and what was thought before them, case and "
                "accents aside. {chat.found_next} and {chat.found_before} go on; thinking is unfolded where "
                "something was found in it, and of a file the line is shown. {chat.leave_search} "
                "leaves. {chat.history} searches all conversations, and finds the same in them."
            ),
        ),
        HelpPage(
            _("What the raw view shows"),
            _(
                "A model reads one long text, which its chat template makes of the system prompt and the "
                "messages, with special tokens that say who speaks. {chat.raw} on an answer shows that text "
                "exactly as it was read, and below it exactly what was written; nothing is hidden or made "
                "nicer. So you can see what was left out, what a file looked like to the model, and why an "
                "answer ended."
            ),
        ),
        HelpPage(
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
