"""Chat templates compiled and run, with what Hugging Face's `apply_chat_template` gives them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jinja2 import meta, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment


class TemplateFailedError(Exception):
    """A template cannot be compiled or rendered; the message says why."""


class CompiledTemplate:
    """One chat template, ready to render.

    Raises:
        TemplateFailedError: it cannot be compiled.
    """

    def __init__(self, source: str, bos_token: str = "", eos_token: str = "") -> None:
        """The tokens are those that begin and end a text, as the vocabulary writes them."""
        self.source = source
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
        )
        environment.filters["tojson"] = _to_json
        given: dict[str, Any] = environment.globals
        given |= {
            "bos_token": bos_token,
            "eos_token": eos_token,
            "raise_exception": _refuse,
            "strftime_now": _now,
        }
        try:
            tree = environment.parse(source)
            self.asks_for = frozenset(meta.find_undeclared_variables(tree))
            """Names of the values that it reads without having set them."""
            self._template = environment.from_string(tree)
        except Exception as error:
            raise TemplateFailedError(str(error)) from error

    def render(self, messages: Sequence[Mapping[str, object]], arguments: Mapping[str, object] = {}) -> str:
        """The prompt for the next reply.

        Raises:
            TemplateFailedError: it refuses the messages, or fails on them.
        """
        try:
            return self._template.render(
                messages=list(messages), tools=None, documents=None, add_generation_prompt=True, **arguments
            )
        except TemplateFailedError:
            raise
        except Exception as error:
            raise TemplateFailedError(str(error)) from error


class _Generation(Extension):
    """`{% generation %}` tells training which text is the model's; here it passes through."""

    tags = {"generation"}  # noqa: RUF012 - as jinja declares it.

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _to_json(
    value: object,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Jinja's own escapes what HTML would take for marks."""
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _refuse(message: str) -> None:
    raise TemplateFailedError(message)


def _now(format: str) -> str:
    return datetime.now().strftime(format)
