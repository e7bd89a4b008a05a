"""Windows's performance counters through a stand-in for pdh.dll."""

import ctypes
from typing import Any

import pytest

from tui.hardware.gpus.windows_counters import CounterQuery


class FakePdh:
    """pdh.dll as far as it is used: by path, a list of (instance, status, value), or a status."""

    def __init__(self, counters: dict[str, Any], collects: int = 0) -> None:
        self.counters = counters
        self.collects = collects
        self._paths: list[str] = []
        self._buffers: list[Any] = []

    def PdhOpenQueryW(self, source: None, data: None, query: Any) -> int:
        query._obj.value = 1
        return 0

    def PdhAddEnglishCounterW(self, query: Any, path: str, data: None, counter: Any) -> int:
        if path not in self.counters:
            return -1073738824
        self._paths.append(path)
        counter._obj.value = len(self._paths)
        return 0

    def PdhCollectQueryData(self, query: Any) -> int:
        return self.collects

    def PdhGetFormattedCounterArrayW(self, counter: Any, form: int, size: Any, count: Any, items: Any) -> int:
        from tui.hardware.gpus.windows_counters import _Item  # pyright: ignore[reportPrivateUsage]

        rows = self.counters[self._paths[counter.value - 1]]
        if isinstance(rows, int):
            return rows
        if items is None:
            size._obj.value = ctypes.sizeof(_Item) * len(rows)
            return 0x800007D2 - (1 << 32)
        array = (_Item * len(rows)).from_buffer(items)
        for place, (name, status, number) in zip(array, rows, strict=True):
            place.name, place.value.status, place.value.number = name, status, number
        # In the real library the names lie in the same buffer.
        self._buffers.append(array)
        count._obj.value = len(rows)
        return 0


ENGINE, DEDICATED = r"\GPU Engine(*)\Utilization Percentage", r"\GPU Adapter Memory(*)\Dedicated Usage"


class TestCounterQuery:
    def test_valid_counter_values_are_read(self) -> None:
        pdh = FakePdh(
            {ENGINE: [("a", 0, 1.5), ("b", 0xC0000BBA, 9.0), ("c", 1, 2.0)], DEDICATED: [("d", 0, 7.0)]}
        )
        assert CounterQuery(pdh).read() == {"engine": [["a", 1.5], ["c", 2.0]], "dedicated": [["d", 7.0]]}

    def test_load_needs_a_second_sample(self) -> None:
        pdh = FakePdh({ENGINE: 0xC0000BC6 - (1 << 32), DEDICATED: [("d", 0, 7.0)]})
        assert CounterQuery(pdh).read()["engine"] == []

    def test_missing_counters_are_an_error(self) -> None:
        with pytest.raises(OSError, match="No data available"):
            CounterQuery(FakePdh({}))

    def test_failed_collection_is_an_error(self) -> None:
        with pytest.raises(OSError, match="0x800007d5"):
            CounterQuery(FakePdh({DEDICATED: []}, collects=0x800007D5 - (1 << 32))).read()
