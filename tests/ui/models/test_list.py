"""The model list in a tiny app: keys, mouse, messages, and what stays where it is."""

import msgspec
import pytest

from tests.ui.host import Host
from tests.ui.model_samples import fit, many, model
from tests.ui.models.running_list import run_list
from tui.fit.verdict import Verdict
from tui.sentences import reason
from tui.ui.models.column_titles import ColumnTitles
from tui.ui.models.list import ModelList
from tui.ui.models.list_header import HeaderPart, ListHeader
from tui.ui.models.notices import no_model_on_disk
from tui.ui.models.rows import ModelRows


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (["down"], 1),
        (["j", "j", "k"], 1),
        (["down", "up", "up"], 0),
        (["G"], 19),
        (["end", "home"], 0),
        (["end", "down"], 19),
    ],
)
async def test_keys_move_the_highlight(keys, place):
    async with run_list() as listing:
        await listing.pilot.press(*keys)
        assert listing.name == listing.names[place]
        assert listing.posted(ModelList.ModelHighlighted)[-1].model == listing.list.highlighted_model


async def test_page_keys_move_by_the_visible_rows_and_scroll():
    async with run_list(100) as listing:
        await listing.pilot.press("pagedown", "pagedown")
        await listing.pilot.pause()
        assert listing.rows.highlighted == 2 * (listing.rows.size.height - 1)
        assert any(listing.name in line for line in listing.text())


async def test_first_model_is_reported_without_a_key():
    async with run_list() as listing:
        assert listing.posted(ModelList.ModelHighlighted)[-1].model.name == listing.names[0]


async def test_enter_and_double_click_choose_and_a_click_only_highlights():
    async with run_list() as listing:
        await listing.pilot.press("down", "enter")
        await listing.pilot.click(ModelRows, offset=(10, 4))
        await listing.pilot.pause()
        assert listing.name == listing.names[4]
        assert [message.model.name for message in listing.posted(ModelList.ModelChosen)] == [listing.names[1]]
        await listing.pilot.click(ModelRows, offset=(10, 5), times=2)
        await listing.pilot.pause()
        assert listing.posted(ModelList.ModelChosen)[-1].model.name == listing.names[5]


async def test_keys_and_clicks_for_settings_only_send_requests():
    async with run_list() as listing:
        listing.list.context, listing.list.kv_type = 8192, "f16"
        await listing.pilot.press("left_square_bracket", "right_square_bracket", "v", "r")
        await listing.pilot.click("#part-kv")
        await listing.pilot.click("#part-longer")
        await listing.pilot.pause()
        assert [message.step for message in listing.posted(ModelList.ContextStepped)] == [-1, 1, 1]
        assert len(listing.posted(ModelList.KvTypeStepped)) == 2
        assert len(listing.posted(ModelList.RescanRequested)) == 1
        assert (listing.list.context, listing.list.kv_type) == (8192, "f16")


async def test_the_filter_narrows_with_every_letter_and_escape_brings_all_back():
    async with run_list() as listing:
        await listing.pilot.press("G")
        last = listing.name
        await listing.pilot.press("slash", *"model-00")
        await listing.pilot.pause()
        assert all("Model-00" in name for name in listing.names)
        assert listing.list.border_subtitle == "10 of 20"
        await listing.pilot.press("escape")
        await listing.pilot.pause()
        assert len(listing.names) == 20
        assert listing.name == last
        assert listing.rows.has_focus


async def test_arrows_move_while_the_filter_is_typed_and_enter_keeps_it():
    async with run_list() as listing:
        await listing.pilot.press("slash", *"fits", "down", "enter")
        await listing.pilot.pause()
        assert listing.rows.has_focus
        assert listing.name == listing.names[1]
        assert len(listing.names) == 3
        assert not listing.posted(ModelList.ModelChosen)
        name_before = listing.name
        await listing.pilot.press("escape")
        await listing.pilot.pause()
        assert listing.name == name_before
        assert len(listing.names) == 20


async def test_letters_that_are_keys_are_typed_into_the_filter():
    async with run_list() as listing:
        await listing.pilot.press("slash", *"sgvjkr")
        await listing.pilot.pause()
        assert listing.list.query_text == "sgvjkr"
        assert not listing.posted(ModelList.KvTypeStepped)


async def test_escape_is_passed_on_without_a_filter():
    async with run_list() as listing:
        assert listing.list.check_action("clear_filter", ()) is False
        await listing.pilot.press("slash")
        assert listing.list.check_action("clear_filter", ()) is True


async def test_a_filter_that_finds_nothing_says_so_and_what_to_press():
    async with run_list() as listing:
        await listing.pilot.press("slash", *"zzz")
        await listing.pilot.pause()
        text = " ".join(listing.text())
        assert 'No model matches "zzz".' in text
        assert "Esc shows all 20 models again." in text
        assert listing.posted(ModelList.ModelHighlighted)[-1].model is None


async def test_empty_list_explains_how_to_get_a_model(tmp_path):
    async with run_list(0) as listing:
        assert "Looking for models" in listing.text()[0]
        listing.list.empty_notice = no_model_on_disk(tmp_path, ["models folder"])
        await listing.pilot.pause()
        text = " ".join(" ".join(listing.text()).split())
        assert "No model on this disk yet." in text
        assert "Looked in: models folder." in text
        await listing.pilot.press("down", "enter", "G", "pageup", "s")
        assert not listing.posted(ModelList.ModelChosen)


@pytest.mark.parametrize("size", [(80, 14), (54, 24), (98, 40)])
async def test_a_new_order_shows_its_top_and_its_column(size):
    async with run_list(60, size=size, sort="verdict") as listing:
        await listing.pilot.press("z")
        names_before = listing.names
        await listing.pilot.press("G", "s")
        await listing.pilot.pause()
        assert listing.list.sort == "speed"
        assert listing.rows.scroll_offset.y == 0
        assert listing.name == listing.names[0]
        assert "n/a" in listing.text()[0]
        await listing.pilot.press("s", "s")
        await listing.pilot.pause()
        assert listing.list.sort == "name"
        assert listing.names == sorted(names_before)


async def test_the_filter_starts_anew_and_escape_restores_the_one_before():
    async with run_list(30) as listing:
        await listing.pilot.press("slash", *"model-00", "down", "enter")
        first = listing.names
        highlighted = listing.name
        # WHEN it is opened again, the first letter replaces the old text
        await listing.pilot.press("slash", *"02")
        await listing.pilot.pause()
        assert listing.list.query_text == "02"
        # AND Esc brings the old filter back with its row, and once more all models
        await listing.pilot.press("escape")
        await listing.pilot.pause()
        assert (listing.list.query_text, listing.names, listing.name) == ("model-00", first, highlighted)
        assert listing.rows.has_focus
        await listing.pilot.press("escape")
        await listing.pilot.pause()
        assert len(listing.names) == 30
        assert listing.name == highlighted


async def test_best_model_is_highlighted_until_a_key_is_pressed():
    async with run_list(sort="verdict") as listing:
        models, fits = many(20)
        worst = listing.names[-1]
        longer = {key: msgspec.structs.replace(fit, context=16384) for key, fit in fits.items()}
        key = next(model.key for model in models if model.name == worst)
        first = listing.name
        listing.list.set_fits({**longer, key: fit(Verdict.FITS, 99, context=16384)})
        await listing.pilot.pause()
        # Below the heading of its group.
        assert listing.rows.highlighted == 1
        assert listing.name == first


async def test_a_live_verdict_changes_in_its_place():
    async with run_list() as listing:
        await listing.pilot.press("down")
        names, fits = listing.names, many(20)[1]
        key = listing.list.shown_models[0].key
        listing.list.set_fits({**fits, key: msgspec.structs.replace(fits[key], verdict=Verdict.TOO_BIG)})
        await listing.pilot.pause()
        assert listing.names == names
        assert "too big" in listing.text()[0]


async def test_new_load_settings_sort_again_and_keep_the_highlighted_line():
    async with run_list(100, sort="size") as listing:
        await listing.pilot.press(*["down"] * 25)
        await listing.pilot.pause()
        name, line = listing.name, listing.rows.highlighted - listing.rows.scroll_offset.y
        # The order turns around, so the row of the highlighted model moves far.
        turned = {
            key: fit(verdict_fit.verdict, total=20 - number / 10, context=32768)
            for number, (key, verdict_fit) in enumerate(many(100)[1].items())
        }
        line_before = listing.rows.highlighted
        listing.list.set_fits(turned)
        await listing.pilot.pause()
        assert listing.rows.highlighted != line_before
        assert listing.name == name
        assert listing.rows.highlighted - listing.rows.scroll_offset.y == line


async def test_the_usual_order_has_groups_whose_headings_the_cursor_skips():
    async with run_list(sort="verdict", size=(100, 40)) as listing:
        lines = listing.text()
        assert lines[0].startswith(" ─ on this disk ──")
        assert lines[0].endswith(" 3")
        assert listing.rows.highlighted == 1
        # Down goes over the heading of the next group, and up again.
        await listing.pilot.press("down", "down", "down")
        assert listing.rows.highlighted == 5
        assert "elsewhere" in lines[4]
        await listing.pilot.press("up")
        assert listing.rows.highlighted == 3
        # What is too big is folded, and counted all the same.
        assert not any("too big" in line for line in lines if "▸" not in line)
        assert next(line for line in lines if "▸ too big" in line).endswith("3 · z shows them")
        assert listing.list.border_subtitle == "20 models · 3 on disk"
        # WHEN the heading is chosen THEN its models are there, the nearest first
        await listing.pilot.press("G")
        assert listing.list.highlighted_model is None
        await listing.pilot.press("enter")
        await listing.pilot.pause()
        assert len(listing.names) == 20
        assert [name[6:9] for name in listing.names[-3:]] == ["004", "011", "018"]
        assert listing.name == listing.names[-3]
        # AND the key folds them again
        await listing.pilot.press("z")
        await listing.pilot.pause()
        assert len(listing.names) == 17
        assert listing.list.highlighted_model is None
        # WHEN one of them is to be highlighted THEN its group opens
        key = next(listed.key for listed in listing.list.models if "018" in listed.name)
        assert listing.list.highlight(key)
        assert "018" in str(listing.name)
        assert not listing.list.highlight("nowhere")


async def test_keywords_keep_the_groups_and_words_of_names_rank_all_models():
    async with run_list(sort="verdict", size=(100, 40)) as listing:
        await listing.pilot.press("slash", *"german <3gb")
        await listing.pilot.pause()
        assert "on this disk" in listing.text()[0]
        assert listing.list.border_subtitle == "German · under 3 GiB: 20 of 20"
        await listing.pilot.press("escape", "slash", *"model-01")
        await listing.pilot.pause()
        assert "Model-01" in listing.text()[0]


async def test_a_click_on_a_title_sorts_and_one_on_a_heading_opens_its_group():
    async with run_list(sort="verdict", size=(100, 40)) as listing:
        titles = listing.pilot.app.query_one(ColumnTitles)
        text = titles.render_line(0).text
        assert text.split()[:3] == ["verdict", "model", "quant"]
        assert "needs" in text
        folded = next(y for y, line in enumerate(listing.text()) if "▸" in line)
        await listing.pilot.click(ModelRows, offset=(10, folded))
        await listing.pilot.pause()
        assert len(listing.names) == 20
        await listing.pilot.click(ColumnTitles, offset=(text.index("model"), 0))
        await listing.pilot.pause()
        assert listing.list.sort == "name"
        assert listing.posted(ModelList.SortChosen)[-1].sort == "name"


async def test_chosen_columns_are_shown_and_reported():
    async with run_list() as listing:
        await listing.pilot.press("o")
        await listing.pilot.pause()
        await listing.pilot.press("down", "space", "enter")
        await listing.pilot.pause()
        assert listing.posted(ModelList.ColumnsChosen)[-1].columns == ("quant",)
        assert listing.rows.plan.names == ["name", "quant"]
        await listing.pilot.press("o")
        await listing.pilot.pause()
        await listing.pilot.press("a")
        await listing.pilot.pause()
        assert "speed" in listing.rows.plan.names


async def test_rescan_keeps_the_highlight_and_reports_only_changes():
    async with run_list() as listing:
        await listing.pilot.press("down", "down")
        name, message_count = listing.name, len(listing.posted(ModelList.ModelHighlighted))
        models, _fits = many(20)
        listing.list.set_models([model("A-new-one", is_local=True), *models])
        await listing.pilot.pause()
        assert listing.name == name
        assert len(listing.posted(ModelList.ModelHighlighted)) == message_count
        listing.list.set_models([model for model in models if model.name != name])
        await listing.pilot.pause()
        assert listing.name is not None
        assert len(listing.posted(ModelList.ModelHighlighted)) == message_count + 1


async def test_the_row_below_a_model_that_is_gone_takes_the_highlight():
    async with run_list() as listing:
        await listing.pilot.press("down", "down", "down")
        gone, next_name = listing.name, listing.names[4]
        models, _fits = many(20)
        listing.list.set_models([model for model in models if model.name != gone])
        await listing.pilot.pause()
        assert (listing.name, listing.rows.highlighted) == (next_name, 3)


async def test_a_kept_highlight_stays_on_its_model_though_a_better_one_comes():
    async with run_list(3) as listing:
        name, (models, fits) = listing.name, many(3)
        better = model("A-new-one", is_local=True)
        listing.list.keep_highlight()
        listing.list.set_models([better, *models])
        listing.list.set_fits({**fits, better.key: fit(total=7)})
        await listing.pilot.pause()
        assert listing.name == name
        assert listing.names[0] == "A-new-one"


async def test_a_file_that_cannot_be_used_is_unknown_without_a_fit():
    async with run_list(0) as listing:
        await listing.fill([model("broken", error=reason("models.header_cut_off", byte=9))], {})
        assert "? unknown" in listing.text()[0]
        assert "n/a" in listing.text()[0]


def test_every_binding_has_an_id_a_description_and_a_tooltip():
    ids = [binding.id for binding in ModelList.BINDINGS]
    assert len(set(ids)) == len(ids)
    assert all(binding.id and binding.tooltip and binding.description for binding in ModelList.BINDINGS)


async def test_the_order_and_the_columns_of_the_last_start_are_shown_from_the_beginning():
    app = Host(lambda: ModelList(sort="size", columns=("license",)))
    async with app.run_test(size=(100, 12)) as pilot:
        rows, header = app.query_one(ModelRows), app.query_one(ListHeader)
        assert "sort size" in " ".join(str(part.content) for part in header.query_children(HeaderPart))
        assert app.query_one(ColumnTitles).sort == rows.sort == "size"
        app.query_one(ModelList).set_models([model("One")])
        await pilot.pause()
        assert rows.plan.names == ["name", "size", "license"]
