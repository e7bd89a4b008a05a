"""Detection of models that think before they answer, and the switch for it in their chat templates."""

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
"""Variables of templates, and their values that turn thinking off and on."""

_NO_EFFORT = ("no_think", "none", "minimal")
"""Values of `reasoning_effort` that mean no thinking, in templates that have one."""

_COMMANDS = ("/no_think", "/think")
"""Words that some templates look for in the messages, such as Nemotron's, and cut out of them."""


def thinking_mode(template: str) -> ThinkingMode:
    """Return when a model with this chat template thinks, as far as the template tells.

    `never` also where the template only cuts thinking out of earlier turns: models that think share such a
    template with models that do not. Their thinking is recognised all the same.
    """
    format = thinking_format(template)
    if format is None:
        return "never"
    try:
        compiled = CompiledTemplate(template)
        if can_switch(compiled):
            return "optional"
        prompt = _shortest_prompt(compiled)
    except TemplateFailedError as failure:
        log.debug("thinking not detected: %s", failure)
        return "never"
    # A block that is closed already keeps the model from thinking.
    open_block = any(mark in prompt for mark in (format.opens, format.closes))
    thinks = format.channels or (open_block and not prompt.rstrip().endswith(format.closes))
    return "always" if thinks else "never"


def _shortest_prompt(compiled: CompiledTemplate) -> str:
    """Return the prompt of a plain question, or of one with a system message where that is refused.

    Raises:
        TemplateFailedError: both are.
    """
    question = {"role": "user", "content": "."}
    try:
        return compiled.render([question])
    except TemplateFailedError:
        return compiled.render([{"role": "system", "content": "."}, question])


def template_arguments(compiled: CompiledTemplate, think: bool | None) -> dict[str, object]:
    """Return the variables that make the model think, or not; none leaves it to the template.

    gpt-oss cannot be kept from thinking: it is told to think little, or as much as is usual.
    """
    format = thinking_format(compiled.source)
    if think is None or format is None:
        return {}
    switches = _switches(compiled)
    if not switches and format.channels:
        return {"reasoning_effort": "medium" if think else "low"}
    return {name: values[think] for name, values in switches.items()}


def thinking_command(compiled: CompiledTemplate, think: bool | None) -> str:
    """Return the word that turns thinking on or off in the last message; empty where no word does."""
    has_commands = all(f"'{word}' in" in compiled.source.replace('"', "'") for word in _COMMANDS)
    return "" if think is None or not has_commands or _switches(compiled) else _COMMANDS[think]


def can_switch(compiled: CompiledTemplate) -> bool:
    """Return True when the template can turn thinking on and off."""
    return bool(_switches(compiled) or thinking_command(compiled, True))


def _switches(compiled: CompiledTemplate) -> dict[str, tuple[object, object]]:
    """Return the variables of this template that turn thinking off and on, with the two values."""
    switches = {name: values for name, values in _SWITCHES.items() if name in compiled.variables}
    if not switches and "reasoning_effort" in compiled.variables:
        off = next((value for value in _NO_EFFORT if f'"{value}"' in compiled.source.replace("'", '"')), None)
        if off is not None:
            return {"reasoning_effort": (off, "high")}
    return switches
