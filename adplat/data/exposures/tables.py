"""One question to the lake, answered in steps: open it, ask how old showings are, gather the units, read sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
from duckdb import DuckDBPyConnection

from adplat.data.exposures.duck import Bound, Columns, columns_of, opened
from adplat.data.exposures.question import LATE_MEASURES, ExposureQuestion
from adplat.data.exposures.showings import (
    MINUTE_US,
    Span,
    make_earlier_exposures,
    make_exposures,
    make_outcomes,
)
from adplat.data.exposures.unit_sums import UnitSums, unit_sums
from adplat.data.exposures.units import DAY_US, STATUS, make_assigned, make_before, make_kept
from adplat.data.lake import Lake
from adplat.domain import MissingInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OUTCOMES = ("impressions", "clicks", "conversions")


@dataclass(frozen=True, slots=True)
class Ages:
    """By whole minutes: showings by age ``(t + 1,)``, the same as each arm weighs them ``(k, t + 1)``, and conversions
    by delay ``(t,)``. The last age is that of all showings as old as the window.
    """

    shown: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    conversions: npt.NDArray[np.float64]


@dataclass
class ExposureTables:
    """The gathered showings of one question. Made by ``open_exposures``.

    ``rows`` and ``outcomes`` count what was left out, by reason; ``question`` has the context that the lake has.
    """

    connection: DuckDBPyConnection
    question: ExposureQuestion
    span: Span
    rows: dict[str, int]
    outcomes: dict[str, int]

    @property
    def since(self) -> datetime:
        """The moment from which days are counted: the one asked for, else the first showing's day."""
        return _moment(self.span.first_us)

    @property
    def known_to(self) -> datetime:
        """The moment up to which outcomes are known."""
        return _moment(self.span.known_us)

    @property
    def until(self) -> datetime:
        """Before which showings are taken: the moment asked for, or just after what is known."""
        return _moment(self.span.end_us)

    def ages(self) -> Ages:
        """How old the showings of judged units are, for a corrected question."""
        last = round((self.question.window_s or 0.0) * 1e6) // MINUTE_US
        late = [name in LATE_MEASURES for name in self.question.measures]
        weight = "1.0 / a.mature" if self.question.per is None else "1.0" if all(late) else "m.d" if late[0] else "m.y"
        shown, weights = np.zeros(last + 1), np.zeros((len(self.question.arms), last + 1))
        for arm, age, count, total in self.connection.execute(
            f"SELECT m.arm, age, count(*), fsum({weight}) FROM measured m JOIN assigned a USING (unit) "
            "WHERE a.status = 0 AND m.mature GROUP BY m.arm, age"
        ).fetchall():
            shown[age] += count
            weights[arm, age] = total
        conversions = np.zeros(last)
        for delay, count in self.connection.execute(
            "SELECT delay, count(*) FROM told JOIN exposures USING (decision_id) JOIN assigned a USING (unit) "
            "WHERE a.status = 0 AND told.reason = 0 GROUP BY delay"
        ).fetchall():
            conversions[delay] += count
        return Ages(shown, weights, conversions)

    def gather(self, shares: Sequence[float] | None = None) -> None:
        """Measure every unit; ``shares`` by age in minutes where the question is corrected."""
        make_kept(self.connection, self.question, shares)

    def sums(self, context: str | None = None) -> list[UnitSums]:
        """By arm, and by the value of a context column at a unit's first showing."""
        group = None if context is None else f"c{self.question.context.index(context)}"
        return unit_sums(self.connection, group)

    def values(self, arm: int) -> npt.NDArray[np.float64]:
        """The measure of every unit of an arm, in no order."""
        found = self.connection.execute("SELECT y::DOUBLE AS y FROM kept WHERE arm = ?", [arm]).fetchnumpy()
        return np.asarray(found["y"], dtype=np.float64)

    def units(self) -> npt.NDArray[np.int64]:
        """(k, STATUS) units by the arm they saw first, and by whether they are judged by."""
        counts = np.zeros((len(self.question.arms), len(STATUS)), dtype=np.int64)
        for arm, status, count in self.connection.execute(
            "SELECT arm, status, count(*) FROM assigned GROUP BY arm, status"
        ).fetchall():
            counts[arm, status] = count
        return counts

    def showings(self) -> tuple[int, int]:
        """Showings that are judged by, and those of the same units that are too young."""
        row = self.connection.execute(
            "SELECT coalesce(sum(mature), 0), coalesce(sum(shown - mature), 0) FROM assigned WHERE status IN (0, 4)"
        ).fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def clusters(self, column: str) -> list[tuple[int, int, int]]:
        """Of the values of a context column with several judged units: how many units, how many such values, and how
        many of these have all of them in one arm."""
        place = self.question.context.index(column)
        return self.connection.execute(
            f"SELECT n, count(*), count(*) FILTER (low = high) FROM (SELECT count(*) AS n, min(arm) AS low, "
            f"max(arm) AS high FROM kept WHERE c{place} <> '' GROUP BY c{place}) WHERE n > 1 GROUP BY n ORDER BY n"
        ).fetchall()

    def assigned_by_day(self) -> npt.NDArray[np.int64]:
        """(days, k) units by the arm they saw first, cumulative, at the end of each day on which somebody came."""
        rows = self.connection.execute(
            f"SELECT first_us // {DAY_US} AS day, arm, count(*) FROM assigned GROUP BY day, arm"
        ).fetchall()
        place = {day: number for number, day in enumerate(sorted({row[0] for row in rows}))}
        counts = np.zeros((len(place), len(self.question.arms)), dtype=np.int64)
        for day, arm, count in rows:
            counts[place[day], arm] = count
        return counts.cumsum(axis=0)


@contextmanager
def open_exposures(lake: Lake, question: ExposureQuestion) -> Iterator[ExposureTables]:
    """The showings of ``question``, gathered by unit; call ``gather`` next.

    Raises MissingInput without showings, ConfigRejected for a column or value that the lake cannot have, TableRejected
    on a damaged part.
    """
    where = str(lake.root)
    with opened(lake.root) as connection:
        everything = lake.files("impressions")
        if not everything:
            raise MissingInput("the lake has no impressions", where=where, hint="give a lake, a workspace or a world")
        span = _span(connection, lake, question)
        paths = lake.files("impressions", since=question.since, until=_moment(span.end_us))
        columns = columns_of(connection, everything, "impressions")
        for name in ("decision_id", "ts"):
            columns.sql(name, where)
        if not paths:
            raise MissingInput(
                "nothing was shown in the time asked for", where=where, hint="wait for the first showing or ask earlier"
            )
        wished = tuple(name for name in question.optional_context if name in columns and name not in question.context)
        question = replace(question, context=question.context + wished)
        left = make_exposures(connection, paths, columns, question, span)
        clicks, conversions = (lake.files(table, since=question.since) for table in _OUTCOMES[1:])
        outcomes = make_outcomes(connection, clicks, conversions, question, span)
        make_assigned(connection, question, span)
        if question.covariate_s is not None:
            _gather_before(connection, lake, columns, question, span)
        yield ExposureTables(connection, question, span, left.rows, outcomes)


def _gather_before(
    connection: DuckDBPyConnection, lake: Lake, columns: Columns, question: ExposureQuestion, span: Span
) -> None:
    """What units did before the test; a click that came after its start says nothing of before."""
    since = question.since or _moment(span.first_us)
    first = since - timedelta(seconds=question.covariate_s or 0.0)
    before = Span(_micros(first), span.first_us, span.first_us - 1)
    plain = replace(question, window_s=None, corrected=False)
    paths = [lake.files(table, since=first, until=since) for table in _OUTCOMES]
    make_earlier_exposures(connection, paths[0], columns, plain, before)
    make_outcomes(connection, paths[1], paths[2], plain, before, prefix="before_")
    make_before(connection, plain)


def _span(connection: DuckDBPyConnection, lake: Lake, question: ExposureQuestion) -> Span:
    known = _newest(connection, lake) if question.as_of is None else _micros(question.as_of)
    end = known + 1 if question.until is None else min(_micros(question.until), known + 1)
    first = _oldest(connection, lake) if question.since is None else _micros(question.since)
    return Span(first, end, known)


def _newest(connection: DuckDBPyConnection, lake: Lake) -> int:
    """The latest row of the tables that are read: only the last hour of each has to be looked at."""
    last = []
    for table in _OUTCOMES:
        files = lake.files(table)
        bound = Bound()
        newest = [path for path in files if path.parent == files[-1].parent]
        if newest:
            sql = f"SELECT max(epoch_us(ts)) FROM {bound.files(newest)}"
            last += [row[0] for row in connection.execute(sql, bound.values).fetchall()]
    return int(max(last))


def _oldest(connection: DuckDBPyConnection, lake: Lake) -> int:
    files = lake.files("impressions")
    bound = Bound()
    oldest = bound.files([path for path in files if path.parent == files[0].parent])
    row = connection.execute(f"SELECT min(epoch_us(ts)) FROM {oldest}", bound.values).fetchone()
    return int(row[0]) if row is not None else 0


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
