"""Strengths of models that were not all compared with one another.

A model that wins ten comparisons with strong models is stronger than another that wins ten with weak ones.
The strengths x solve, for each model i, x_i = s_i + the sum of x_j - x_i over all models j that it was
compared with; s_i are its wins less its losses.

This is the generalized row sum of P. Chebotarev (Mathematical Social Sciences 27, 1994, pages 293 to 320)
with a weight of 1. Turning a loss into a tie or a win raises nobody's strength more than the winner's.
"""

from collections.abc import Sequence

Group = tuple[int, int]
"""Level and steps of a model: two are compared on the same level where they have a step in common."""


def relative_strengths(groups: Sequence[Group], balances: Sequence[int]) -> list[float]:
    """Return the strength of each model.

    Args:
        groups: the level of each model, and the benchmarks that it has as bits.
        balances: its wins less its losses.
    """
    # Models with the same benchmarks are compared with the same others: one equation a group is enough.
    names = sorted(set(groups))
    sizes, totals = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for group, balance in zip(groups, balances, strict=True):
        sizes[group] += 1
        totals[group] += balance
    neighbours = {group: [rival for rival in names if _are_compared(group, rival)] for group in names}
    compared = {group: sum(sizes[rival] for rival in neighbours[group]) for group in names}
    rows = [
        [
            (1.0 + compared[group] if group == rival else 0.0)
            - (sizes[group] if rival in neighbours[group] else 0.0)
            for rival in names
        ]
        for group in names
    ]
    sums = dict(zip(names, _solve(rows, [float(totals[group]) for group in names]), strict=True))
    around = {group: sum(sums[rival] for rival in neighbours[group]) for group in names}
    return [
        (balance + around[group]) / (1 + compared[group])
        for group, balance in zip(groups, balances, strict=True)
    ]


def _are_compared(group: Group, rival: Group) -> bool:
    return group[0] == rival[0] and bool(group[1] & rival[1])


def _solve(rows: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    """Return the solution of linear equations whose diagonal is larger than the rest of its column."""
    table = [[*row, value] for row, value in zip(rows, values, strict=True)]
    for pivot, pivot_row in enumerate(table):
        for row in table[pivot + 1 :]:
            factor = row[pivot] / pivot_row[pivot]
            if factor:
                for column in range(pivot, len(pivot_row)):
                    row[column] -= factor * pivot_row[column]
    solution = [0.0] * len(table)
    for index in range(len(table) - 1, -1, -1):
        row = table[index]
        known_part = sum(row[column] * solution[column] for column in range(index + 1, len(table)))
        solution[index] = (row[-1] - known_part) / row[index]
    return solution
