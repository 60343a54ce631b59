"""Outcomes on an ordered scale: five stars and one star say more than liked and not liked.

A proportional-odds regression (McCullagh 1980) on levels ``0 .. K - 1``, whose thresholds ``c`` rise::

    P(level <= k) = logistic(c_k - eta)

With two levels it is the logistic regression itself. A click is a level at or above the cut, so
P(click) = logistic(eta - c_cut): who fits the scale learns the click's own log-odds from more than yes and no.
Grades are outcomes: they teach, and no score ever reads one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit, logit

from adplat.ctr.examples import Float32
from adplat.domain import FeatureSchema, MissingInput, TableRejected

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

# Finer scales (seconds, say) are cut at their quantiles: a threshold needs rows to be learned from.
_MOST_LEVELS = 5  # on each side of the cut
_STEPS_TO_START, _STEPS_A_ROUND = 12, 3
_APART = 1e-6  # log-odds between thresholds of a level that no row has
_FURTHEST = 4.0  # log-odds beyond which a working response would be noise


@dataclass(frozen=True)
class Grades:
    """``lowest`` and ``highest`` (N,) level that a row may have, the same where it was graded; clicks start at ``cut``.

    A row without a grade knows only on which side of the cut it lies.
    """

    lowest: Int64
    highest: Int64
    levels: int
    cut: int

    @classmethod
    def of_clicks(cls, clicked: Float32) -> Grades:
        """Two levels: no and yes, (N,) of 0 and 1."""
        level = (clicked > 0).astype(np.int64)
        return cls(level, level, 2, 1)

    @classmethod
    def of(cls, schema: FeatureSchema, rows: pl.DataFrame, clicked: Float32) -> Grades:
        """What the click's ``grade`` column says of rows whose clicks (N,) are known; two levels without one.

        Raises:
            MissingInput, TableRejected: the column is absent, holds no numbers, or contradicts the click.
        """
        outcome = schema.outcome("click")
        if outcome is None or not outcome.grade:
            return cls.of_clicks(clicked)
        grade = _column(rows, outcome.grade)
        given, yes = np.isfinite(grade), clicked > 0
        below, above = grade[given & ~yes], grade[given & yes]
        if len(below) and len(above) and below.max() >= above.min():
            row = int(np.flatnonzero(given & ~yes & (grade >= above.min()))[0])
            raise TableRejected(
                f"column {outcome.grade!r} is {grade[row]:g} in row {row + 1}, which has no {outcome.name}, "
                f"and {above.min():g} in one that has",
                where=f"outcome {outcome.name!r}",
                hint="rows with the outcome need higher grades than rows without; mend them, or leave 'grade' out",
            )
        low, high = _edges(below), _edges(above)
        cut = len(low) + 1
        level = np.where(yes, cut + np.searchsorted(high, grade, side="right"), np.searchsorted(low, grade, "right"))
        levels = cut + len(high) + 1
        lowest = np.where(given, level, np.where(yes, cut, 0))
        return cls(lowest, np.where(given, level, np.where(yes, levels - 1, cut - 1)), levels, cut)

    def take(self, index: Int64) -> Grades:
        """These rows on the same scale."""
        return replace(self, lowest=self.lowest[index], highest=self.highest[index])

    def __len__(self) -> int:
        return len(self.lowest)


class GradedResponse:
    """The working response of a scale, round by round: its thresholds follow the fit."""

    def __init__(self, grades: Grades) -> None:
        self._grades = grades
        self._thresholds: Float64 = logit(np.arange(1, grades.levels) / grades.levels)
        for _ in range(_STEPS_TO_START):
            self._follow(np.zeros(len(grades)))

    def __call__(self, above: Float64) -> tuple[Float64, Float64]:
        """Residual beyond the present fit ``above`` (N,), and weight, of each row.

        One Newton step from the log likelihood of each row's levels: score over observed information.
        """
        eta = np.clip(above, -_FURTHEST, _FURTHEST)
        for _ in range(_STEPS_A_ROUND):
            self._follow(eta)
        low, high = self._bounds(eta)
        weight = low * (1.0 - low) + high * (1.0 - high)
        return (low + high - 1.0) / weight, weight

    def _bounds(self, eta: Float64) -> tuple[Float64, Float64]:
        """P(below the row's levels) and P(not above them), (N,) each."""
        edges = np.r_[-np.inf, self._thresholds, np.inf]
        return expit(edges[self._grades.lowest] - eta), expit(edges[self._grades.highest + 1] - eta)

    def _follow(self, eta: Float64) -> None:
        """One step of the thresholds towards levels as frequent as the rows say, ungraded rows by what is expected."""
        chances = expit(self._thresholds[None, :] - eta[:, None])
        low, high = self._bounds(eta)
        share = np.clip((chances - low[:, None]) / (high - low)[:, None], 0.0, 1.0).mean(0)
        # No level is told to be nothing or all, so that every threshold is finite.
        least = 0.5 / max(len(eta), 1)
        slope = np.maximum((chances * (1.0 - chances)).mean(0), 1e-6)
        step = (np.clip(share, least, 1.0 - least) - chances.mean(0)) / slope
        moved = np.maximum.accumulate(self._thresholds + np.clip(step, -1.0, 1.0))
        self._thresholds = moved + _APART * np.arange(len(moved))


def _column(rows: pl.DataFrame, name: str) -> Float64:
    if name not in rows.columns:
        raise MissingInput(
            f"no column {name!r}", where="the grade of outcome 'click'", hint="give rows with their grades"
        )
    if not rows[name].dtype.is_numeric() and rows[name].dtype != pl.Null:
        raise TableRejected(
            f"column {name!r} holds type {rows[name].dtype} instead of numbers",
            where="the grade of outcome 'click'",
            hint="give ordered levels as numbers, empty where a row was not graded",
        )
    return rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _edges(grades: Float64) -> Float64:
    """Where one side of the cut is parted into levels: its values, or its quantiles where they are many."""
    values = np.unique(grades)
    if len(values) > _MOST_LEVELS:
        values = np.unique(np.quantile(grades, np.arange(_MOST_LEVELS) / _MOST_LEVELS))
    return values[1:]
