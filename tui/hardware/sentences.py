"""Sentences of the reasons that this room gives; `tui.services.sentences` joins them with the others.

A quantity (`hardware.quantity_gpu_load`) is part of another sentence, as its fact `quantity`; so is a source
of readings (`hardware.source_memory`). A fact `error` holds the system's own words.
"""

from tui.i18n import N_
from tui.sentences import Plural, Table

_READING: Table = {
    "hardware.not_asked": N_("it was not asked for"),
    "hardware.needs_more_rights": N_("{quantity} is not open to this user; it needs more rights"),
    "hardware.not_reported": N_("{quantity} is not reported by this driver or kernel"),
    "hardware.busy": N_("{quantity} is busy just now; it is tried again"),
    "hardware.unreadable": N_("{quantity} could not be read ({error})"),
    "hardware.impossible_figure": N_("{quantity} is given as an impossible figure"),
    "hardware.senseless_answer": N_("the system's answer makes no sense"),
    "hardware.memory_size_senseless": N_("the system's answer about its memory makes no sense"),
    "hardware.detection_failed": N_("looking for it failed: {cause}"),
    "hardware.load_after_next_sample": N_("two readings are needed; the load comes with the next"),
    "hardware.power_after_next_sample": N_("two readings are needed; the power comes with the next"),
    "hardware.rate_after_next_sample": N_("two readings are needed; the rate comes with the next"),
    "hardware.source_failed": N_("{source} could not be read: {cause}"),
    "hardware.source_silent": N_("it does not answer"),
    "hardware.source_waits": N_("its first answer is awaited"),
    "hardware.answer_of_wrong_type": N_("its answer makes no sense"),
    "hardware.answer_about_other_gpus": N_("its answer is not about these GPUs"),
    "hardware.counters_senseless": N_("its counters make no sense"),
    "hardware.container_limit_unreadable": N_("the limit of this container cannot be read now"),
}
_QUANTITIES: Table = {
    "hardware.quantity_gpu_load": N_("the GPU's load"),
    "hardware.quantity_gpu_temperature": N_("the GPU's temperature"),
    "hardware.quantity_gpu_power": N_("the GPU's power"),
    "hardware.quantity_gpu_power_limit": N_("the GPU's power limit"),
    "hardware.quantity_gpu_frequency": N_("the GPU's frequency"),
    "hardware.quantity_video_memory": N_("video memory"),
    "hardware.quantity_borrowed_memory": N_("borrowed memory"),
    "hardware.quantity_cpu_temperature": N_("the processor's temperature"),
    "hardware.quantity_cpu_frequency": N_("the processor's frequency"),
    "hardware.quantity_cpu_power": N_("the processor's power"),
    "hardware.quantity_cpu_power_limit": N_("the processor's power limit"),
    "hardware.quantity_battery_draw": N_("the battery's draw"),
    "hardware.quantity_memory_pressure": N_("memory pressure"),
    "hardware.quantity_swap": N_("swap"),
    "hardware.quantity_swap_in": N_("reading from swap"),
    "hardware.quantity_process": N_("the process"),
}
_SOURCES: Table = {
    "hardware.source_cpu_load": N_("processor load"),
    "hardware.source_memory": N_("memory"),
    "hardware.source_memory_pressure": N_("memory pressure"),
    "hardware.source_own_load": N_("own load"),
    "hardware.source_own_memory": N_("own memory"),
    "hardware.source_pressure_level": N_("pressure level"),
    "hardware.source_cpu_temperature": N_("processor temperature"),
    "hardware.source_cpu_frequency": N_("processor frequency"),
    "hardware.source_cpu_power": N_("processor power"),
    "hardware.source_cpu_power_limit": N_("processor power limit"),
    "hardware.source_battery": N_("battery"),
    "hardware.source_swap_in": N_("reading from swap"),
    "hardware.source_engine": N_("engine"),
    "hardware.source_engine_gpu_load": N_("engine's GPU load"),
}
_PROCESSOR: Table = {
    "hardware.cpu_unnamed": N_("the system does not name its processor"),
    "hardware.cpuinfo_failed": N_("py-cpuinfo failed ({error})"),
    "hardware.cpu_features_unlisted": N_(
        "the system does not list them; the engine finds them out by itself"
    ),
    "hardware.no_cpu_limit": N_("no CPU limit is set"),
    "hardware.container_cpu_use_unreadable": N_("the container's use of the processor cannot be read now"),
    "hardware.cpu_temperature_unmarked": N_(
        "no sensor here says that it is the processor's; load its driver, coretemp (Intel) or k10temp (AMD),"
        " with modprobe; a virtual machine has none"
    ),
    "hardware.cpu_frequency_missing": N_("this kernel does not report it"),
    "hardware.windows_rated_frequency": N_(
        "Windows tells the rated frequency only; the task manager estimates it"
    ),
    "hardware.windows_closed_sensor": N_(
        "Windows tells it to no program without a driver of its own; HWiNFO has one"
    ),
    "hardware.cpu_power_root_only": N_(
        "the processor's power is for root only; open it until the next start with:"
        " sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj"
    ),
    "hardware.no_cpu_power_counters": N_(
        "no package power (RAPL) is reported here; of a container or virtual machine the host knows it"
    ),
    "hardware.macos_root_only": N_("macOS tells it to root only; see it with: sudo powermetrics"),
    "hardware.macos_closed_sensor": N_("macOS tells it to no program, and nothing can be set to change that"),
}
_MEMORY: Table = {
    "hardware.pressure_level_on_macos_only": N_("only macOS reports a level"),
    "hardware.macos_pressure_level_missing": N_("macOS did not say how hard memory is pressed"),
    "hardware.macos_tells_pressure_level": N_("macOS tells a level in its place"),
    "hardware.windows_no_pressure": N_("Windows tells no such figure; go by the memory that is available"),
    "hardware.no_pressure_figures": N_("the kernel keeps no pressure figures (PSI); start it with psi=1"),
    "hardware.pressure_senseless": N_("the kernel's pressure figures make no sense"),
    "hardware.windows_no_swap_rate": N_(
        "Windows does not tell it from other reading; go by the memory that is available"
    ),
    "hardware.swap_in_uncounted": N_("the system does not count what is read from swap"),
    "hardware.windows_cache_is_free": N_("Windows counts its cache as free memory"),
}
_BATTERY: Table = {
    "hardware.no_power": N_("no power is reported here"),
    "hardware.no_battery": N_("this machine has no battery"),
    "hardware.plugged_in": N_("the machine is plugged in; unplug it to see what it draws from its battery"),
    "hardware.battery_silent": N_("the battery does not answer now"),
    "hardware.battery_rate_missing": N_("the battery does not say how fast it empties"),
}
_PROCESSES: Table = {
    "hardware.process_ended": N_("the process has ended"),
    "hardware.process_size_missing": N_("this system does not report it"),
    "hardware.program_not_asked": N_("{program} could not be asked to close."),
}
_GPUS: Table = {
    "hardware.gpu_asleep": N_("the GPU is asleep; it is read when a program wakes it"),
    "hardware.gpu_gone": N_("the GPU is gone"),
    "hardware.no_container": N_("this system does not run in a container"),
    "hardware.no_engine_process": N_("no model is loaded"),
    "hardware.gpu_cores_unknown": N_("the system does not tell it"),
    "hardware.gpu_cores_uncounted": N_("its maker does not count in GPU cores"),
    "hardware.no_gpu": N_("no GPU was found"),
    "hardware.gpu_driver_silent": N_("the graphics driver does not answer; restart the machine"),
    "hardware.gpu_driver_not_loaded": N_("a GPU is on the bus but its driver is not loaded"),
    "hardware.gpu_closed_to_container": N_("a GPU is on the bus but not open to this container"),
    "hardware.gpu_without_driver": N_("no driver is bound to it"),
    "hardware.gpu_shares_ram": N_("it has no memory of its own: it shares the RAM, see the memory gauge"),
    "hardware.nothing_set_aside": N_("nothing is set aside for it"),
    "hardware.no_gpu_temperature": N_("the driver reports no temperature"),
    "hardware.no_gpu_power": N_("the driver reports no power"),
    "hardware.no_gpu_power_limit": N_("the driver reports no power limit"),
    "hardware.no_gpu_frequency": N_("the driver reports no frequency"),
    "hardware.engine_uses_other_gpu": N_("the engine does not use this GPU"),
}
_APPLE: Table = {
    "hardware.intel_mac_gpu": N_("the GPU of an Intel Mac is not used"),
    "hardware.ioreg_silent": N_("ioreg did not answer"),
    "hardware.ioreg_unreadable": N_("ioreg's answer could not be read ({error})"),
    "hardware.macos_no_gpu": N_("macOS lists no GPU"),
    "hardware.macos_gpu_value_missing": N_("macOS does not list it for this GPU"),
}
_INTEL: Table = {
    "hardware.intel_load_root_only": N_(
        "the whole GPU's load is told to root only (CAP_PERFMON); the engine's part shows while a model is"
        " loaded"
    ),
    "hardware.intel_memory_use_root_only": N_(
        "how much of it is in use is told to root only (CAP_PERFMON); close programs that draw much before a"
        " load"
    ),
    "hardware.integrated_gpu_power": N_(
        "the driver reports no power; that of an integrated GPU is in the processor's"
    ),
    "hardware.integrated_gpu_temperature": N_(
        "the driver reports no temperature; that of an integrated GPU is the processor's"
    ),
    "hardware.intel_no_memory_node": N_("Intel's driver offers no node to ask for the video memory"),
    "hardware.intel_memory_size_missing": N_("Intel's driver does not tell the size of the video memory"),
    "hardware.join_gpu_group": N_("{problem}; join the group that may use {node}"),
}
_NVIDIA: Table = {
    "hardware.nvidia_silent": N_("the NVIDIA driver does not answer; restart the machine"),
    "hardware.nvidia_shares_memory": N_("it shares the system's memory; see the memory gauge"),
    "hardware.nvidia_foreign_driver": N_("the NVIDIA card runs on {driver}; install NVIDIA's own driver"),
    "hardware.nvidia_no_library": N_(
        "the NVIDIA driver's library is missing; install the driver, or start the container with --gpus all"
    ),
    "hardware.nvidia_not_reported": N_("the NVIDIA driver does not report it for this GPU"),
    "hardware.nvidia_library_closed": N_("the NVIDIA library was closed; it is opened again"),
    "hardware.nvidia_administrator_only": N_("the NVIDIA driver gives it to an administrator only"),
    "hardware.nvidia_gpu_gone": N_("the NVIDIA driver no longer lists this GPU"),
    "hardware.nvidia_not_running": N_("the NVIDIA driver is not running; load or install it"),
    "hardware.nvidia_timeout": N_("the NVIDIA driver took too long to answer"),
    "hardware.nvidia_too_old": N_("this NVIDIA driver is too old to report it; update it"),
    "hardware.nvidia_gpu_lost": N_("the GPU stopped answering; restart the machine"),
    "hardware.nvidia_reset_required": N_("the GPU needs a reset; restart the machine"),
    "hardware.nvidia_updated": N_("the NVIDIA driver was updated while it ran; restart the machine"),
    "hardware.nvidia_failed": N_("the NVIDIA driver failed ({error}); if it goes on, restart the machine"),
    "hardware.nvidia_impossible_figure": N_("an impossible figure"),
}
_WINDOWS: Table = {
    "hardware.windows_gpu_uncounted": N_("Windows's performance counters do not list this GPU"),
    "hardware.windows_gpu_value_missing": N_("Windows does not report it for this GPU"),
    "hardware.windows_no_gpu": N_("Windows lists no GPU"),
    "hardware.windows_gpu_list_unreadable": N_("Windows's list of GPUs could not be read ({error})"),
    "hardware.windows_no_driver": N_("Windows does not tell its driver"),
    "hardware.windows_no_memory_size": N_("Windows does not tell the size of its memory"),
}
_MACHINES: Table = {
    "hardware.this_machine": N_("This machine"),
    "hardware.profile_desktop_cpu": N_("any desktop processor with {cores} cores"),
    "hardware.profile_laptop": N_("{maker} laptop, {cpu}, {ram} GB"),
    "hardware.profile_name": N_("{name}"),
    "hardware.machine_like_this": N_("a machine like this with {size} GB"),
    "hardware.machine_described": N_("{name}, {facts}"),
    "hardware.ram_alone": N_("{ram} GB"),
    "hardware.ram_and_gpu": N_("{ram} GB, {gpu}"),
    "hardware.ram_and_card": N_("{ram} GB, {gpu} {vram} GB"),
    "hardware.unnamed_card": N_("graphics card"),
    "hardware.unnamed_shared_gpu": N_("shared graphics"),
    "hardware.recorded_machine": N_("{title}"),
    "hardware.another_machine": N_("another machine"),
}
_OTHER_MACHINES: Table = {
    "hardware.profile_without_driver": N_("a profile has no driver"),
    "hardware.profile_without_container": N_("a profile has no container"),
    "hardware.profile_without_gpu": N_("none in this profile"),
    "hardware.described_without_gpu": N_("settings.toml gives this machine no GPU"),
    "hardware.described_without_driver": N_("settings.toml describes no driver"),
    "hardware.described_without_cpu": N_("settings.toml does not name it"),
    "hardware.described_without_container": N_("settings.toml describes no container"),
    "hardware.machine_size": N_("{size} of memory is not from {least} to {most} GB."),
    "hardware.machine_unnamed": N_("A machine needs a name. {known}"),
    "hardware.machine_misspelt": N_("There is no machine called {name}; did you mean {similar}? {known}"),
    "hardware.machine_unknown": N_("There is no machine called {name}. {known}"),
    "hardware.known_machines": N_(
        "Known: {names}, and a size such as 16gb for a machine like this with that memory."
    ),
}
_BUILDS: Table = {
    "hardware.rocm_build": N_("(where ROCm is installed, -DGGML_HIP=on instead)"),
}
_RECORDINGS: Table = {
    "hardware.recording_folder_full": N_("{folder} is not empty. Name a folder that is not there yet."),
    "hardware.recording_folder_closed": N_("{folder} cannot be written: {error}. Name another folder."),
    "hardware.recording_interrupted": N_("The recording cannot go on: {error}."),
    "hardware.recording_unknown_format": N_(
        "{file}: format {format} is not known; {known} is. Look for a newer llmtui."
    ),
    "hardware.recording_unreadable": N_(
        "{file} cannot be read: {error}. Name a folder that llmtui doctor --record made."
    ),
    "hardware.recording_damaged": N_(
        "{place} is damaged: {problem}. Record it again with llmtui doctor --record."
    ),
    "hardware.recording_time_order": N_("its time is not after the one before"),
    "hardware.recording_sample_count": Plural(
        "it holds {count} look at the machine", "it holds {count} looks at the machine", "count"
    ),
    "hardware.recording_too_large": N_("it is larger than any recording"),
    "hardware.recording_answer": N_("{question}: {problem}"),
    "hardware.recording_question_kind": N_("a question begins with one of {kinds}"),
    "hardware.recording_answer_kind": N_("its answer needs one of {kinds}"),
}

SENTENCES: Table = {
    **_READING,
    **_QUANTITIES,
    **_SOURCES,
    **_PROCESSOR,
    **_MEMORY,
    **_BATTERY,
    **_PROCESSES,
    **_GPUS,
    **_APPLE,
    **_INTEL,
    **_NVIDIA,
    **_WINDOWS,
    **_MACHINES,
    **_OTHER_MACHINES,
    **_BUILDS,
    **_RECORDINGS,
}
