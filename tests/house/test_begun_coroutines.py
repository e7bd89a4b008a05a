from tests.house.begun_coroutines import check_begun_coroutines
from tests.house.samples import program, texts


def test_a_coroutine_that_is_begun_before_its_worker_is_reported():
    source = (
        "self.run_worker(self.read())\n"
        "self.run_worker(self.read)\n"
        "node.run_worker(self.read(1), group='a')\n"
        "self.run_worker(partial(self.read, 1))\n"
        "self.run_worker(functools.partial(self.read, 1))\n"
        "self.run_workers(self.read())\n"
    )
    result = check_begun_coroutines(program({"tui/ui/pane.py": source}))
    assert texts(result) == ["self.read()", "self.read(1)"]
    assert [finding.line for finding in result.findings] == [1, 3]
