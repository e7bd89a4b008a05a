"""A model of each family's chat template, loaded and asked by the real engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.engine.families import CASES, FAMILIES, TODAY
from tests.engine.random_models import random_llama
from tui.engine.llama import StopFlag
from tui.engine.options import AnswerRequest, LoadSettings, SamplingSettings
from tui.engine.protocol import Event, Finished, Loaded, LoadRequest, Prompted, Text
from tui.engine.session import Session
from tui.services.sentences import sentence

OWN = Path(__file__).parent
MESSAGES = CASES["turns"][0]


@contextmanager
def session(path: Path, template: str) -> Iterator[tuple[Session, list[Event]]]:
    """A tiny model with this template, loaded in this process, and what it tells."""
    file = random_llama(path / "model.gguf", metadata={"tokenizer.chat_template": template})
    events: list[Event] = []
    loaded = Session(
        LoadRequest(1, str(file), LoadSettings(context=2048, threads=1)), events.append, StopFlag()
    )
    try:
        yield loaded, events
    finally:
        loaded._context.close()
        loaded._model.close()


def ask(loaded: Session, think: bool | None = None) -> None:
    sampling = SamplingSettings(temperature=1.0, seed=7, max_tokens=24)
    loaded.generate(2, AnswerRequest(MESSAGES, sampling, think=think, ignore_end=True))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_model_of_each_family_loads_and_answers(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = FAMILIES[name]
    monkeypatch.setattr("tui.engine.templates.sandbox._now", lambda format: datetime(*TODAY).strftime(format))
    with session(tmp_path, (OWN / f"{name}.jinja").read_text("utf-8")) as (loaded, events):
        for think in (None, False):
            ask(loaded, think)

    loaded_event = next(event for event in events if isinstance(event, Loaded))
    assert (loaded_event.template, loaded_event.template_reason, loaded_event.thinking) == (
        "model",
        None,
        family.thinking,
    )
    prompts = [event.text for event in events if isinstance(event, Prompted)]
    # The tiny vocabulary has other tokens around a text.
    expected = family.expected["turns"].replace(family.bos or "\0", "<s>").replace(family.eos or "\0", "</s>")
    assert prompts[0].endswith(expected.removeprefix("…"))
    finished = [event for event in events if isinstance(event, Finished)]
    assert [(end.reason, end.metrics.generated_tokens) for end in finished] == [("max_tokens", 24)] * 2
    opened = name in ("qwq", "deepseek-r1-distill")
    assert {event.thinking for event in events if isinstance(event, Text)} == {opened}


@pytest.mark.parametrize(
    "template",
    [
        "{% for m in messages %}",
        "{{ raise_exception('never') }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ messages[0].content * 999999999 }}",
        "\x1b[31m {{ '\x07' }}",
    ],
    ids=["syntax", "refuses", "endless", "huge", "controls"],
)
def test_failing_template_is_reported_and_the_model_answers(template: str, tmp_path: Path) -> None:
    with session(tmp_path, template) as (loaded, events):
        ask(loaded)

    loaded_event = next(event for event in events if isinstance(event, Loaded))
    assert loaded_event.template == "fallback"
    assert loaded_event.template_reason
    assert sentence(loaded_event.template_reason).isprintable()
    assert next(event.text for event in events if isinstance(event, Prompted)).endswith(
        "User: Bye\n\nAssistant:"
    )
    assert any(isinstance(event, Finished) for event in events)
