"""Rows of a test whose shares a bandit moved: what was chosen, what it earned, how likely each arm was then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.statistics import Float64

Indices = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ANOTHER = -1  # chosen was something that is no arm of this test
TOLERANCE = 1e-4  # by which propensities of a row, written with few digits, may exceed one


@dataclass(frozen=True, slots=True, eq=False)
class AdaptiveRows:
    """``N`` choices among ``k`` arms in the order in which they were made.

    ``propensities[t, a]`` is the probability, fixed before the choice, that arm a is chosen in row t; NaN where it did
    not stand for choice. With ``complete`` false only those of the chosen arms are told and the others are NaN.
    ``names`` says which arm stands at which place.
    """

    names: tuple[str, ...]
    chosen: Indices  # (N,) into the arms, ANOTHER for none of them
    rewards: Float64  # (N,)
    propensities: Float64  # (N, k)
    complete: bool = True

    def __len__(self) -> int:
        return len(self.rewards)

    def shown(self, arm: int) -> Bools:
        """``(N,)`` whether this arm was chosen."""
        found: Bools = self.chosen == arm
        return found

    def offered(self, arm: int) -> Bools:
        """``(N,)`` whether this arm is known to have stood for choice."""
        found: Bools = np.isfinite(self.propensities[:, arm])
        return found

    def possible(self, arm: int) -> Bools:
        """``(N,)`` whether this arm is known to have had a chance."""
        found: Bools = self.propensities[:, arm] > 0.0
        return found


def refuse_unusable_rows(rows: AdaptiveRows, where: str, *, rates: bool) -> None:
    """Raises TableRejected, naming the first row (from 1) that cannot be used."""
    if not len(rows):
        raise TableRejected("no row offers an arm of this test", where=where, hint="check the arms' names and the rows")
    bad = ~np.isfinite(rows.rewards) & (rows.chosen != ANOTHER)
    _refuse(bad, "has a reward that is no number", where, "give what the choice earned, 0 if nothing")
    if rates:
        bad = (rows.rewards != 0.0) & (rows.rewards != 1.0) & (rows.chosen != ANOTHER)
        _refuse(bad, "has a reward other than 0 and 1", where, 'give 0 or 1, or take the kind "mean"')
    told = rows.propensities
    outside: Bools = np.any((told < 0.0) | (told > 1.0), axis=1)
    _refuse(outside, "has a propensity outside 0 and 1", where, "give the probability with which the arm is chosen")
    test = np.flatnonzero(rows.chosen != ANOTHER)
    bad = np.zeros(len(rows), dtype=np.bool_)
    bad[test] = ~(told[test, rows.chosen[test]] > 0.0)
    _refuse(bad, "chose an arm that had no propensity", where, "log the probability of every choice when it is made")
    if rows.complete:
        bad = np.nansum(told, axis=1) > 1.0 + TOLERANCE
        _refuse(
            bad, "has propensities that add up to more than 1", where, "give probabilities of one and the same choice"
        )


def _refuse(bad: Bools, what: str, where: str, hint: str) -> None:
    count = int(bad.sum())
    if count:
        more = f" ({count - 1:,} more rows like it)" if count > 1 else ""
        _raise(f"row {int(bad.argmax()) + 1:,} {what}{more}", where, hint)


def _raise(what: str, where: str, hint: str) -> NoReturn:
    raise TableRejected(what, where=where, hint=hint)
