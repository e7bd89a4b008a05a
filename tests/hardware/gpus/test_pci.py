"""Names of devices in the system's list of the bus."""

from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.recorded import PCI_IDS
from tui.hardware.gpus.pci import parse_pci_ids
from tui.hardware.processor.cpu import parse_cpuinfo
from tui.hardware.system_files import parse_cpu_list
from tui.text import clean_line


def test_names_on_the_bus() -> None:
    lines = PCI_IDS.splitlines()
    assert parse_pci_ids(lines, 0x1002, 0x15BF) == "Phoenix1"
    assert parse_pci_ids(lines, 0x10DE, 0x2786) == "AD104 [GeForce RTX 4070]"
    assert parse_pci_ids(lines, 0x1002, 0x2786) is None


@given(st.text(), st.lists(st.text()))
def test_text_parsers_never_raise(text: str, lines: list[str]) -> None:
    parse_cpuinfo(text)
    parse_pci_ids(lines, 0x1002, 0x744C)
    assert all(0 <= number < 65536 for number in parse_cpu_list(text))
    assert clean_line(text).isprintable()
