"""Whether a model thinks before it answers, and how its chat template is told to."""

import logging

from tui.engine.protocol import ThinkingMode
from tui.engine.templates.sandbox import CompiledTemplate, TemplateFailedError
from tui.engine.thinking.marks import thinking_format

log = logging.getLogger(__name__)

_SWITCHES: dict[str, tuple[object, object]] = {
    # Qwen, SmolLM, GLM, Gemma 4, Nemotron and others
    "enable_thinking": (False, True),
    # Granite, DeepSeek V3.1, Kimi K3
    "thinking": (False, True),
    # Command A Plus
    "reasoning": (False, True),
    # MiniMax M3
    "thinking_mode": ("disabled", "enabled"),
    # Seed-OSS: tokens, without a limit at -1
    "thinking_budget": (0, -1),
}
"""What templates ask for, and the values that turn thinking off and on."""

_NO_EFFORT = ("no_think", "none", "minimal")
"""Values of `reasoning_effort` that stand for no thinking, in templates that know one."""

_SPOKEN = ("/no_think", "/think")
"""What some templates look for in the messages themselves, Nemotron's among them, and cut out of them."""


def thinking_mode(template: str) -> ThinkingMode:
    """Whether a model with this chat template thinks, as far as the template tells.

    `never` also where the template only cuts thinking out of earlier turns: models that think share such a
    template with models that do not. What they write is recognised all the same.
    """
    found = thinking_format(template)
    if found is None:
        return "never"
    try:
        compiled = CompiledTemplate(template)
        if can_switch(compiled):
            return "optional"
        prompt = compiled.render([{"role": "user", "content": "."}])
    except TemplateFailedError as failure:
        log.debug("whether it thinks cannot be told: %s", failure)
        return "never"
    # A block that is closed already keeps the model from thinking.
    open_block = any(mark in prompt for mark in (found.opens, found.closes))
    thinks = found.channels or (open_block and not prompt.rstrip().endswith(found.closes))
    return "always" if thinks else "never"


def template_arguments(compiled: CompiledTemplate, think: bool | None) -> dict[str, object]:
    """What to tell the template so that the model thinks, or does not; nothing leaves it to the template.

    gpt-oss cannot be kept from thinking: it is told to think little, or as much as is usual.
    """
    found = thinking_format(compiled.source)
    if think is None or found is None:
        return {}
    switches = _switches(compiled)
    if not switches and found.channels:
        return {"reasoning_effort": "medium" if think else "low"}
    return {name: values[think] for name, values in switches.items()}


def spoken_switch(compiled: CompiledTemplate, think: bool | None) -> str:
    """What the last message has to say for that, where the template looks for it there; otherwise empty."""
    looks = all(f"'{word}' in" in compiled.source.replace('"', "'") for word in _SPOKEN)
    return "" if think is None or not looks or _switches(compiled) else _SPOKEN[think]


def can_switch(compiled: CompiledTemplate) -> bool:
    """Whether the template lets one choose."""
    return bool(_switches(compiled) or spoken_switch(compiled, True))


def _switches(compiled: CompiledTemplate) -> dict[str, tuple[object, object]]:
    """Names of what this template asks for that turns thinking off and on, with the two values."""
    found = {name: values for name, values in _SWITCHES.items() if name in compiled.asks_for}
    if not found and "reasoning_effort" in compiled.asks_for:
        off = next((value for value in _NO_EFFORT if f'"{value}"' in compiled.source.replace("'", '"')), None)
        if off is not None:
            return {"reasoning_effort": (off, "high")}
    return found
