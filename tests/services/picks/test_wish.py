"""Wishes: tasks and languages by their names."""

import pytest

from tests.ui.model_samples import entry
from tui.services.picks.wish import TASKS, languages_of, task_named


def test_knows_every_task_by_its_name():
    assert [task_named(name) for name in TASKS] == list(TASKS)
    with pytest.raises(ValueError, match="not in tuple"):
        task_named("sing")


def test_lists_the_languages_of_all_models():
    assert languages_of([entry("a"), entry("b")]) == ("de", "en")
