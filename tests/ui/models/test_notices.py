"""Notices on models that are missing."""

from tests.ui.model_samples import model
from tui.ui.models.notices import counts_text, no_match, no_model_on_disk


def test_the_first_start_says_where_was_looked_and_what_brings_a_model(tmp_path):
    notice = no_model_on_disk(tmp_path, ["models folder", "packages"])
    for phrase in (str(tmp_path), "models folder, packages", "llmtui[demo]", "llmtui path/to/model.gguf"):
        assert phrase in notice.text
    assert "Looked in" not in no_model_on_disk(tmp_path).text


def test_words_agree_with_their_number():
    assert "Esc shows the 1 model again." in no_match("x", 1).text
    assert "Esc shows all 2 models again." in no_match("x", 2).text


ONE, TWO, ELSEWHERE = model("One", is_local=True), model("Two", is_local=True), model("Elsewhere")


def test_the_count_says_what_there_is():
    assert counts_text([ONE, ELSEWHERE], None, 0) == "2 models · 1 on disk"
    assert counts_text([ONE, ELSEWHERE], 1, 2) == "1 of 2 · 2 marked"
    assert counts_text([], None, 0) == ""
