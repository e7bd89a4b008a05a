"""Every screen and dialog in a longer language and in Spanish, each in a process of its own."""

import subprocess
import sys


def tour(language: str, *sizes: str) -> str:
    command = (sys.executable, "-m", "tests.ui.tour", language, *sizes)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_no_text_is_cut_in_a_language_that_is_longer():
    assert tour("pseudo", "80x24", "120x40", "200x60") == ""


def test_no_english_word_is_left_in_spanish():
    assert tour("es", "120x40") == ""
