"""A bounded sample of the opportunities of a log, and complete counts of them all by hour and cell.

People are kept or left by a hash, each with all of their opportunities: how often and by how many distinct people an
ad could be seen is then true of the sample as it is of the log. With a share ``rate`` kept, ``U`` kept people stand for
``U / rate``, with a relative standard error of ``sqrt((1 - rate) / U)`` (a binomial count; Cochran 1977, ch. 3).
How many opportunities there were needs no such estimate: every one is counted, by hour and cell. A cell is a value of
each of ``CELL_COLUMNS``; rare ones are pooled over the last of these columns, what is still rare over the last two, and
so on, so that the table stays small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected, Targeting
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.eligible_rows import Bool, hours_met, wishes_of

Int32 = npt.NDArray[np.int32]
NOT_TOLD = -1
POOLED = -2
"""In a cell: any value, since cells like it were too rare to stand alone."""
CELL_COLUMNS = ("placement", "device", "country", "region", "language", "os")
TEXT_COLUMNS = (*CELL_COLUMNS, "site", "auction")
ROW_COLUMNS = ("at_s", "user", "position", "hour", "weekday", "floor_micros", "cell")
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class TextCodes:
    """``codes`` (N,): the place of each row's text in ``values``, which are sorted; ``NOT_TOLD`` for none."""

    values: tuple[str, ...]
    codes: Int32


@dataclass(frozen=True, slots=True)
class ListCodes:
    """Row ``r`` has the values at ``codes[starts[r]:starts[r + 1]]``; ``starts`` is (N + 1,)."""

    values: tuple[str, ...]
    starts: Whole
    codes: Int32


@dataclass(frozen=True, slots=True)
class HourlyCells:
    """All opportunities: ``counts[h, c]`` (H, C) of hour ``first_hour + h`` (UTC hours since 1970) in cell ``c``.

    ``columns`` (C,) hold codes into the sample's texts of that name, ``NOT_TOLD`` or ``POOLED``.
    """

    first_hour: int
    columns: Mapping[str, Int32]
    counts: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class OpportunitySample:
    """Sampled opportunities in order of time; N rows. Each stands for ``1 / rate`` of them.

    Args:
        at_s: (N,) seconds of UTC since 1970, never falling.
        user: (N,) the same number for the same person, ``NOT_TOLD`` where nobody is known.
        texts: by ``TEXT_COLUMNS``.
        segments: what is known of the person.
        position: (N,) place on the page, ``NOT_TOLD``.
        hour: (N,) as the log tells it: of the moment where the person is; ``NOT_TOLD``.
        weekday: (N,) 0 is Monday, as ``hour``.
        floor_micros: (N,) ``NOT_TOLD`` for none.
        cell: (N,) the row's cell in ``cells``.
        cells: all opportunities.
        rate: the share kept.
        source: the lake's table: ``requests``; or ``bids``, where people, region and language are known of those
            opportunities alone that we won.
        users: distinct people with an opportunity, ``None`` where the source cannot tell.
        currency: of the floors; empty where not told.
    """

    at_s: Floats
    user: Whole
    texts: Mapping[str, TextCodes]
    segments: ListCodes
    position: Whole
    hour: Whole
    weekday: Whole
    floor_micros: Whole
    cell: Int32
    cells: HourlyCells
    rate: float
    source: str
    users: float | None
    data_from: datetime
    data_to: datetime
    currency: str

    def __len__(self) -> int:
        return len(self.at_s)

    @property
    def opportunities(self) -> float:
        """All of the log, those not sampled included."""
        return float(self.cells.counts.sum(dtype=np.float64))

    def texts_of(self, column: str) -> list[str]:
        """(N,) the texts of a column; empty where not told."""
        values = [*self.texts[column].values, ""]
        return [values[code] for code in self.texts[column].codes.tolist()]

    def until(self, moment: datetime) -> OpportunitySample:
        """What could be known at ``moment`` (aware): whole hours before it. Raises TableRejected when there are none.

        Texts keep their codes; ``users`` is then estimated from the kept people.
        """
        hours = int(moment.timestamp() // HOUR_S) - self.cells.first_hour
        if hours >= len(self.cells.counts):
            return self
        rows = int(np.searchsorted(self.at_s, (self.cells.first_hour + hours) * HOUR_S))
        if hours < 1 or rows < 1:
            raise TableRejected(
                f"nothing is logged before {moment.isoformat()}", where="sample", hint="sample more days of the log"
            )
        kept = np.unique(self.user[:rows])
        starts = self.segments.starts[: rows + 1]
        return replace(
            self,
            **{name: getattr(self, name)[:rows] for name in ROW_COLUMNS},
            texts={name: replace(column, codes=column.codes[:rows]) for name, column in self.texts.items()},
            segments=replace(self.segments, starts=starts, codes=self.segments.codes[: starts[-1]]),
            cells=replace(self.cells, counts=self.cells.counts[:hours]),
            users=None if self.users is None else float(np.count_nonzero(kept >= 0)) / self.rate,
            data_to=datetime.fromtimestamp(self.at_s[rows - 1], UTC),
        )

    def mask(self, targeting: Targeting, time_zone: str) -> Bool:
        """(N,) where a campaign of this targeting may stand, as :class:`adplat.market.EligibilityIndex` has it.

        ``hours_of_week`` are those of ``time_zone``. What the log does not tell (content) breaks no exclusion.
        """
        met = hours_met(self.at_s, targeting, time_zone)
        for wish in wishes_of(targeting):
            if wish.column == "segments":
                met &= self._with_segment(wish.flags(self.segments.values)[:-1])
            else:
                column = self.texts[wish.column]
                met &= wish.flags(column.values)[column.codes]  # NOT_TOLD is -1: the last flag
        return met

    def cells_met(self, targeting: Targeting) -> Floats:
        """(C,) 1 where all of a cell is eligible, 0 where nothing is, NaN where its rows have to say; hours apart."""
        met = np.ones(self.cells.counts.shape[1], dtype=np.bool_)
        is_open = np.zeros(len(met), dtype=np.bool_)
        for wish in wishes_of(targeting):
            codes = self.cells.columns.get(wish.column)
            if codes is None:
                is_open[:] = True
                continue
            met &= wish.flags(self.texts[wish.column].values)[codes] | (codes == POOLED)
            is_open |= codes == POOLED
        return np.where(met, np.where(is_open, np.nan, 1.0), 0.0)

    def _with_segment(self, wanted: Bool) -> Bool:
        hits = np.zeros(len(self.segments.codes) + 1, dtype=np.int64)
        hits[1:] = np.cumsum(wanted[self.segments.codes])
        found: Bool = hits[self.segments.starts[1:]] > hits[self.segments.starts[:-1]]
        return found
