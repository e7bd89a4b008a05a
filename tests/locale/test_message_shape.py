"""Parts of a text that its translation has to keep."""

import pytest

from tests.locale.message_shape import differences


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("{size:bytes} of {name}", "{name}: {size:bytes}"),
        ("Loading…", "Cargando…"),
        ("\nDone.\n", "\nHecho.\n"),
        ("{{}} is `JSON`", "{{}} es `JSON`"),
        ("Quit", "Salir"),
        ("Mark reply", "Marcar resp."),
    ],
)
def test_a_translation_may_say_it_in_another_order(text: str, translation: str) -> None:
    assert differences(text, translation) == []


@pytest.mark.parametrize(
    ("text", "translation", "wrong"),
    [
        ("{size:bytes} of {name}", "{size} de {name}", "fields"),
        ("{name}", "{nombre}", "fields"),
        ("{name}", "{name", "braces"),
        ("invalid %(type)s", "no %(tipo)s", "%"),
        ("Done.", "Hecho", "closing"),
        ("Done", "Hecho.", "closing"),
        ("Done\n", "Hecho", "line breaks"),
        (" tokens", "tokens", "spaces"),
        ("a\nb", "a b", "line breaks"),
        ("`q` ends", "q termina", "backticks"),
    ],
)
def test_what_it_does_not_keep_is_named(text: str, translation: str, wrong: str) -> None:
    assert any(wrong in difference for difference in differences(text, translation))
