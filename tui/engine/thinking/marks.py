"""Marks around the thinking of a model, by the source of its chat template."""

import msgspec


class ThinkingFormat(msgspec.Struct, frozen=True):
    """The marks around the thinking and the answer of one family of models."""

    opens: str
    """Begins the thinking."""
    closes: str
    """Ends it."""
    headers: tuple[str, ...] = ()
    """Marks before the answer, which are no part of it; any of them, in any order."""
    footers: tuple[str, ...] = ()
    """Marks after the answer."""
    channels: bool = False
    """True where a reply is a row of messages, each with a header that names its channel."""

    @property
    def marks(self) -> tuple[str, ...]:
        """All marks."""
        return (self.opens, self.closes, *self.headers, *self.footers)


HARMONY = ThinkingFormat(
    "<|channel|>analysis<|message|>",
    "<|end|>",
    headers=("<|start|>assistant", "<|channel|>final<|message|>"),
    footers=("<|return|>",),
    channels=True,
)
"""gpt-oss: github.com/openai/harmony, docs/format.md."""

THINK = ThinkingFormat("<think>", "</think>")
"""Qwen, DeepSeek and most others."""

_COMMAND = ("<|START_THINKING|>", "<|END_THINKING|>")
_FINAL = ("[BEGIN FINAL RESPONSE]", "[END FINAL RESPONSE]")

_FORMATS: tuple[tuple[tuple[str, ...], ThinkingFormat], ...] = (
    (("<|channel|>", "<|message|>"), HARMONY),
    # Gemma 4
    (("<|channel>", "<channel|>"), ThinkingFormat("<|channel>thought", "<channel|>")),
    # Magistral, Ministral
    (("[THINK]", "[/THINK]"), ThinkingFormat("[THINK]", "[/THINK]")),
    # Command A and its successors
    (
        (*_COMMAND, "<|START_TEXT|>"),
        ThinkingFormat(*_COMMAND, headers=("<|START_TEXT|>",), footers=("<|END_TEXT|>",)),
    ),
    (_COMMAND, ThinkingFormat(*_COMMAND, headers=("<|START_RESPONSE|>",), footers=("<|END_RESPONSE|>",))),
    # Seed-OSS, MiniMax M3
    (("<seed:think>",), ThinkingFormat("<seed:think>", "</seed:think>")),
    (("<mm:think>",), ThinkingFormat("<mm:think>", "</mm:think>")),
    # Solar Open
    (
        ("<|think|>", "<|content|>"),
        ThinkingFormat("<|think|>", "<|end|>", headers=("<|begin|>assistant", "<|content|>")),
    ),
    # Apertus
    (("<|inner_prefix|>",), ThinkingFormat("<|inner_prefix|>", "<|inner_suffix|>")),
    # Apriel
    ((_FINAL[0],), ThinkingFormat("Here are my reasoning steps:", _FINAL[0], footers=_FINAL[1:])),
    # Granite 3; others have `<response>` around what a tool said, so the two must stand together.
    (
        ("<think></think>", "<response></response>"),
        ThinkingFormat("<think>", "</think>", headers=("<response>",), footers=("</response>",)),
    ),
    # Hunyuan, and prompts like those of R1-Zero
    (
        ("<think>", "<answer>"),
        ThinkingFormat("<think>", "</think>", headers=("<answer>",), footers=("</answer>",)),
    ),
    # EXAONE Deep
    (("<thought>", "</thought>"), ThinkingFormat("<thought>", "</thought>")),
    # Qwen, DeepSeek, SmolLM, Phi, GLM, Nemotron and most others; some only cut it out of earlier turns.
    (("</think>",), THINK),
    (("<think>",), THINK),
)
"""Texts that a template's source contains, all of them, and their format; the first match counts."""

COMMON_FORMATS: tuple[ThinkingFormat, ...] = (
    THINK,
    ThinkingFormat("<thinking>", "</thinking>"),
    ThinkingFormat("<thought>", "</thought>"),
    ThinkingFormat("<reasoning>", "</reasoning>"),
    # Marco-o1
    ThinkingFormat("<Thought>", "</Thought>", headers=("<Output>",), footers=("</Output>",)),
    # OpenThinker, Sky-T1
    ThinkingFormat(
        "<|begin_of_thought|>",
        "<|end_of_thought|>",
        headers=("<|begin_of_solution|>",),
        footers=("<|end_of_solution|>",),
    ),
    # Kimi
    ThinkingFormat("◁think▷", "◁/think▷"),
    # Command A of any age
    ThinkingFormat(
        *_COMMAND,
        headers=("<|START_TEXT|>", "<|START_RESPONSE|>"),
        footers=("<|END_TEXT|>", "<|END_RESPONSE|>"),
    ),
    *(
        format
        for _signs, format in _FORMATS
        # The others open with words that an answer may begin with, or as one of these does.
        if format.opens not in ("<think>", "<thought>", _COMMAND[0], "Here are my reasoning steps:")
    ),
)
"""Formats that are recognised at the start of a reply whatever the template says."""


def thinking_format(template: str) -> ThinkingFormat | None:
    """Return the format in which models with this chat template think; None where it mentions none."""
    for signs, format in _FORMATS:
        if all(sign in template for sign in signs):
            return format
    return None


def opens_thinking(format: ThinkingFormat, prompt: str) -> bool:
    """Return True when the reply to this prompt starts inside the thinking."""
    return prompt.rstrip().endswith(format.opens)


def answer_opening(format: ThinkingFormat | None, prompt: str) -> str:
    """Return the marks that the prompt lacks for the answer to begin: the end of the thinking, the header."""
    if format is None:
        return ""
    headers = "".join(format.headers)
    if opens_thinking(format, prompt):
        return format.closes + (headers or "\n\n")
    if format.headers and prompt.endswith(format.headers[0]):
        return headers.removeprefix(format.headers[0])
    return headers if prompt.rstrip().endswith(format.closes) else ""


def continued_reply(format: ThinkingFormat | None, prompt: str, thinking: str, text: str) -> str:
    """Return the text after the prompt from which a model continues this thinking, or this answer."""
    if not (thinking or text) or (format is None and not thinking):
        return text
    # A model may think although its template does not mention it.
    format = format or THINK
    if not thinking:
        return answer_opening(format, prompt) + text
    opening = "" if opens_thinking(format, prompt) else format.opens + ("" if format.channels else "\n")
    opened = opening + thinking
    return opened + format.closes + ("".join(format.headers) or "\n\n") + text if text else opened
