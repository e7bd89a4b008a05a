"""Passages of the help for somebody who never heard of any of it: each a few plain sentences with its sum."""

import msgspec

from tui.i18n import _


class Page(msgspec.Struct, frozen=True):
    """One question and its answer."""

    title: str
    text: str


def help_pages() -> tuple[Page, ...]:
    """The passages, in the order in which they build on each other."""
    return (
        Page(
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
        Page(
            _("What quality that costs"),
            _(
                "KL divergence says how far a model's choice of the next word moves away from its choice "
                "at full precision: 0 is no difference. The table of quantizations (t in the list of "
                "models) shows what was measured on a model of 8 billion weights; smaller models lose "
                "more. There the loss stays small down to about 4 bits and is severe below 3. An "
                "importance matrix, made from sample text, tells which weights matter most when a file is "
                "made, and lowers the loss."
            ),
        ),
        Page(
            _("Why 7B to 9B models ask for 12 to 16 GB"),
            _(
                "At full precision each number takes 16 bits, which is 2 bytes: 8 billion × 2 bytes = 16 "
                "GB, and 7 billion × 2 bytes = 14 GB, before a single word is read. At 4.8 bits the same "
                "model takes 8 billion × 4.8 / 8 bytes = 4.8 GB. That, with room for the context, is what "
                "lets it run on a computer with 8 GB."
            ),
        ),
        Page(
            _("What the KV cache is"),
            _(
                "For each token it has read, a model keeps two rows of numbers in every layer, K and V, "
                "so that it need not read the text again. In Llama 3.1 8B that is 32 layers × 2 rows × "
                "1024 numbers × 2 bytes = 128 KiB a token, or 1 GiB for a context of 8192 tokens. It "
                "comes on top of the weights. A shorter context or a smaller type of the KV cache makes "
                "it smaller."
            ),
        ),
        Page(
            _("What happens when the context is full"),
            _(
                "With each question a model is sent the whole conversation, as far as the context holds it. "
                "The row below the prompt shows what fills it: ▓ the system prompt, ▒ turns, ▚ attachments, "
                "▄ thinking, ░ what is being written, and · the room kept for the answer. When it is full, "
                "llmtui stops and says by how much, or it leaves out the oldest turns, or those that are not "
                "pinned, as chosen there (Ctrl+G, then w). What would be left out is hatched ╱ before it is "
                "sent; what was is dim, above a rule. Turns go a quarter of the context at a time: with each "
                "turn that is left out, the model has to read all that follows it again."
            ),
        ),
        Page(
            _("Why unified memory matters"),
            _(
                "A graphics card has fast memory of its own, and a model larger than that must be split, "
                "which is slow. In unified memory, GPU and CPU share one memory, so a large part of it "
                "can hold a model. The system and your programs live there too: what a browser holds, the "
                "model cannot have."
            ),
        ),
        Page(
            _("Why speed is memory bandwidth"),
            _(
                "To write one token, all the weights in use are read from memory once, and the reading "
                "takes longer than the arithmetic. So the most there can be is the memory bandwidth "
                "divided by the bytes read per token: 50 GB a second / 5 GB = 10 tok/s. Half the bits are "
                "half the bytes, and up to twice the speed. A mixture of experts reads only the experts "
                "that a token needs, so it is faster than its size suggests."
            ),
        ),
        Page(
            _("Why a prompt is read so fast"),
            _(
                "The tokens of a prompt are known, so many go through the model at once, and weights that "
                "were read from memory serve all of them. What is left is arithmetic: each token of the "
                "prompt is multiplied by every weight in use once. So the speed of reading depends on the "
                "processor, and on how well the engine multiplies weights of that type; memory bandwidth "
                "hardly matters."
            ),
        ),
        Page(
            _("How a conversation branches"),
            _(
                "An answer that is asked for again does not replace the first one, and an edited question "
                "does not replace the old one: both versions stay, each with all that followed it, and the "
                "arrows walk between them. So it is with an answer that you change: yours stands beside the "
                "model's, and the model can go on from it, which is how to show a small model the way. "
                "The model reads the branch that is shown and nothing else. What "
                "two branches have in common need not be read again, since the KV cache holds it: so editing "
                "the last question is quick, and editing the first reads nearly everything anew. Deleting a "
                "turn is the same: what followed it is read again."
            ),
        ),
        Page(
            _("What the checks of a comparison tell"),
            _(
                "Each task asks for something that a program can look for: a number, a JSON object with "
                "given values, a length, named facts, a language. Pass means that all of it is there, fail "
                "that something is not, and look for yourself that it may be right, such as the right number "
                "with text behind it. Whether an answer reads well, no check can say. One task says little "
                "about a model: ask your own prompt too."
            ),
        ),
        Page(
            _("Why mapped weights are counted"),
            _(
                "The weights are not copied out of the file: the system maps it, and reads a page when the "
                "model first needs it. Such pages are memory in use, so llmtui counts them as the engine's; "
                "the system can take them back when it is short, and has to read them from the disk again, "
                "which is slow. Some engines put the weights in another order for speed; llmtui does not, "
                "since that holds them twice: Qwen2.5-7B at Q4_K_M takes 7640 MiB that way, 4803 MiB mapped."
            ),
        ),
        Page(
            _("What a system prompt is"),
            _(
                "Text that the model reads before the conversation, and that the user does not see: who it "
                "is, what it should do, how the answer should look. Small models follow it best when it is "
                "short and concrete, and says last what the answer must be. A preset is such a text for one "
                "task (Ctrl+S in the chat). When it is changed in the middle, the model reads all of the "
                "conversation again."
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
            _("How to read the gauges"),
            _(
                "What is n/a could not be read; g shows all gauges in full, and at their end why, and "
                "what to do about it. Under a container's limit, CPU and memory are what the container "
                "may use. A GPU that is asleep is left asleep, since asking it would wake it and cost "
                "battery. Load turns no colour of alarm, because a processor is there to be used; heat "
                "does near the point where makers slow it down, power at the limit that the driver sets, "
                "memory before it runs out."
            ),
        ),
        Page(
            _("What the timeline shows"),
            _(
                "Time runs from left to right, and the newest column is at the right end. The first row "
                "says what the engine did: ═ loaded a model, ┅ read the prompt, ━ wrote a reply that "
                "begins at ┣; × is one that was cut short. The rows below are tokens a second, load, and "
                "memory, so that what a reply did to the machine stands under it. F6 goes there: the "
                "arrows tell each column in words, + and - change how many seconds a column is, Enter "
                "marks the reply in the chat."
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
