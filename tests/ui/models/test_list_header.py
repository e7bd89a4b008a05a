"""Header of the list of models."""

from tui.ui.models.list_header import header_parts


def test_header_always_has_the_context_and_the_other_parts_if_they_fit():
    full = header_parts(100, "", 8192, "f16", "verdict")
    assert "".join(full.values()) == "/ filter · [ ctx 8192 ] · KV f16 · sort verdict"
    assert "".join(header_parts(44, "", 8192, "f16", "verdict").values()) == (
        "/ filter · ctx 8192 · KV f16 · sort verdict"
    )
    assert "".join(header_parts(30, "", 8192, "f16", "verdict").values()) == "/ filter · ctx 8192 · KV f16"
    assert "".join(header_parts(20, "", 8192, "f16", "verdict").values()) == "/ filter · ctx 8192"
