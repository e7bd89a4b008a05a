"""Sandbox for chat templates that limits time and memory too; a template is a program from a file.

Jinja's own sandbox keeps a template from reaching the system. This one counts as well: each turn of a loop
and each call is a step, and every operation on a text or a list is charged its size before it runs, so that
neither nested loops nor a text that doubles itself can block the engine. The count depends only on the
template and the messages, never on the clock.
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

from tui.engine.templates.growth_bounds import FILTERS, METHODS, formatted_size, operation_size, own_size
from tui.engine.templates.step_counting import with_counting
from tui.sentences import ReasonedError, reason

STEPS = 200_000
"""Loop turns and calls allowed in one run, besides those for the messages; templates take some hundreds."""
STEPS_A_MESSAGE = 1_000
"""Added for each message: templates search all messages for each of them."""
WORK = 1 << 22
"""Characters that may be handled in one run, besides those for the messages."""
WORK_A_LETTER = 64
"""Added for each character of the messages, as a template may go through them several times."""

_OBJECT = 64
"""Characters that an item of a list counts as."""
_FREE = frozenset({"length", "count", "first", "last", "default", "d", "items", "attr"})
"""Filters that do not read the content of a value."""
_LOOP_FILTERS = frozenset({"map", "select", "reject", "selectattr", "rejectattr"})
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
"""Tests that read all of a value."""
_DROPPED = ("urlize", "wordwrap", "pprint", "xmlattr", "striptags", "random")
"""Filters for web pages; the size of their results is hard to foresee, and no chat template needs them."""
_REFUSED = ("translate", "expandtabs", "encode", "format_map", "to_bytes")
"""Methods with results of a size that is hard to foresee."""


class LimitError(ReasonedError):
    """A template has used up its steps or its characters."""


class LimitedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja environment with limits; `allow` sets them before each run."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, extensions: list[type[Extension]]) -> None:
        super().__init__(
            trim_blocks=True, lstrip_blocks=True, extensions=extensions, finalize=self.charge_content
        )
        del self.globals["lipsum"]
        for name in _DROPPED:
            del self.filters[name]
        for name, filter in self.filters.items():
            if name in _LOOP_FILTERS:
                self.filters[name] = self._loop_filter(filter)
            elif name not in _FREE:
                self.filters[name] = self._charged(filter, FILTERS.get(name))
        for name in _CHARGED_TESTS:
            self.tests[name] = self._charged(self.tests[name])
        self.allow(0, 0)

    def allow(self, messages: int, characters: int) -> None:
        """Set the limits of the next run, by the number and the length of its messages."""
        self._steps = STEPS + STEPS_A_MESSAGE * messages
        self._work = WORK + WORK_A_LETTER * characters

    def step(self, characters: int = 0) -> None:
        """Count one turn or call, and the template's own characters that it writes.

        Raises:
            LimitError: there were too many.
        """
        self._steps -= 1
        if self._steps < 0:
            raise LimitError(reason("engine.template_endless"))
        self.charge(characters)

    def charge(self, characters: int) -> None:
        """Count characters before they are handled.

        Raises:
            LimitError: there were too many.
        """
        self._work -= characters
        if self._work < 0:
            raise LimitError(reason("engine.template_endless_text"))

    def counted(self, items: Iterable[Any], characters: int) -> Iterator[Any]:
        """Yield the items of a loop, and count each turn as a step."""
        for item in items:
            self.step(characters)
            yield item

    def charge_content(self, value: Any) -> Any:
        """Charge the whole content of a value, and return the value.

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

    def charge_copy(self, value: Any) -> Any:
        """Charge a shallow copy of a value, and return the value."""
        self.charge(own_size(value))
        return value

    def joined(self, *values: Any) -> str:
        """Join the values as the operator `~` does."""
        self.charge_content(values)
        return "".join(map(str, values))

    def call(self, context: Context, obj: Any, /, *args: Any, **named: Any) -> Any:
        """Call a function for a template; methods of texts and lists are charged first."""
        if getattr(obj, "__self__", None) is self:
            return obj(*args)
        self.step()
        method = getattr(obj, "__wrapped__", obj)
        owner = getattr(method, "__self__", None)
        name = getattr(method, "__name__", "")
        if isinstance(owner, str | int):
            if name in _REFUSED:
                raise SecurityError(name)
            args = _materialised(args)
            self.charge_content((owner, *args, *named.values()))
            if name in METHODS:
                self.charge(METHODS[name](owner, *args, **named))
        elif name in ("index", "count", "changed"):
            self.charge_content((owner, *args))
        return super().call(context, obj, *args, **named)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Carry out an operation for a template, charged with the size of its result."""
        if operator == "%" and isinstance(left, str):
            self.charge_content(right)
            self.charge(formatted_size(left, right))
        else:
            self.charge(operation_size(operator, left, right))
        return super().call_binop(context, operator, left, right)

    def _charged(
        self, function: Callable[..., Any], result_size: Callable[..., int] | None = None
    ) -> Callable[..., Any]:
        """Return a filter or test that charges its values first and the bound of its result."""
        hidden = 1 if hasattr(function, "jinja_pass_arg") else 0

        @wraps(function)
        def charged(*args: Any, **named: Any) -> Any:
            values = _materialised(args[hidden:])
            self.charge_content((*values, *named.values()))
            if result_size is not None:
                self.charge(result_size(*values, **named))
            return function(*args[:hidden], *values, **named)

        return charged

    def _loop_filter(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter over items, after its context, that counts each item as a step."""

        @wraps(function)
        def loop_filter(context: Context, items: Iterable[Any], *args: Any, **named: Any) -> Any:
            # An empty value stands for no items.
            return function(context, self.counted(items, 0) if items else items, *args, **named)

        return loop_filter

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return with_counting(super()._parse(source, name, filename))


def _materialised(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values with iterators turned into lists, so that they have a size."""
    return tuple(
        [*cast("Iterator[Any]", value)] if isinstance(value, Iterator) else value for value in values
    )
