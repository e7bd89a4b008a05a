"""Instruction sets in the system information of the library."""

from tui.engine import llama
from tui.engine.instructions import instructions_in

XEON = (
    "CPU : SSE3 = 1 | SSSE3 = 1 | AVX = 1 | AVX2 = 1 | F16C = 1 | FMA = 1 | BMI2 = 1 | AVX512 = 1 | "
    "LLAMAFILE = 1 | OPENMP = 1 | REPACK = 1 | "
)
MAC = (
    "MTL : EMBED_LIBRARY = 1 | CPU : NEON = 1 | ARM_FMA = 1 | DOTPROD = 1 | SVE_CNT = 16 | ACCELERATE = 1 | "
)


def test_instructions_of_the_processor_part_are_listed_without_libraries_and_sizes() -> None:
    assert instructions_in(XEON) == ("SSE3", "SSSE3", "AVX", "AVX2", "F16C", "FMA", "BMI2", "AVX512")
    assert instructions_in(MAC) == ("NEON", "ARM_FMA", "DOTPROD")


def test_graphics_card_after_the_processor_adds_nothing() -> None:
    assert instructions_in(f"{XEON}CUDA : ARCHS = 890 | USE_GRAPHS = 1 | ") == instructions_in(XEON)


def test_instructions_that_are_switched_off_are_left_out() -> None:
    assert instructions_in("CPU : AVX = 1 | AVX2 = 0 | ") == ("AVX",)


def test_no_list_gives_no_instructions() -> None:
    assert instructions_in("") == ()
    assert instructions_in("BLAS : X = 1 | ") == ()


def test_installed_engine_lists_its_instructions() -> None:
    assert set(llama.instructions()) & {"AVX", "NEON", "SSE3", "RISCV_V", "VSX", "VXE"}
