"""Passages of the help for somebody who never heard of any of it: each a few plain sentences with its sum."""

from tui.i18n import _
from tui.ui.help.chat_topics import chat_pages
from tui.ui.help.page import Page, with_names


def help_pages() -> tuple[Page, ...]:
    """The passages, in the order in which they build on each other, with the keys as they are bound now."""
    return with_names((*_machine_pages(), *chat_pages()))


def _machine_pages() -> tuple[Page, ...]:
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
                "KL divergence says how far a model's choice of the next word moves away from its choice at "
                "full precision: 0 is no difference. The table of quantizations ({models.quants} in the list "
                "of models) shows what was measured on a model of 8 billion weights; smaller models lose "
                "more. There the loss stays small down to about 4 bits and is severe below 3. An importance "
                "matrix, made from sample text, tells which weights matter most when a file is made, and "
                "lowers the loss."
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
            _("How to read the gauges"),
            _(
                "What is n/a could not be read; {gauges.maximise} shows all gauges in full, and at their end "
                "why, and what to do about it. Under a container's limit, CPU and memory are what the "
                "container may use. A GPU that is asleep is left asleep, since asking it would wake it and "
                "cost battery. Load turns no colour of alarm, because a processor is there to be used; heat "
                "does near the point where makers slow it down, power at the limit that the driver sets, "
                "memory before it runs out."
            ),
        ),
        Page(
            _("What the timeline shows"),
            _(
                "Time runs from left to right, and the newest column is at the right end. The first row says "
                "what the engine did: ═ loaded a model, ┅ read the prompt, ━ wrote a reply that begins at ┣; "
                "× is one that was cut short. The rows below are tokens a second, load, and memory, so that "
                "what a reply did to the machine stands under it. {pane.timeline} goes there: the arrows "
                "tell each column in words, {timeline.closer} and {timeline.wider} change how many seconds a "
                "column is, {timeline.choose} marks the reply in the chat."
            ),
        ),
    )
