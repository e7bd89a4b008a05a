"""The user's choices laid over what suits the loaded model."""

from typing import Any

import msgspec

from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA, Preset
from tui.engine.footprint import Footprint
from tui.engine.protocol import Loaded
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import find_entry
from tui.models.model import Model, RecommendedSampling
from tui.services.host import EngineHost
from tui.services.model_asking import ModelAsking
from tui.settings.settings import Settings

EXTRACT = BUILT_IN_PRESETS[-1]


def asking(settings: Settings | None = None, **loaded: Any) -> ModelAsking:
    """With a model that is said to be loaded, where anything is said of it."""
    host = EngineHost(lambda failed: None)
    if loaded:
        name = loaded.pop("name", "Qwen3-8B")
        host.model = loaded.pop("model", Model(name, "Q4_K_M", 1, None, None, None))
        host.loaded = Loaded(1, Footprint(1, 1, 1, 1, "engine"), None, 512, 1.0, 1, "model", **loaded)
    return ModelAsking(settings or Settings(preset_language="en"), host, Conversation())


async def test_user_settings_override_those_of_the_model():
    model_asking = asking(
        Settings(temperature=0), thinking="never", sampling={"temperature": 0.9, "top_k": 3.0}
    )
    assert (model_asking.request().sampling.temperature, model_asking.request().sampling.top_k) == (0, 3)
    model_asking.asking = Asking(EXTRACT, {"temperature": 0.3}, True, EXTRACT_SCHEMA)
    how = model_asking.request()
    # A model that never thinks is not asked to.
    assert (how.sampling.temperature, how.think, how.json_schema) == (0.3, None, EXTRACT_SCHEMA)


def test_nothing_is_recommended_while_no_model_is_loaded():
    assert asking().published_sampling(Asking()) is None


def test_settings_in_the_file_come_before_those_of_the_catalogue():
    shipped = find_entry(load_catalogue(), "Ministral-3-8B-Instruct-2512")
    assert shipped is not None
    published = RecommendedSampling({"temperature": 0.9, "top_p": 0.5}, "its card")
    entry = msgspec.structs.replace(shipped, sampling=(published,))
    model = Model(entry.name, "Q4_K_M", 1, None, None, entry)

    sampling = asking(model=model, thinking="never", sampling={"temperature": 0.2}).request().sampling

    assert (sampling.temperature, sampling.top_p) == (0.2, 0.5)


def test_a_schema_that_cannot_be_used_is_left_out_with_its_reason():
    model_asking = asking()
    model_asking.asking = Asking(json_schema='{"type": 3}')
    assert model_asking.json_schema == ""
    (why,) = model_asking.changes_since_saved()
    assert why.code == "services.schema_left_out"
    model_asking.asking = Asking(json_schema=EXTRACT_SCHEMA)
    assert (model_asking.json_schema, model_asking.changes_since_saved()) == (EXTRACT_SCHEMA, ())


def test_changed_or_missing_preset_is_reported():
    model_asking = asking()
    model_asking.choose(Asking(msgspec.structs.replace(EXTRACT, json_schema="")), EXTRACT.prompt("en"), "en")
    assert [why.code for why in model_asking.changes_since_saved()] == ["services.preset_changed"]
    model_asking.asking = Asking(Preset("pirate", {"": "Arr."}, own=True))
    assert [why.code for why in model_asking.changes_since_saved()] == ["services.preset_gone"]


def test_preset_of_an_old_conversation_is_recognized_by_its_prompt():
    model_asking = asking()
    assert model_asking.choose(Asking(), EXTRACT.prompt("es"), "es")
    model_asking.adopt_conversation()
    assert model_asking.asking == Asking(EXTRACT, json_schema=EXTRACT_SCHEMA)
    # AND nothing is told of it
    assert model_asking.changes_since_saved() == ()


def test_thinking_is_requested_only_from_models_with_a_choice():
    for thinking, think in (("optional", True), ("always", None), ("never", None)):
        model_asking = asking(thinking=thinking)
        model_asking.asking = Asking(think=True)
        assert model_asking.request().think is think
