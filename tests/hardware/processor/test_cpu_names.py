"""Names of real processors, as their systems give them, and what people call them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.hardware.processor.cpu_names import short_cpu_name
from tui.text import clean_line

NAMES = {
    # Intel, from Core 2 to Core Ultra
    "Intel(R) Core(TM)2 Duo CPU     E8400  @ 3.00GHz": "Core 2 Duo E8400",
    "Intel(R) Core(TM) i7 CPU       M 620  @ 2.67GHz": "Core i7 M 620",
    "Intel(R) Core(TM) i5-2520M CPU @ 2.50GHz": "Core i5-2520M",
    "Intel(R) Core(TM) m3-7Y30 CPU @ 1.00GHz": "Core m3-7Y30",
    "Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz": "Core i5-1035G1",
    "Intel(R) Core(TM) i7-10700KF CPU @ 3.80GHz": "Core i7-10700KF",
    "11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz": "Core i7-1165G7",
    "12th Gen Intel(R) Core(TM) i5-12400F": "Core i5-12400F",
    "13th Gen Intel(R) Core(TM) i7-13700K": "Core i7-13700K",
    "Intel(R) Core(TM) i9-14900HX": "Core i9-14900HX",
    "Intel(R) Core(TM) i3-N305": "Core i3-N305",
    "Intel(R) Core(TM) 7 150U": "Core 7 150U",
    "Intel(R) Core(TM) Ultra 7 155H": "Core Ultra 7 155H",
    "Intel(R) Core(TM) Ultra 9 285K": "Core Ultra 9 285K",
    "Intel(R) Core(TM) Ultra X7 358H": "Core Ultra X7 358H",
    "Intel® Core™ Ultra 5 125U": "Core Ultra 5 125U",
    # Intel's small ones
    "Intel(R) N100": "Intel N100",
    "Intel(R) Celeron(R) N4020 CPU @ 1.10GHz": "Celeron N4020",
    "Intel(R) Pentium(R) Silver N6000 @ 1.10GHz": "Pentium Silver N6000",
    "Intel(R) Pentium(R) CPU G4560 @ 3.50GHz": "Pentium G4560",
    "Intel(R) Atom(TM) x5-Z8350  CPU @ 1.44GHz": "Atom x5-Z8350",
    # Intel's servers
    "Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz": "Xeon E5-2680 v4",
    "Intel(R) Xeon(R) CPU           X5650  @ 2.67GHz": "Xeon X5650",
    "Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz": "Xeon Gold 6248R",
    "Intel(R) Xeon(R) Platinum 8488C": "Xeon Platinum 8488C",
    "INTEL(R) XEON(R) PLATINUM 8592+": "Xeon Platinum 8592+",
    "Intel(R) Xeon(R) w9-3495X": "Xeon w9-3495X",
    "Intel(R) Xeon(R) 6980P": "Xeon 6980P",
    "Intel(R) Xeon(R) CPU @ 2.20GHz": "Xeon",
    "Intel(R) Xeon(R) Processor @ 2.60GHz": "Xeon",
    "Genuine Intel(R) CPU 0000 @ 2.20GHz": "Intel 0000",
    # AMD's PCs and laptops
    "AMD Ryzen 7 8700G w/ Radeon 780M Graphics": "Ryzen 7 8700G",
    "AMD Ryzen 5 3500U with Radeon Vega Mobile Gfx": "Ryzen 5 3500U",
    "AMD Ryzen 9 5950X 16-Core Processor": "Ryzen 9 5950X",
    "AMD Ryzen 7 5800X3D 8-Core Processor": "Ryzen 7 5800X3D",
    "AMD Ryzen 7 PRO 4750U with Radeon Graphics": "Ryzen 7 PRO 4750U",
    "AMD Ryzen AI 9 HX 370 w/ Radeon 890M": "Ryzen AI 9 HX 370",
    "AMD RYZEN AI MAX+ 395 w/ Radeon 8060S": "Ryzen AI Max+ 395",
    "AMD Ryzen Z1 Extreme": "Ryzen Z1 Extreme",
    "AMD Ryzen Embedded V1605B with Radeon Vega Gfx": "Ryzen Embedded V1605B",
    "AMD FX(tm)-8350 Eight-Core Processor            ": "AMD FX-8350",
    "AMD Athlon(tm) II X4 640 Processor": "Athlon II X4 640",
    "AMD Phenom(tm) II X6 1090T Processor": "Phenom II X6 1090T",
    "AMD A8-7410 APU with AMD Radeon R5 Graphics": "AMD A8-7410",
    "AMD Custom APU 0405": "AMD Custom APU 0405",
    # AMD's workstations and servers
    "AMD Ryzen Threadripper 3960X 24-Core Processor": "Ryzen Threadripper 3960X",
    "AMD Ryzen Threadripper PRO 5975WX 32-Cores": "Ryzen Threadripper PRO 5975WX",
    "AMD EPYC 7402P 24-Core Processor": "EPYC 7402P",
    "AMD EPYC 9654 96-Core Processor": "EPYC 9654",
    "AMD EPYC Processor (with IBPB)": "EPYC",
    "AMD EPYC-Rome Processor": "EPYC-Rome",
    "Quad-Core AMD Opteron(tm) Processor 2356": "Opteron 2356",
    "Hygon C86 7185 32-core Processor": "Hygon C86 7185",
    # Apple, Arm, and boards that have no other name
    "Apple M1": "Apple M1",
    "Apple M3 Max": "Apple M3 Max",
    "Snapdragon(R) X Elite - X1E78100 - Qualcomm(R) Oryon(TM) CPU": "Snapdragon X Elite X1E78100",
    "Snapdragon(R) X Plus - X1P64100 - Qualcomm(R) Oryon(TM) CPU": "Snapdragon X Plus X1P64100",
    "Snapdragon(R) X 12-core X1E80100 @ 3.40 GHz": "Snapdragon X X1E80100",
    "Ampere(R) Altra(R) Processor Q80-30 CPU @ 3.0GHz": "Ampere Altra Q80-30",
    "Ampere-1a": "Ampere-1a",
    "AWS Graviton3": "AWS Graviton3",
    "Neoverse-V1": "Neoverse V1",
    "Cortex-A76": "Cortex-A76",
    "Raspberry Pi 5 Model B Rev 1.0": "Raspberry Pi 5 Model B",
    "Raspberry Pi 400 Rev 1.1": "Raspberry Pi 400",
    "NVIDIA Jetson Orin Nano Developer Kit": "NVIDIA Jetson Orin Nano Developer Kit",
    # Virtual ones say no model
    "VirtualApple @ 2.50GHz": "VirtualApple",
    "Common KVM processor": "Common KVM processor",
    "QEMU Virtual CPU version 2.5+": "QEMU Virtual CPU version 2.5+",
}


@pytest.mark.parametrize("name", NAMES)
def test_short_names_of_real_processors(name: str) -> None:
    assert short_cpu_name(name) == NAMES[name]


@pytest.mark.parametrize("name", NAMES)
def test_shortening_a_short_name_changes_nothing(name: str) -> None:
    assert short_cpu_name(short_cpu_name(name)) == short_cpu_name(name)


@given(st.text())
def test_any_text_gives_one_line_and_only_empty_text_gives_none(name: str) -> None:
    short_name = short_cpu_name(name)
    assert "\n" not in short_name
    assert bool(short_name) == bool(clean_line(name))
