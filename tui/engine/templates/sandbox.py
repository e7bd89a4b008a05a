"""Chat templates run in a sandbox, with the variables of Hugging Face's `apply_chat_template`."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jinja2 import TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser

from tui.engine.templates.limits import LimitedEnvironment, LimitError
from tui.sentences import Reason, ReasonedError, reason
from tui.text import clean_line

_MAX_SOURCE = 1 << 18
"""Characters; the longest template known has 17,000."""
_MAX_MESSAGE = 160
_MAX_INDENT = 16


class TemplateFailedError(ReasonedError):
    """A template cannot be compiled or rendered."""


class TemplateRefusedError(TemplateFailedError):
    """The template itself refuses the messages, in words of its own."""


class CompiledTemplate:
    """One chat template, ready to render.

    Raises:
        TemplateFailedError: it cannot be compiled.
    """

    def __init__(self, source: str, bos_token: str = "", eos_token: str = "") -> None:
        """The tokens are those that begin and end a text, as the vocabulary writes them."""
        self.source = source
        self._environment = LimitedEnvironment([_Generation, loopcontrols])
        self._environment.filters["tojson"] = self._to_json
        variables: dict[str, Any] = self._environment.globals
        variables |= {
            "bos_token": bos_token,
            "eos_token": eos_token,
            "raise_exception": _refuse,
            "strftime_now": _now,
        }
        if len(source) > _MAX_SOURCE:
            raise TemplateFailedError(reason("engine.template_too_long"))
        try:
            tree = self._environment.parse(source)
            self.variables = frozenset(meta.find_undeclared_variables(tree))
            """Names of the variables that it reads but does not set."""
            self._template = self._environment.from_string(tree)
        except Exception as error:
            raise TemplateFailedError(_why(error)) from error

    def render(
        self,
        messages: Sequence[Mapping[str, object]],
        arguments: Mapping[str, object] = {},
        tools: Sequence[Mapping[str, object]] | None = None,
    ) -> str:
        """Return the prompt for the next reply.

        Args:
            messages: the conversation.
            arguments: variables of this template alone.
            tools: the tools that the model may call; None for none.

        Raises:
            TemplateFailedError: it refuses the messages, or fails on them.
        """
        parts = [*messages, *(tools or ())]
        self._environment.allow(len(parts), sum(len(str(part)) for part in parts))
        try:
            text = self._template.render(
                messages=list(messages),
                tools=list(tools) if tools else None,
                documents=None,
                add_generation_prompt=True,
                **arguments,
            )
        except TemplateRefusedError:
            raise
        except Exception as error:
            raise TemplateFailedError(_why(error)) from error
        # A template can write half characters by their numbers, which are no text.
        return text.encode("utf-8", "replace").decode("utf-8")

    def _to_json(
        self,
        value: object,
        ensure_ascii: bool = False,
        indent: int | None = None,
        separators: tuple[str, str] | None = None,
        sort_keys: bool = False,
    ) -> str:
        """Replace Jinja's own filter, which escapes characters for HTML."""
        if indent is not None and indent > _MAX_INDENT:
            raise LimitError(reason("engine.template_endless_text"))
        self._environment.charge_content(value)
        encoder = json.JSONEncoder(
            ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
        )
        pieces: list[str] = []
        for piece in encoder.iterencode(value):
            self._environment.charge(len(piece))
            pieces.append(piece)
        return "".join(pieces)


class _Generation(Extension):
    """`{% generation %}` marks the model's text for training; here its content passes through."""

    tags = {"generation"}  # noqa: RUF012 - as jinja declares it.

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _refuse(message: str) -> None:
    raise TemplateRefusedError(reason("engine.template_message", message=_short(str(message))))


def _now(format: str) -> str:
    return datetime.now().strftime(format)


def _why(error: Exception) -> Reason:
    """Return what went wrong in a template, as the end of a sentence about it."""
    message = _short(str(error))
    match error:
        case TemplateSyntaxError():
            # After the first sentence comes a list of everything the parser would have taken.
            problem = _short((error.message or "").split(". ")[0])
            return reason("engine.template_syntax", line=error.lineno, error=problem)
        case UndefinedError():
            return reason("engine.template_value_missing", error=message)
        case SecurityError():
            return reason("engine.template_forbidden")
        case LimitError():
            return error.reason
        case RecursionError():
            return reason("engine.template_endless")
        case _:
            return (
                reason("engine.template_error", error=message)
                if message
                else reason("engine.template_error_unexplained")
            )


def _short(message: str) -> str:
    line = clean_line(message).rstrip(".")
    return line if len(line) <= _MAX_MESSAGE else line[: _MAX_MESSAGE - 1] + "…"
