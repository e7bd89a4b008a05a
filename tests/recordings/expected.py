"""What a person who knows these machines expects to see of them."""

import msgspec

IDLE, BUSY = 1, 5
"""The looks that are stated: at rest, and in the middle of the work."""


class Figures(msgspec.Struct, frozen=True):
    """A machine at one look; None is what cannot be read. Its memory in GiB, that of GPUs in MiB."""

    load: float
    used: float
    celsius: float | None = None
    watts: float | None = None
    battery: float | None = None
    pressure: float | str | None = 0.0
    """Percent, or macOS's word."""
    gpu_load: tuple[float | None, ...] = ()
    gpu_used: tuple[float | None, ...] = ()
    gpu_celsius: tuple[float | None, ...] = ()
    gpu_watts: tuple[float | None, ...] = ()


class Expected(msgspec.Struct, frozen=True):
    """A machine, its pools (kind and GiB), and its figures at rest and at work."""

    cpu: str
    cores: int
    """For the engine."""
    ram: float
    """In GiB."""
    pools: tuple[tuple[str, float], ...]
    idle: Figures
    busy: Figures
    gpus: tuple[tuple[str, float | None, bool], ...] = ()
    """Name, MiB, and whether it shares the RAM."""
    limit: tuple[float, str] | None = None
    """GiB and what sets it; None where it is the RAM."""
    container: str | None = None
    gpu_reason: str | None = None


def _card(
    load: float,
    used: float,
    celsius: float,
    gpu: tuple[float, float, float, float],
    watts: float | None = None,
) -> Figures:
    """A PC with one card: load, MiB, degrees and watts of the card."""
    gpu_load, gpu_used, gpu_celsius, gpu_watts = ((value,) for value in gpu)
    return Figures(load, used, celsius, watts, None, 0.0, gpu_load, gpu_used, gpu_celsius, gpu_watts)


EXPECTED: dict[str, Expected] = {
    "m1-8gb": Expected(
        cpu="Apple M1",
        cores=4,
        ram=8,
        gpus=(("Apple M1", 5461, True),),
        pools=(("unified", 5.33),),
        idle=Figures(9, 4.6, None, None, 5.4, "normal", (4,), (410,), (None,), (None,)),
        busy=Figures(31, 7.3, None, None, 19.2, "warning", (97,), (3174,), (None,), (None,)),
    ),
    "hp-i5-1035g1": Expected(
        cpu="Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz",
        cores=4,
        ram=14.98,
        gpus=(("Intel UHD Graphics", None, True),),
        pools=(("unified", 14.98),),
        idle=Figures(6, 4.9, 47, None, 6.2, 0.0, (None,), (None,), (None,), (None,)),
        busy=Figures(58, 9.8, 80, None, 24.5, 1.4, (None,), (None,), (None,), (None,)),
    ),
    "ryzen-8700g": Expected(
        cpu="AMD Ryzen 7 8700G w/ Radeon 780M Graphics",
        cores=8,
        ram=29.2,
        # The carve-out of 2 GiB and 14.6 GiB that it may borrow are both the system's memory.
        gpus=(("AMD Radeon 780M", 16998, True),),
        pools=(("unified", 31.2),),
        idle=Figures(3, 5.2, 43.25, 11.3, None, 0.0, (2,), (500,), (41,), (9.1,)),
        busy=Figures(18, 10.1, 74.25, 64, None, 0.0, (96,), (5876,), (71,), (61,)),
    ),
    "ryzen-ai-max-128gb": Expected(
        cpu="AMD RYZEN AI MAX+ 395 w/ Radeon 8060S",
        cores=16,
        ram=31,
        gpus=(("AMD Radeon 8060S", 114176, True),),
        pools=(("unified", 127),),
        idle=Figures(2, 4.3, 39.5, 8.9, None, 0.0, (2,), (640,), (37,), (7,)),
        busy=Figures(9, 6.2, 68.5, 103, None, 0.0, (96,), (42294,), (66,), (98,)),
    ),
    "m3-max-64gb": Expected(
        cpu="Apple M3 Max",
        cores=12,
        ram=64,
        gpus=(("Apple M3 Max", 49152, True),),
        pools=(("unified", 48),),
        idle=Figures(4, 17.2, None, None, None, "normal", (2,), (1126,), (None,), (None,)),
        busy=Figures(12, 57.4, None, None, None, "normal", (98,), (42496,), (None,), (None,)),
    ),
    "pc-12gb": Expected(
        cpu="13th Gen Intel(R) Core(TM) i5-13600KF",
        cores=14,
        ram=31.2,
        gpus=(("NVIDIA GeForce RTX 4070", 12282, False),),
        pools=(("vram", 11.99), ("ram", 31.2)),
        idle=_card(3, 6.1, 38, (2, 620, 36, 14.2)),
        busy=_card(9, 7.4, 63, (97, 8460, 60, 186)),
    ),
    "pc-16gb": Expected(
        cpu="13th Gen Intel(R) Core(TM) i7-13700KF",
        cores=16,
        ram=31.8,
        gpus=(("NVIDIA GeForce RTX 4080", 16376, False),),
        pools=(("vram", 15.99), ("ram", 31.8)),
        idle=Figures(4, 9.4, None, None, None, None, (3,), (1210,), (37,), (17.5,)),
        busy=Figures(11, 10.9, None, None, None, None, (98,), (13420,), (59,), (244,)),
    ),
    "pc-24gb": Expected(
        cpu="AMD Ryzen 9 5950X 16-Core Processor",
        cores=16,
        ram=31.3,
        gpus=(("NVIDIA GeForce RTX 4090", 24564, False),),
        pools=(("vram", 23.99), ("ram", 31.3)),
        idle=_card(2, 7.0, 38, (1, 740, 35, 21.8), watts=38),
        busy=_card(6, 8.6, 63, (96, 20980, 59, 318), watts=81),
    ),
    "two-cards": Expected(
        cpu="AMD Ryzen Threadripper 3960X 24-Core Processor",
        cores=24,
        ram=62.7,
        gpus=(("NVIDIA GeForce RTX 3090", 24576, False),) * 2,
        # What one of them does not hold goes to both together.
        pools=(("vram", 24), ("ram", 62.7)),
        idle=Figures(
            *(2, 8.0, 38, None, None, 0.0),
            *((88, None), (21300, None), (66, None), (305, None)),
        ),
        busy=Figures(
            *(5, 9.1, 63, None, None, 0.0),
            *((99, 71), (21300, 9800), (73, 50), (348, 214)),
        ),
    ),
    "intel-arc": Expected(
        cpu="12th Gen Intel(R) Core(TM) i5-12400F",
        cores=6,
        ram=31.2,
        gpus=(("Intel Arc B580", 12216, False),),
        pools=(("vram", 11.93), ("ram", 31.2)),
        idle=Figures(3, 5.8, 38, None, None, 0.0, (None,), (None,), (44,), (22.4,)),
        busy=Figures(14, 7.1, 63, None, None, 0.0, (None,), (None,), (66,), (151,)),
    ),
    "container": Expected(
        cpu="AMD EPYC 7402P 24-Core Processor",
        # 2.5 CPUs keep three threads busy.
        cores=3,
        ram=62.8,
        limit=(8, "cgroup v2 memory.max"),
        container="docker",
        gpu_reason="no GPU was found",
        pools=(("ram", 8),),
        # Of its 2.5 CPUs, whatever the host's 48 do.
        idle=Figures(6, 0.9, 41.5, None, None, 0.0),
        busy=Figures(96, 5.2, 48.5, None, None, 0.6),
    ),
    "wsl": Expected(
        cpu="AMD Ryzen 7 5800X 8-Core Processor",
        cores=8,
        ram=15.57,
        container="WSL",
        gpus=(("NVIDIA GeForce RTX 3060", 12288, False),),
        pools=(("vram", 12), ("ram", 15.57)),
        idle=Figures(2, 1.4, None, None, None, 0.0, (4,), (1090,), (42,), (16.3,)),
        busy=Figures(9, 3.2, None, None, None, 0.0, (93,), (7900,), (62,), (158,)),
    ),
    "driver-fails": Expected(
        cpu="Intel(R) Core(TM) i7-10700KF CPU @ 3.80GHz",
        cores=8,
        ram=31.3,
        gpus=(("NVIDIA GeForce RTX 3080", 10240, False),),
        pools=(("vram", 10), ("ram", 31.3)),
        idle=_card(3, 6.4, 38, (2, 540, 39, 24)),
        busy=Figures(12, 7.9, 63, None, None, 0.0, (None,), (None,), (None,), (None,)),
    ),
    "nothing": Expected(
        cpu="Common KVM processor",
        cores=2,
        ram=3.83,
        gpu_reason="no GPU was found",
        pools=(("ram", 3.83),),
        idle=Figures(4, 0.6, pressure=None),
        busy=Figures(63.5, 1.9, pressure=None),
    ),
}
