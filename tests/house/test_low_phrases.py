from tests.house.low_phrases import check_low_phrases
from tests.house.samples import program, texts


def test_texts_belong_in_tables_below_the_services():
    phrase = "title = _('Summary')"
    places = ("fit/judge", "fit/sentences", "fit/words", "fit/speed_words", "services/words", "ui/pane")
    result = check_low_phrases(program({f"tui/{place}.py": phrase for place in places}))
    assert [finding.path for finding in result.findings] == ["tui/fit/judge.py"]
    assert texts(result) == ["_('Summary')"]


def test_marked_and_plural_texts_count_too():
    source = "A = N_('fits')\nB = ngettext('a', 'b', 2)\nC = reason('fit.fits')"
    assert check_low_phrases(program({"tui/fit/judge.py": source})).measure == 2
