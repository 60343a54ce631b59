"""The columns of a regression over past rows: size, numbers and categories, each group with a strength of its own.

Size enters as a broken line over log impressions, since small rows and large ones are not of the same kind; categories
as one column a value. A value that was rare or never seen has no column: it is then an average one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.past_rows import PastRows

KNOT_SHARES = (0.25, 0.5, 0.75)
MOST_VALUES = 300
FEWEST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Design:
    """How rows become columns.

    Args:
        knots: log impressions where the line over size may bend; the first is its centre.
        values: by feature, the values that have a column.
        scales: by feature, mean and deviation of a number.
    """

    knots: tuple[float, ...]
    values: dict[str, tuple[str, ...]]
    scales: dict[str, tuple[float, float]]

    def columns(self, rows: PastRows) -> Floats:
        """``rows x columns``, without the constant."""
        size = np.log(np.maximum(rows.impressions, 1.0))
        parts = [size - self.knots[0], *(np.maximum(size - knot, 0.0) for knot in self.knots[1:])]
        for name, (mean, deviation) in self.scales.items():
            told = (rows.numbers[name] - mean) / deviation
            parts.append(np.where(np.isfinite(told), told, 0.0))
        blocks = [np.stack(parts, axis=1)]
        for name, known in self.values.items():
            place = {value: number for number, value in enumerate(known)}
            block = np.zeros((len(rows), len(known)))
            for row, value in enumerate(rows.categories[name]):
                at = place.get(_key(value))
                if at is not None:
                    block[row, at] = 1.0
            blocks.append(block)
        return np.concatenate(blocks, axis=1)

    def groups(self) -> Whole:
        """For every column, the group whose effects are alike in strength: 0 size, 1 numbers, 2… one a feature."""
        told = [0] * len(self.knots) + [1] * len(self.scales)
        for number, known in enumerate(self.values.values(), start=2):
            told += [number] * len(known)
        return np.array(told, dtype=np.int64)


def design_of(rows: PastRows) -> Design:
    """The columns that these rows can teach something about."""
    size = np.log(np.maximum(rows.impressions, 1.0))
    bends = sorted({float(at) for at in np.quantile(size, KNOT_SHARES)})
    scales = {}
    for name, told in rows.numbers.items():
        finite = told[np.isfinite(told)]
        deviation = float(finite.std()) if len(finite) else 0.0
        if deviation > 0.0:
            scales[name] = (float(finite.mean()), deviation)
    return Design(
        knots=(float(size.mean()), *bends),
        values={name: _frequent(told) for name, told in rows.categories.items()},
        scales=scales,
    )


def _frequent(told: Sequence[str | None]) -> tuple[str, ...]:
    counts = Counter(_key(value) for value in told)
    kept = [value for value, count in counts.most_common(MOST_VALUES) if count >= FEWEST_ROWS]
    return tuple(sorted(kept)) if len(kept) > 1 else ()


def _key(value: str | None) -> str:
    """Not told is a value of its own; no value that was told begins so."""
    return "\x00" if value is None else value
