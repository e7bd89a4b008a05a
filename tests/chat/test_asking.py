"""Choosing a preset replaces what the earlier one set, and nothing else."""

from tui.chat.asking import Asking, with_preset
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA, Preset

EXTRACT = next(preset for preset in BUILT_IN_PRESETS if preset.name == "extract")


def test_a_preset_brings_its_sampling_and_schema_in_place_of_the_old() -> None:
    asking = with_preset(Asking(sampling={"top_k": 3}, think=False), EXTRACT)
    assert asking == Asking(EXTRACT, {}, False, EXTRACT_SCHEMA)
    assert asking.preset_sampling == {"temperature": 0.0}
    assert with_preset(asking, None) == Asking(think=False)


def test_a_preset_leaves_the_policy_and_the_thinking_of_the_conversation() -> None:
    asking = Asking(when_full="drop_oldest", keep_thinking=True)
    assert with_preset(asking, EXTRACT) == Asking(EXTRACT, {}, None, EXTRACT_SCHEMA, "drop_oldest", True)


def test_preset_stop_texts_apply_until_the_user_sets_others() -> None:
    preset = Preset("lines", {"": "One line."}, own=True, stop=("\n",))
    assert Asking().preset_stop is None
    assert Asking(preset).preset_stop == ("\n",)
    assert with_preset(Asking(stop=("###",)), preset).stop is None
