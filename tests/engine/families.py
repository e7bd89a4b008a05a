"""Prompts of the common families of models, by their publishers' documentation.

Each is rendered from a template of ours in `templates/`, and, where the engine's own sources are at hand,
from the template that the publisher ships; see `templates/README.md`.
"""

from typing import NamedTuple

from tests.engine.requests import user
from tui.engine.options import ChatMessage

TODAY = (2025, 11, 25)
"""What the clock says while templates are tested: year, month, day."""

CASES: dict[str, tuple[tuple[ChatMessage, ...], bool | None]] = {
    "turns": (user("Hi", "Hello", "Bye", system="Be brief."), None),
    "plain": (user("Hi"), None),
    "on": (user("Hi", system="Be brief."), True),
    "off": (user("Hi", system="Be brief."), False),
}
"""The conversation, and whether the model should think."""


class Family(NamedTuple):
    """How one family writes a conversation."""

    expected: dict[str, str]
    """By case; one that begins with an ellipsis tells the end only."""
    bos: str = ""
    eos: str = ""
    upstream: str = ""
    """Name of the publisher's template in the engine's sources; empty where none is there."""
    thinking: str = "never"


def _chatml(*turns: tuple[str, str], end: str = "") -> str:
    written = [f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in turns]
    return "".join([*written, "<|im_start|>assistant\n", end])


_TURNS = (("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello"), ("user", "Bye"))
_BRIEF = _TURNS[:2]
_SMOLLM = ("system", "You are a helpful AI assistant named SmolLM, trained by Hugging Face")
_QWEN = ("system", "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.")
_NO_THOUGHT = "<think>\n\n</think>\n\n"
_LLAMA_DATES = "Cutting Knowledge Date: December 2023\nToday Date: 25 Nov 2025\n\n"
_CHATGPT = (
    "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\n"
    "Knowledge cutoff: 2024-06\nCurrent date: 2025-11-25\n\nReasoning: {effort}\n\n"
    "# Valid channels: analysis, commentary, final. Channel must be included for every message.<|end|>"
)
_DEVELOPER = "<|start|>developer<|message|># Instructions\n\nBe brief.\n\n<|end|>"
_HI = "<|start|>user<|message|>Hi<|end|>"
_THOUGHT_AND_SOLUTION = (
    "<|im_start|>system<|im_sep|>Structure your response into two main sections, Thought and Solution, "
    "in this format: <think> {Thought section} </think> {Solution section}."
)


def _smollm3(mode: str, *turns: tuple[str, str], end: str = "") -> str:
    metadata = f"## Metadata\n\nKnowledge Cutoff Date: June 2025\nReasoning Mode: {mode}\n\n"
    return _chatml(("system", f"{metadata}## Custom Instructions\n\nBe brief.\n\n"), *turns, end=end)


def _llama3(*turns: tuple[str, str]) -> str:
    headers = [f"<|start_header_id|>{role}<|end_header_id|>\n\n{text}" for role, text in turns]
    return "<|begin_of_text|>" + "<|eot_id|>".join(
        [*headers, "<|start_header_id|>assistant<|end_header_id|>\n\n"]
    )


def _gemma(*turns: tuple[str, str]) -> str:
    written = [f"<start_of_turn>{role}\n{text}<end_of_turn>\n" for role, text in turns]
    return "".join(["<bos>", *written, "<start_of_turn>model\n"])


def _gemma4(*turns: tuple[str, str], end: str = "") -> str:
    written = [f"<|turn>{role}\n{text}<turn|>\n" for role, text in turns]
    return "".join(["<bos>", *written, "<|turn>model\n", end])


def _cohere(*turns: tuple[str, str]) -> str:
    written = [f"<|{role}_TOKEN|>{text}<|END_OF_TURN_TOKEN|>" for role, text in turns]
    return "<|START_OF_TURN_TOKEN|>".join([*written, "<|CHATBOT_TOKEN|>"])


def _granite(*turns: tuple[str, str]) -> str:
    written = [f"<|start_of_role|>{role}<|end_of_role|>{text}<|end_of_text|>\n" for role, text in turns]
    return "".join([*written, "<|start_of_role|>assistant<|end_of_role|>"])


_GEMMA_NO_THOUGHT = "<|channel>thought\n<channel|>"
_GEMMA = {
    "turns": _gemma(("user", "Be brief.\n\nHi"), ("model", "Hello"), ("user", "Bye")),
    "plain": _gemma(("user", "Hi")),
}

FAMILIES: dict[str, Family] = {
    "llama-3.1": Family(
        {
            "turns": _llama3(("system", f"{_LLAMA_DATES}Be brief."), *_TURNS[1:]),
            "plain": _llama3(("system", _LLAMA_DATES), ("user", "Hi")),
        },
        bos="<|begin_of_text|>",
        upstream="meta-llama-Llama-3.2-3B-Instruct",
    ),
    "llama-2": Family(
        {
            "turns": "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello </s><s>[INST] Bye [/INST]",
            "plain": "<s>[INST] Hi [/INST]",
        },
        bos="<s>",
        eos="</s>",
    ),
    "chatml": Family({"turns": _chatml(*_TURNS), "plain": _chatml(_SMOLLM, ("user", "Hi"))}),
    "qwen2.5": Family(
        {"turns": _chatml(*_TURNS), "plain": _chatml(_QWEN, ("user", "Hi"))},
        upstream="Qwen-Qwen2.5-7B-Instruct",
    ),
    "qwen3": Family(
        {
            "turns": _chatml(*_TURNS),
            "plain": _chatml(("user", "Hi")),
            "on": _chatml(*_BRIEF),
            "off": _chatml(*_BRIEF, end=_NO_THOUGHT),
        },
        upstream="Qwen-Qwen3-0.6B",
        thinking="optional",
    ),
    "qwq": Family(
        {
            "turns": _chatml(*_TURNS, end="<think>\n"),
            "plain": _chatml(("user", "Hi"), end="<think>\n"),
            "off": _chatml(*_BRIEF, end="<think>\n"),
        },
        thinking="always",
    ),
    "gemma-2": Family(_GEMMA, bos="<bos>", upstream="google-gemma-2-2b-it"),
    "gemma-3": Family(_GEMMA, bos="<bos>"),
    "gemma-4": Family(
        {
            "turns": _gemma4(*_BRIEF, ("model", "Hello"), ("user", "Bye"), end=_GEMMA_NO_THOUGHT),
            "on": _gemma4(("system", "<|think|>\nBe brief."), ("user", "Hi")),
            "off": _gemma4(*_BRIEF, end=_GEMMA_NO_THOUGHT),
        },
        bos="<bos>",
        upstream="google-gemma-4-31B-it",
        thinking="optional",
    ),
    "phi-3": Family(
        {
            "turns": "<|system|>\nBe brief.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\nHello<|end|>\n"
            "<|user|>\nBye<|end|>\n<|assistant|>\n",
            "plain": "<|user|>\nHi<|end|>\n<|assistant|>\n",
        },
        eos="<|endoftext|>",
        upstream="microsoft-Phi-3.5-mini-instruct",
    ),
    "phi-4-reasoning": Family(
        {
            "turns": f"{_THOUGHT_AND_SOLUTION} Be brief.<|im_end|><|im_start|>user<|im_sep|>Hi<|im_end|>"
            "<|im_start|>assistant<|im_sep|>Hello<|im_end|><|im_start|>user<|im_sep|>Bye<|im_end|>"
            "<|im_start|>assistant<|im_sep|>",
        },
        thinking="always",
    ),
    "mistral-nemo": Family(
        {
            "turns": "<s>[INST]Hi[/INST]Hello</s>[INST]Be brief.\n\nBye[/INST]",
            "plain": "<s>[INST]Hi[/INST]",
        },
        bos="<s>",
        eos="</s>",
        upstream="mistralai-Mistral-Nemo-Instruct-2407",
    ),
    "mistral-small": Family(
        {"turns": "<s>[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]Hi[/INST]Hello</s>[INST]Bye[/INST]"},
        bos="<s>",
        eos="</s>",
        upstream="Mistral-Small-3.2-24B-Instruct-2506",
    ),
    "ministral-reasoning": Family(
        {"turns": "<s>[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]Hi[/INST]Hello</s>[INST]Bye[/INST]"},
        bos="<s>",
        eos="</s>",
        upstream="mistralai-Ministral-3-14B-Reasoning-2512",
        thinking="always",
    ),
    "smollm3": Family(
        {
            "turns": _smollm3("/think", *_TURNS[1:]),
            "on": _smollm3("/think", ("user", "Hi")),
            "off": _smollm3("/no_think", ("user", "Hi"), end="<think>\n\n</think>\n"),
        },
        upstream="HuggingFaceTB-SmolLM3-3B",
        thinking="optional",
    ),
    "gpt-oss": Family(
        {
            "turns": f"{_CHATGPT.format(effort='medium')}{_DEVELOPER}{_HI}"
            "<|start|>assistant<|channel|>final<|message|>Hello<|end|><|start|>user<|message|>Bye<|end|>"
            "<|start|>assistant",
            "plain": f"{_CHATGPT.format(effort='medium')}{_HI}<|start|>assistant",
            "off": f"{_CHATGPT.format(effort='low')}{_DEVELOPER}{_HI}<|start|>assistant",
        },
        upstream="openai-gpt-oss-120b",
        thinking="always",
    ),
    "deepseek-r1-distill": Family(
        {
            "turns": "<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜>Hello"
            "<｜end▁of▁sentence｜><｜User｜>Bye<｜Assistant｜><think>\n",
            "plain": "<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜><think>\n",
        },
        bos="<｜begin▁of▁sentence｜>",
        upstream="deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
        thinking="always",
    ),
    "deepseek-v3.1": Family(
        {
            "turns": "<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜></think>Hello"
            "<｜end▁of▁sentence｜><｜User｜>Bye<｜Assistant｜></think>",
            "on": "<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜><think>",
            "off": "<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜></think>",
        },
        bos="<｜begin▁of▁sentence｜>",
        thinking="optional",
    ),
    "granite-3.3": Family(
        {"turns": _granite(*_TURNS)}, upstream="ibm-granite-granite-3.3-2B-Instruct", thinking="optional"
    ),
    "granite-4": Family({"turns": _granite(*_TURNS)}, upstream="ibm-granite-granite-4.0"),
    "zephyr": Family(
        {
            "turns": "<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello</s>\n"
            "<|user|>\nBye</s>\n<|assistant|>\n",
            "plain": "<|user|>\nHi</s>\n<|assistant|>\n",
        },
        eos="</s>",
    ),
    "command-r7b": Family(
        {
            "turns": "…Be brief.<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|>"
            + _cohere(("USER", "Hi"), ("CHATBOT", "<|START_RESPONSE|>Hello<|END_RESPONSE|>"), ("USER", "Bye"))
            + "<|START_THINKING|><|END_THINKING|>",
            "on": f"…{_cohere(('USER', 'Hi'))}",
        },
        bos="<BOS_TOKEN>",
        upstream="CohereForAI-c4ai-command-r7b-12-2024-tool_use",
        thinking="optional",
    ),
}
