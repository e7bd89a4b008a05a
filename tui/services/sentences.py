"""Sentences of every room below the front ends, joined in one table, and those of the services."""

from collections.abc import Callable, Iterable

from tui.chat.sentences import SENTENCES as CHAT
from tui.chat.trials.sentences import SENTENCES as TRIALS
from tui.engine.sentences import SENTENCES as ENGINE
from tui.fit.sentences import SENTENCES as FIT
from tui.hardware.sentences import SENTENCES as HARDWARE
from tui.i18n import N_
from tui.models.hub.sentences import SENTENCES as HUB
from tui.models.sentences import SENTENCES as MODELS
from tui.sentences import Keyed, Plural, Reason, Table, no_key, sentence_from
from tui.services.picks.sentences import SENTENCES as PICKS
from tui.settings.sentences import SENTENCES as SETTINGS
from tui.system_errors import SENTENCES as SYSTEM

SENTENCES: Table = {
    # Figures of a run
    "services.architecture_unsized": N_("its architecture cannot be sized"),
    "services.peak_not_told": N_("this system does not tell it"),
    "services.system_bytes_in_use": N_("it is part of the memory in use"),
    "services.place_not_told": N_("the place where it runs does not tell it"),
    "services.prompt_not_timed": N_("no part of the prompt was read and timed"),
    "services.too_few_tokens": N_("fewer than two tokens were generated"),
    "services.no_token": N_("no token was generated"),
    "services.no_text_kept": N_("a benchmark keeps no text"),
    "services.speed_not_predicted": N_("this machine or this model is not known well enough"),
    "services.no_tensors": N_("its tensors are not known"),
    "services.not_measured": N_("not measured"),
    # The engine, as doctor tells
    "services.engine_not_installed": N_("llama-cpp-python is not installed; install it with: {command}"),
    "services.recording_without_engine": N_("a recording has no engine"),
    "services.device_memory_untold": N_("the engine does not tell it"),
    "services.engine_origin_untold": N_("wheels of this system do not tell who built them"),
    "services.instructions_untold": N_("the system or the engine does not list its instruction sets"),
    # Power and energy: names of what draws it, and phrases that follow a colon
    "services.package_power": N_("processor package"),
    "services.package_and_gpu_power": N_("processor package and GPU"),
    "services.package_without_gpu_power": N_("processor package, without the GPU"),
    "services.battery_power": N_("whole machine, from its battery"),
    "services.gpu_power": N_("GPU alone"),
    "services.power_gap": N_("the power was not known all the time"),
    "services.energy_not_covered": N_("no readings cover all of it"),
    "services.power_source_changed": N_("what reports the power changed in between"),
    # A comparison
    "services.not_asked_engine_ended": N_("Not asked: the engine had ended before."),
    "services.own_prompt": N_("a prompt of the user's own"),
    "services.own_prompt_unchecked": N_("a prompt of the user's own is not checked"),
    "services.not_loaded": N_("it was not loaded"),
    "services.not_its_turn": N_("it was not its turn"),
    "services.answer_not_ended": N_("it has not ended"),
    # Tasks of the user's own
    "services.trials_newer_file": N_(
        "{file} was written by a newer llmtui and is left alone, so results are not kept. "
        "Install the newer llmtui."
    ),
    "services.trials_not_kept": N_("Results are not kept: {file} cannot be used ({error})."),
    "services.trials_engine_ended": N_("Not asked: the engine had ended and was not started again."),
    "services.trials_no_end": N_("The engine's answer has no end."),
    "services.trials_no_use": N_("the task does not say"),
    "services.trials_no_tools": N_("the task has no tools"),
    # The engine host
    "services.choose_model_again": N_("Choose it in the list to load it again."),
    "services.engine_disobeyed": N_("The engine did not stop when it was told to, so its process was ended."),
    "services.load_again": N_("Load the model again."),
    "services.choose_model": Keyed(
        N_("Choose one in the list and press {models.choose}."), N_("Choose one in the list.")
    ),
    "services.question_withdrawn": N_("Stopped."),
    # The file of a model
    "services.stored_without_name": N_("it has no other name there than its file's"),
    "services.hash_unknown": N_("no store names it, and computing it would read the whole file"),
    "services.never_loaded": N_("llmtui never loaded it"),
    # Deleting a model
    "services.nothing_to_delete": N_("{model} is not on this disk."),
    "services.not_deleted": N_("{path} cannot be deleted: {why}."),
    "services.not_own_any_more": N_(
        "{path} has changed since llmtui downloaded it, and stays. Delete it yourself."
    ),
    "services.delete_unload_first": Keyed(
        N_("{model} is loaded. Unload it first with {models.unload}."),
        N_("{model} is loaded. Unload it first."),
    ),
    # A conversation that is resumed
    "services.answered_by_another": N_("This was with {model}; {loaded} answers now."),
    "services.no_model_loaded": Keyed(
        N_("No model is loaded: {pane.models}, choose one and press {models.choose}."),
        N_("No model is loaded: choose one in the list of models."),
    ),
    "services.resumed_model_here": Keyed(
        N_("This was with {model}: {pane.models}, then {models.choose} loads it."),
        N_("This was with {model}: choose it in the list to load it."),
    ),
    "services.resumed_model_settings": Keyed(
        N_(
            "This was with {model}, a context of {tokens:,} tokens and {kv} for the KV cache: "
            "{pane.models}, then {models.choose} loads it so."
        ),
        N_("This was with {model}, a context of {tokens:,} tokens and {kv} for the KV cache."),
    ),
    "services.resumed_model_gone": Keyed(
        N_(
            "This was with {model}, which is not on this disk: {pane.models}, choose another and press "
            "{models.choose}."
        ),
        N_("This was with {model}, which is not on this disk: choose another in the list."),
    ),
    "services.preset_changed": N_(
        "The preset {name} is another one now; this conversation keeps what it was."
    ),
    "services.preset_gone": N_("There is no preset {name} any more; this conversation keeps what it was."),
    "services.schema_left_out": N_("Its JSON schema is left out, so answers are free text: {problem}"),
    # A prompt in bytes
    "services.prompt_too_large": N_(
        "The prompt is longer than {size:bytes}, which no context of {context:,} tokens holds."
    ),
    "services.shorten_prompt": N_("Shorten it: this model reads at most {context:,} tokens."),
    "services.shorten_prompt_or_ctx": N_(
        "Shorten it, or load with a longer context: --ctx up to {context:,} for this model."
    ),
    # The memory guard
    "services.memory_short": N_(
        "The engine was ended to keep the machine usable: only {free:bytes} of memory was left."
    ),
    "services.free_memory": N_("Close other programs, or choose a shorter context or a smaller model."),
    # Finding
    "services.model_name_empty": N_("A model needs a name or a path; this one is empty."),
    "services.several_models": Plural("{name} holds {count} model.", "{name} holds {count} models.", "count"),
    "services.give_file_path": N_("Give the path of one file."),
    "services.no_file_in_folder": N_("There is no GGUF file in {path}."),
    "services.looked_for_gguf": N_(
        "Looked for names that end in .gguf and for large files that begin with the letters GGUF, also in "
        "folders below."
    ),
    "services.address_failed": N_("{address}: {why}"),
    "services.no_other_quantization": N_(
        "{name} is not in the catalogue, so no other quantization of it can be weighed."
    ),
    "services.leave_out_quant": N_("Leave --quant out for the file on this disk."),
    "services.model_unknown": N_("There is no model called {name}."),
    "services.several_names": Plural(
        "{name} could be {count} model.", "{name} could be {count} models.", "count"
    ),
    "services.could_be": N_("Write more of one of these: {names}."),
    "services.did_you_mean": N_("Did you mean {name}?"),
    "services.list_models": N_('"llmtui fit" lists the models; a file is given by its path.'),
    "services.quantization_unknown": N_("There is no quantization {quant}."),
    "services.quantizations_known": N_("Known: {names}."),
    # Measurements that were deleted
    "services.measurements_deleted": N_(
        "Forgot what was measured on this machine: {of_speed} and {of_replies}."
    ),
    "services.speed_measurements": Plural(
        "{count} measurement of its speed", "{count} measurements of its speed", "count"
    ),
    "services.measured_replies": Plural("{count} reply", "{count} replies", "count"),
    # Downloads
    "services.listing_files": N_("Reading the list of files of {repository}"),
    "services.reading_header": N_("Reading the header of {name}"),
    "services.sizing_quantizations": N_("Sizing the quantizations for this machine"),
    "services.over_allowance": N_(
        "The download takes {need:bytes}; {used:bytes} of this month's {limit:bytes} are used."
    ),
    "services.download_broke": N_("Something went wrong with the download that should not."),
    "services.see_log": N_("{file} has it all."),
    "services.download_paused": N_(
        "Paused at {done:bytes} of {total:bytes}. The same command goes on from there."
    ),
    "services.web_address": N_("it is at a web address and in no repository"),
    "services.no_alternative": N_("the chosen one fits best, or no smaller one is better"),
    "services.disk_untold": N_("the disk does not tell it"),
    "services.line_not_measured": N_("the speed of the line is not measured yet"),
    "services.limit_unreadable": N_(
        "Nothing is downloaded, since download_limit_gb in {file} cannot be read."
    ),
    "services.mend_limit": N_("Give a number of GB there, such as 20, or 0 for no limit."),
    "services.raise_allowance": N_("Raise download_limit_gb in the settings, or wait for the next month."),
    # Loading
    "services.not_on_disk": N_("{model} is not on this disk."),
    "services.get_file": N_("To download it: llmtui pull {name}"),
    "services.unknown_place": N_("This llmtui cannot reach models at {place}."),
    "services.no_file_to_load": N_("{model} has no file on this disk that the engine here can load."),
    "services.file_unusable": N_("{file}: {why}"),
    "services.too_big": N_("{model} is too big: {why}."),
    "services.choose_smaller": Keyed(
        N_("Choose a smaller one, or press {models.choose} again to try all the same."),
        N_("Choose a smaller quantization or a shorter context."),
    ),
    "services.died_twice": N_(
        "{model} ended the engine twice in the same way, so it is not loaded again. {cause}"
    ),
    "services.died_twice_hint": N_(
        "Take another file or quantization of the model, or a newer llama-cpp-python; the log file has the "
        "whole story."
    ),
    "services.replaying": N_("Nothing is loaded during a replay."),
    "services.leave_replay": N_(
        "The gauges show a recording of {machine} and not what a model does here. "
        "Start llmtui without --replay to load one."
    ),
    "services.engine_missing": N_("The engine is not installed, so no model can be loaded."),
    "services.install_engine": N_(
        "Gauges and sizing still work; sizes are estimated by formula. "
        "To talk to a model: {command}, then start llmtui again."
    ),
}

_TABLE: Table = {
    **SYSTEM,
    **SETTINGS,
    **MODELS,
    **HUB,
    **ENGINE,
    **HARDWARE,
    **FIT,
    **CHAT,
    **TRIALS,
    **PICKS,
    **SENTENCES,
}


def sentence(why: Reason, key_of: Callable[[str], str] = no_key) -> str:
    """Return the sentence of a reason in the user's language; see `tui.sentences.sentence_from`."""
    return sentence_from(_TABLE, why, key_of)


def sentences(reasons: Iterable[Reason], key_of: Callable[[str], str] = no_key) -> str:
    """Return the sentences of reasons one after another, such as of a failure and what to do."""
    return " ".join(sentence(why, key_of) for why in reasons)


def json_fields(key: str, why: Reason | None) -> dict[str, str | None]:
    """Return a reason for JSON: its sentence under `key` and its code under `key` with `_code`."""
    return {
        key: None if why is None else sentence(why),
        f"{key}_code": None if why is None else why.code,
    }


def saved_sentence(why: Reason | str) -> str:
    """Return the sentence of a saved reason: words of an older version as they are, else by its code.

    A code of a newer version is returned itself, and so is one whose facts are not those of this version.
    """
    if isinstance(why, str):
        return why
    try:
        return sentence(why)
    except (KeyError, TypeError, ValueError):
        return why.code
