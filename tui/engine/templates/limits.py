"""A sandbox for chat templates in which time and memory are limited too; a template is a program from a file.

Jinja's own sandbox keeps a template from reaching the system. This one counts: each turn of a loop and each
call is a step, and whatever handles a text or a list is charged its size before it runs, so that neither a
loop within loops nor a text that doubles itself can hold up the engine. The count depends on the template and
the messages alone, never on the clock.
"""

from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from functools import wraps
from typing import Any, cast

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from tui.engine.templates.growth_bounds import FILTERS, METHODS, formatted, product, size
from tui.engine.templates.step_counting import counting
from tui.sentences import ReasonedError, reason

STEPS = 200_000
"""Turns of loops and calls in one run, before the messages are counted; templates take some hundreds."""
STEPS_A_MESSAGE = 1_000
"""More for each message: templates look through all messages for each of them."""
WORK = 1 << 22
"""Letters that may be handled in one run, before the messages are counted."""
WORK_A_LETTER = 64
"""More for each letter of the messages: how often a template may go through them."""

_OBJECT = 64
"""Letters that an item of a list counts as."""
_FREE = frozenset({"length", "count", "first", "last", "default", "d", "items", "attr"})
"""Filters that look at no more than the outside of a value."""
_TURNING = frozenset({"map", "select", "reject", "selectattr", "rejectattr"})
"""Filters that are loops."""
_CHARGED_TESTS = frozenset(
    {
        "eq",
        "==",
        "equalto",
        "ne",
        "!=",
        "lt",
        "<",
        "lessthan",
        "le",
        "<=",
        "gt",
        ">",
        "greaterthan",
        "ge",
        ">=",
    }
    | {"in", "lower", "upper"}
)
"""Tests that look at all of a value."""
_DROPPED = ("urlize", "wordwrap", "pprint", "xmlattr", "striptags", "random")
"""Filters for web pages; what they make is hard to foresee, and no chat template has a use for them."""
_REFUSED = ("translate", "expandtabs", "encode", "format_map", "to_bytes")
"""Methods whose results are hard to foresee too."""


class LimitError(ReasonedError):
    """A template has used up its steps, or the letters that it may handle."""


class LimitedEnvironment(ImmutableSandboxedEnvironment):
    """An environment whose templates are given `allow` before each run."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, extensions: list[type[Extension]]) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=extensions, finalize=self.look_at)
        del self.globals["lipsum"]
        for name in _DROPPED:
            del self.filters[name]
        for name, filter in self.filters.items():
            if name in _TURNING:
                self.filters[name] = self._turning(filter)
            elif name not in _FREE:
                self.filters[name] = self._charged(filter, FILTERS.get(name))
        for name in _CHARGED_TESTS:
            self.tests[name] = self._charged(self.tests[name])
        self.allow(0, 0)

    def allow(self, messages: int, letters: int) -> None:
        """Set what the next run may use, by the number and the length of its messages."""
        self._steps = STEPS + STEPS_A_MESSAGE * messages
        self._work = WORK + WORK_A_LETTER * letters

    def step(self, letters: int = 0) -> None:
        """Count one turn or call, and letters of the template itself that it writes.

        Raises:
            LimitError: there were too many.
        """
        self._steps -= 1
        if self._steps < 0:
            raise LimitError(reason("engine.template_endless"))
        self.charge(letters)

    def charge(self, letters: int) -> None:
        """Count letters that are about to be handled.

        Raises:
            LimitError: there were too many.
        """
        self._work -= letters
        if self._work < 0:
            raise LimitError(reason("engine.template_endless_text"))

    def counted(self, items: Iterable[Any], letters: int) -> Iterator[Any]:
        """The items of a loop, each turn of which is a step."""
        for item in items:
            self.step(letters)
            yield item

    def look_at(self, value: Any) -> Any:
        """Charge all that is in a value, as often as it is reached, and give it back.

        Raises:
            LimitError: it is too large.
        """
        if isinstance(value, str):
            self.charge(len(value))
            return value
        stack: list[Any] = [value]
        while stack:
            part = stack.pop()
            if isinstance(part, str):
                self.charge(len(part))
                continue
            self.charge(_OBJECT)
            if isinstance(part, int):
                self.charge(part.bit_length() >> 3)
            elif isinstance(part, range):
                self.charge(len(part))
            elif isinstance(part, list | tuple | KeysView | ValuesView | ItemsView):
                items = cast("list[Any]", part)
                self.charge(len(items))
                stack += items
            elif isinstance(part, dict):
                pairs = cast("dict[Any, Any]", part)
                self.charge(len(pairs))
                stack += [*pairs.keys(), *pairs.values()]
            elif isinstance(part, Namespace):
                stack.append(part._Namespace__attrs)  # pyright: ignore[reportAttributeAccessIssue]
        return value

    def slice_of(self, value: Any) -> Any:
        """Charge a copy of a value's outside, and give the value back."""
        self.charge(size(value))
        return value

    def joined(self, *values: Any) -> str:
        """`~` between values."""
        self.look_at(values)
        return "".join(map(str, values))

    def call(self, context: Context, obj: Any, /, *args: Any, **named: Any) -> Any:
        """Call something for a template; methods of texts and lists are charged first."""
        if getattr(obj, "__self__", None) is self:
            return obj(*args)
        self.step()
        method = getattr(obj, "__wrapped__", obj)
        owner = getattr(method, "__self__", None)
        name = getattr(method, "__name__", "")
        if isinstance(owner, str | int):
            if name in _REFUSED:
                raise SecurityError(name)
            args = _made(args)
            self.look_at((owner, *args, *named.values()))
            if name in METHODS:
                self.charge(METHODS[name](owner, *args, **named))
        elif name in ("index", "count", "changed"):
            self.look_at((owner, *args))
        return super().call(context, obj, *args, **named)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operation for a template, charged with what it will make."""
        if operator == "%" and isinstance(left, str):
            self.look_at(right)
            self.charge(formatted(left, right))
        else:
            self.charge(product(operator, left, right))
        return super().call_binop(context, operator, left, right)

    def _charged(
        self, function: Callable[..., Any], grows: Callable[..., int] | None = None
    ) -> Callable[..., Any]:
        """A filter or test that is charged its values first; `grows` tells how long its result will be."""
        hidden = 1 if hasattr(function, "jinja_pass_arg") else 0

        @wraps(function)
        def charged(*args: Any, **named: Any) -> Any:
            values = _made(args[hidden:])
            self.look_at((*values, *named.values()))
            if grows is not None:
                self.charge(grows(*values, **named))
            return function(*args[:hidden], *values, **named)

        return charged

    def _turning(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter that goes through items, after the context that it is given, each of which is a step."""

        @wraps(function)
        def turning(context: Context, items: Iterable[Any], *args: Any, **named: Any) -> Any:
            # Nothing at all is taken for no items.
            return function(context, self.counted(items, 0) if items else items, *args, **named)

        return turning

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return counting(super()._parse(source, name, filename))


def _made(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values, with what is made only when it is read made now, so that its size can be told."""
    return tuple(
        [*cast("Iterator[Any]", value)] if isinstance(value, Iterator) else value for value in values
    )
