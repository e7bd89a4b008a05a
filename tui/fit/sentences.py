"""Sentences of the reasons that verdicts, sizes and speeds have."""

from tui.i18n import N_
from tui.sentences import Table

SENTENCES: Table = {
    "fit.not_in_catalogue": N_("the catalogue does not have it"),
    "fit.not_in_entry": N_("the catalogue does not say"),
    "fit.all_parameters_active": N_("all its parameters work on every token"),
    "fit.not_superseded": N_("no model of the catalogue has taken its place"),
    "fit.parameters_unknown": N_("its parameters cannot be counted"),
    "fit.pool_ram": N_("RAM"),
    "fit.pool_unified": N_("unified memory"),
    "fit.pool_vram": N_("VRAM of {gpu}"),
    "fit.pool_gpu_part": N_("the memory that the {gpu} can use"),
    "fit.fits": N_("needs {need:bytes}; {free:bytes} of {pool} is free now"),
    "fit.fits_idle": N_("needs {need:bytes} of {free:bytes} of {pool} at most, with nothing else running"),
    "fit.tight_idle": N_(
        "needs {need:bytes} of {free:bytes} of {pool} at most, with nothing else running, "
        "which leaves only {spare:bytes}"
    ),
    "fit.no_context_fits_idle": N_("no context fits, even with nothing else running"),
    "fit.tight_free_unknown": N_(
        "needs {need:bytes} of {capacity:bytes} of {pool}; how much of that is free cannot be read"
    ),
    "fit.tight_now": N_(
        "needs {need:bytes}, but only {free:bytes} of {pool} is free now: "
        "close programs that hold {gap:bytes}"
    ),
    "fit.tight_headroom": N_(
        "needs {need:bytes} of the {free:bytes} of {pool} that is free now, which leaves only {spare:bytes}"
    ),
    "fit.split_close_first": N_(
        "{arrangement}; close programs first, only {free:bytes} of {pool} is free now"
    ),
    "fit.split_no_layer": N_("no layer fits on the {card}, so all of it is in RAM, much slower"),
    "fit.split_part": N_("more than the {card} holds, so part of it is in RAM, much slower"),
    "fit.split_experts": N_(
        "all layers on the {card}, the experts of {in_ram} of {experts} in RAM, somewhat slower"
    ),
    "fit.split_layers": N_("{gpu} of {layers} layers on the {card}, the rest in RAM, much slower"),
    "fit.split_shared_no_layer": N_(
        "no layer fits into what the {card} can use, so the processor does it all, slower"
    ),
    "fit.split_shared_part": N_("more than the {card} can use, so the processor does a part of it, slower"),
    "fit.split_shared_experts": N_(
        "the {card} does all layers but the experts of {in_ram} of {experts}, somewhat slower"
    ),
    "fit.split_shared_layers": N_(
        "the {card} can use memory for {gpu} of {layers} layers, the processor does the rest, slower"
    ),
    "fit.too_big_for_both": N_(
        "needs {need:bytes}; at most {card:bytes} of VRAM and {ram:bytes} of RAM can be given to a model"
    ),
    "fit.too_big": N_("needs {need:bytes}; at most {capacity:bytes} of {pool} can be given to a model"),
    "fit.elsewhere": N_("runs at {place}, so it takes no memory of this machine"),
    "fit.unused_card": N_("{verdict_reason}; this build of the engine cannot use the {card}"),
    "fit.no_engine": N_("{why} {hint}"),
    "fit.made_for_ollama": N_(
        "{name} is made for Ollama's own engine (architecture {architecture}). {why} Use it in {store}, or "
        "get a GGUF file of the same model"
    ),
    "fit.header_without_shape": N_("its header does not say what it is made of"),
    "fit.parts_unknown": N_("what it is made of is not known"),
    "fit.quantizations_unsized": N_("other quantizations cannot be sized: {why}"),
    "fit.does_not_run_here": N_("it does not run here"),
    "fit.speed_elsewhere": N_("it runs at another place, where nothing is measured"),
    "fit.measured_here": N_("measured here"),
    "fit.token_bytes_unknown": N_("what a token reads of it is not known"),
    "fit.machine_busy": N_(
        "This machine is too busy to be measured: other programs use {percent} % of the processor."
    ),
    "fit.machine_disturbed": N_(
        "This machine is too busy to be measured: the engine did not get the processor time that it needed."
    ),
    "fit.measure_when_quiet": N_("Measure it again once they have finished; what was measured before stays."),
    "fit.machine_not_measured": N_("this machine is not measured yet"),
    "fit.prompts_not_measured": N_("how fast prompts are read here is not measured yet"),
    "fit.from_class": N_("from its memory bandwidth and the published speeds of its class"),
    "fit.does_not_run_there": N_("it does not run there"),
    "fit.bandwidth_unknown": N_("its memory bandwidth is not known"),
    "fit.from_bandwidth": N_("from its memory bandwidth"),
    "fit.not_on_disk": N_("not on this disk"),
    "fit.nothing_helps": N_("Nothing here would make it fit."),
    "fit.may_fit": N_(
        "It may fit: how much of the {gpu} is free cannot be read, and llmtui doctor says why."
    ),
    "fit.smallest_needs": N_(
        "Even at {quant} with a context of {count} and a {type} KV cache it needs {size:bytes}."
    ),
    "fit.it_fits": N_("it fits"),
    "fit.not_split": N_("it is not split, all of it is in one memory"),
    "fit.split_unknown": N_("how its layers are split is not known"),
    "fit.never_ran": N_("never run here with these settings"),
    "fit.speed_unmeasured": N_("nobody has measured it"),
    "fit.memory_size_unknown": N_("how much memory there is cannot be read"),
    "fit.free_unknown": N_("how much memory is free cannot be read"),
    "fit.no_context_fits": N_("no context fits in what is free now"),
    # Changes that make a model fit, and what each costs
    "fit.change_context": N_("context {count}"),
    "fit.context_limit": N_("It sees at most {count} tokens at once."),
    "fit.context_is_little": N_("That is little: a few short messages."),
    "fit.change_kv_type": N_("KV cache {type}"),
    "fit.change_kv_type_brief": N_("KV {type}"),
    "fit.kv_in_eight_bits": N_("The model's memory of the text is kept in 8 bits a number: hardly any loss."),
    "fit.kv_in_four_bits": N_(
        "The model's memory of the text is kept in 4 bits a number: long texts suffer first."
    ),
    "fit.change_programs": N_("close {programs}"),
    "fit.programs_unsaved": N_("Unsaved work in them may be lost; you are asked once more."),
    "fit.change_quant_to_download": N_("quantization {quant} (to download)"),
    "fit.change_quant_on_disk": N_("quantization {quant} (on disk)"),
    "fit.change_quant_brief": N_("{quant}"),
    "fit.fewer_bits": N_("Fewer bits a weight answer a little less well."),
    "fit.file_to_download": N_("The file is not on this disk: {size:bytes} to download."),
    "fit.verdicts_follow": N_("Every verdict follows."),
    # What the engine's build leaves unused, and what it sees of the machine's GPUs
    "fit.instructions_unused": N_(
        "This engine leaves {instructions} of your processor unused; a build for it would be faster. To build"
        " it, in a few minutes: {command}"
    ),
    "fit.wide_instructions_unused": N_(
        "This engine leaves {instructions} of your processor unused; a build for it would be faster. On one"
        " machine where both were measured, a build with AVX-512 read prompts up to {times} times as fast as"
        " the ready-made engine, and wrote as fast. To build it, in a few minutes: {command}"
    ),
    "fit.shared_gpu_unused": N_(
        "This engine does not use your {gpu}, which shares the RAM: the processor is often as fast there."
        " To try it, reinstall the engine with: {command}"
    ),
    "fit.gpu_unusable": N_("This engine cannot use your {gpu}; reinstall it with: {command}"),
    "fit.gpu_unusable_hint": N_("This engine cannot use your {gpu}; reinstall it with: {command} {hint}"),
    "fit.gpu_memory_unseen": N_("The engine sees only {seen:bytes} of the {total:bytes} of your {gpu}."),
    "fit.gpu_order_unknown": N_(
        "The engine does not say which of your GPUs is which: they are taken in its own order."
    ),
    "fit.device_without_gauge": N_(
        "The engine can use {device}, of which nothing else is known here: no gauge shows it."
    ),
}
