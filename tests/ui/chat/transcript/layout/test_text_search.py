import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.chat.transcript.layout.text_search import find_in, fold


@pytest.mark.parametrize(
    ("text", "wanted", "matches"),
    [
        ("The Fox and the fox", "fox", ["Fox", "fox"]),
        ("Él niño, EL NIÑO", "el nino", ["Él niño", "EL NIÑO"]),
        ("El niño, ÉL NIN\u0303O", "nino", ["niño", "NIN\u0303O"]),
        ("Straße STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("ﬁre", "fir", ["ﬁr"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("漢字 and 漢字", "漢字", ["漢字", "漢字"]),
        ("İstanbul", "ist", ["İst"]),
        ("nothing", "", []),
    ],
)
def test_case_and_accents_do_not_matter(text: str, wanted: str, matches: list[str]) -> None:
    assert [text[start:end] for start, end in find_in(text, fold(wanted))] == matches


@given(st.text(max_size=40), st.text(min_size=1, max_size=3))
def test_each_match_folds_to_the_query(text: str, wanted: str) -> None:
    for start, end in find_in(text, fold(wanted)):
        assert fold(wanted) in fold(text[start:end])
