"""Results of tasks that were measured on this machine, which come before anything published."""

import msgspec

from tui.models.model import Use

TIE_SHARE = 0.1
"""Share of the tasks that two results of the same set may differ by and still tie."""


class MeasuredHere(msgspec.Struct, frozen=True):
    """Result of one model at one quantization in a set of tasks, measured on this machine."""

    model: str
    """Name and quantization, as `Model.label` has them."""
    task: Use
    task_set: str
    """Name of the set: only results of the same set are compared."""
    passed: int
    total: int
    """Tasks, each try counted; more than 0."""
    date: str
    """Day of the measurement in ISO form."""

    @property
    def share(self) -> float:
        """Share that passed, 0 to 1."""
        return self.passed / self.total if self.total else 0.0
