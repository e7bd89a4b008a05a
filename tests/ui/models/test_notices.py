"""Notices on models that are missing."""

from tests.ui.model_samples import model
from tui.ui.models.notices import counts_text, no_match, no_model_on_disk


def test_first_start_names_the_scanned_folders_and_how_to_get_a_model(tmp_path):
    notice = no_model_on_disk(tmp_path, ["models folder", "packages"])
    for phrase in (str(tmp_path), "models folder, packages", "llmtui[demo]", "llmtui path/to/model.gguf"):
        assert phrase in notice.text
    assert "Looked in" not in no_model_on_disk(tmp_path).text


def test_singular_and_plural_follow_the_count():
    assert "Esc shows the 1 model again." in no_match("x", 1).text
    assert "Esc shows all 2 models again." in no_match("x", 2).text


ONE, TWO, ELSEWHERE = model("One", is_local=True), model("Two", is_local=True), model("Elsewhere")


def test_count_line_has_models_files_and_marks():
    assert counts_text([ONE, ELSEWHERE], "", 2, 0) == "2 models · 1 on disk"
    assert counts_text([ONE, ELSEWHERE], "one", 1, 2) == "1 of 2 · 2 marked"
    assert counts_text([ONE, ELSEWHERE], "spanish -code one", 0, 0) == ('Spanish · not code · "one": 0 of 2')
    assert counts_text([], "", 0, 0) == ""
