"""Names of the quantities that are read, as they stand in a reason why one could not be."""

from tui.sentences import reason

GPU_LOAD = reason("hardware.quantity_gpu_load")
GPU_TEMPERATURE = reason("hardware.quantity_gpu_temperature")
GPU_POWER = reason("hardware.quantity_gpu_power")
GPU_POWER_LIMIT = reason("hardware.quantity_gpu_power_limit")
GPU_FREQUENCY = reason("hardware.quantity_gpu_frequency")
VIDEO_MEMORY = reason("hardware.quantity_video_memory")
BORROWED_MEMORY = reason("hardware.quantity_borrowed_memory")
CPU_TEMPERATURE = reason("hardware.quantity_cpu_temperature")
CPU_FREQUENCY = reason("hardware.quantity_cpu_frequency")
CPU_POWER = reason("hardware.quantity_cpu_power")
CPU_POWER_LIMIT = reason("hardware.quantity_cpu_power_limit")
BATTERY_DRAW = reason("hardware.quantity_battery_draw")
MEMORY_PRESSURE = reason("hardware.quantity_memory_pressure")
SWAP = reason("hardware.quantity_swap")
SWAP_IN = reason("hardware.quantity_swap_in")
PROCESS = reason("hardware.quantity_process")
