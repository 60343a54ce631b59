"""Rows of the lake to counted showings: what is left out and why, and what came of each showing.

Tables made here, ``PREFIX`` being empty or ``before_``::

    PREFIXexposures    decision_id unit us arm price c0 c1 …         one row a decision, us in microseconds of UTC
    PREFIXclicked      decision_id raw clicks                        raw: as they came; clicks: 0 or 1
    PREFIXconverted    decision_id conversions value_micros
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from duckdb import DuckDBPyConnection

from adplat.data.exposures.duck import Bound, Columns
from adplat.data.exposures.question import ExposureQuestion
from adplat.domain import ConfigRejected

EXPERIMENTS = "experiments"
MINUTE_US = 60_000_000
NO_PRICE = "NULL::BIGINT"


@dataclass(frozen=True, slots=True)
class Span:
    """Showings from ``first_us`` to before ``end_us``; outcomes up to and with ``known_us``."""

    first_us: int
    end_us: int
    known_us: int


@dataclass(slots=True)
class LeftOut:
    """Counts by reason: rows of the lake, clicks and conversions."""

    rows: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)


def make_exposures(
    connection: DuckDBPyConnection,
    paths: Sequence[Path],
    columns: Columns,
    question: ExposureQuestion,
    span: Span,
) -> LeftOut:
    """The table ``exposures``, and what was left out of it; a row is counted for the first reason that holds."""
    bound = Bound()
    arm = arm_sql(question, columns, bound)
    unit = f"CAST({columns.plain(question.unit, 'unit')} AS VARCHAR)"
    price = _price(question, columns)
    reasons = {
        "marked_invalid": _marked(question, columns, bound),
        "without_unit": f"coalesce({unit}, '') = ''",
        "of_other_arms": f"{arm} IS NULL",
        "without_price": "false" if price == NO_PRICE else f"{price} IS NULL",
    }
    cases = " ".join(f"WHEN {reason} THEN {number}" for number, reason in enumerate(reasons.values(), start=1))
    context = "".join(
        f", CAST({columns.plain(name, 'context')} AS VARCHAR) AS c{number}"
        for number, name in enumerate(question.context)
    )
    source = _shown(paths, columns, question, span, bound)
    reason = f"CASE {cases} ELSE 0 END"
    counted = dict(
        connection.execute(
            f"SELECT {reason} AS reason, count(*) FROM {source} GROUP BY reason", bound.values
        ).fetchall()
    )
    left = LeftOut({name: counted.get(number, 0) for number, name in enumerate(reasons, start=1)})
    connection.execute(
        f"CREATE TEMP TABLE exposures AS SELECT decision_id, {unit} AS unit, epoch_us(ts) AS us, "
        f"CAST({arm} AS UTINYINT) AS arm, {price} AS price{context} FROM {source} AND {reason} = 0",
        bound.values,
    )
    left.rows["repeated"] = _once_a_decision(connection, "exposures")
    return left


def make_earlier_exposures(
    connection: DuckDBPyConnection, paths: Sequence[Path], columns: Columns, question: ExposureQuestion, span: Span
) -> None:
    """The table ``before_exposures``: what the assigned units were shown in the days before, whatever it was."""
    if not paths:
        connection.execute(
            "CREATE TEMP TABLE before_exposures AS SELECT decision_id, unit, us, price FROM exposures WHERE false"
        )
        return
    bound = Bound()
    unit = f"CAST({columns.plain(question.unit, 'unit')} AS VARCHAR)"
    price = _price(question, columns)
    marked = _marked(question, columns, bound)
    connection.execute(
        f"CREATE TEMP TABLE before_exposures AS SELECT decision_id, {unit} AS unit, epoch_us(ts) AS us, "
        f"{price} AS price FROM {bound.files(paths)} "
        f"WHERE epoch_us(ts) >= {bound(span.first_us)} AND epoch_us(ts) < {bound(span.end_us)} "
        f"AND {unit} IN (SELECT unit FROM assigned) AND NOT {marked}",
        bound.values,
    )
    _once_a_decision(connection, "before_exposures")


def make_outcomes(
    connection: DuckDBPyConnection,
    clicks: Sequence[Path],
    conversions: Sequence[Path],
    question: ExposureQuestion,
    span: Span,
    *,
    prefix: str = "",
) -> dict[str, int]:
    """The tables of outcomes beside ``PREFIXexposures``; what was left out of them, by reason."""
    window_us = None if question.window_s is None else round(question.window_s * 1e6)
    left = _make_clicked(connection, clicks, question, span, window_us, prefix)
    return left | _make_converted(connection, conversions, question, span, window_us, prefix)


def arm_sql(question: ExposureQuestion, columns: Columns, bound: Bound) -> str:
    """The number of the arm that a row belongs to, the control 0; null for none."""
    if question.experiment is None:
        name = question.arm_column or ""
        values = [value for arm in question.arms for value in arm]
        column = columns.matched(name, values, "arms")
        tests = [bound.among(column, arm) for arm in question.arms]
    else:
        if EXPERIMENTS not in columns:
            raise ConfigRejected(
                f"impressions have no column {EXPERIMENTS!r}",
                where="experiment",
                hint="leave experiment out and name a column of arms, such as creative_id",
            )
        column = columns.sql(EXPERIMENTS, "experiment")
        tests = [
            "(" + " OR ".join(_took_part(column, f"{question.experiment}:{value}", bound) for value in arm) + ")"
            for arm in question.arms
        ]
    return "CASE " + " ".join(f"WHEN {test} THEN {number}" for number, test in enumerate(tests)) + " END"


def _took_part(column: str, entry: str, bound: Bound) -> str:
    return f"coalesce(list_contains({column}, {bound(entry)}), false)"


def _shown(paths: Sequence[Path], columns: Columns, question: ExposureQuestion, span: Span, bound: Bound) -> str:
    """The rows of the time asked for that pass the filters."""
    conditions = [f"epoch_us(ts) >= {bound(span.first_us)}", f"epoch_us(ts) < {bound(span.end_us)}"]
    conditions += [
        bound.among(columns.matched(name, values, "filters"), values) for name, values in question.filters.items()
    ]
    return f"{bound.files(paths)} WHERE {' AND '.join(conditions)}"


def _price(question: ExposureQuestion, columns: Columns) -> str:
    return columns.plain("price_micros", "measure") if "spend_micros" in question.measures else NO_PRICE


def _marked(question: ExposureQuestion, columns: Columns, bound: Bound) -> str:
    marks = [
        bound.among(columns.matched(name, values, "invalid_traffic: marked"), values)
        for name, values in question.rules.marked.items()
    ]
    return f"({' OR '.join(marks)})" if marks else "false"


def _once_a_decision(connection: DuckDBPyConnection, table: str) -> int:
    """Keep the first showing of each decision; returns how many went."""
    # Equal hashes only make the exact look necessary, so that the usual lake is spared it.
    (suspect,) = _row(connection, f"SELECT count(*) - count(DISTINCT hash(decision_id)) FROM {table}")
    if not suspect:
        return 0
    first = f"SELECT arg_min(rowid, us::HUGEINT * {2**40} + rowid) FROM {table} GROUP BY decision_id"
    (before,) = _row(connection, f"SELECT count(*) FROM {table}")
    connection.execute(f"DELETE FROM {table} WHERE rowid NOT IN ({first})")
    (after,) = _row(connection, f"SELECT count(*) FROM {table}")
    return int(before - after)


def _make_clicked(
    connection: DuckDBPyConnection,
    paths: Sequence[Path],
    question: ExposureQuestion,
    span: Span,
    window_us: int | None,
    prefix: str,
) -> dict[str, int]:
    bound = Bound()
    delay = question.rules.least_click_delay_ms
    early = "false" if delay is None else f"c.us - e.us < {bound(round(delay * 1000.0))}"
    late = "false" if window_us is None else f"c.us - e.us >= {bound(window_us)}"
    source = f"SELECT decision_id, epoch_us(ts) AS us FROM {bound.files(paths)}" if paths else _NO_OUTCOMES
    connection.execute(
        f"CREATE TEMP TABLE {prefix}clicked AS SELECT decision_id, count(*) AS raw, "
        f"count(*) FILTER ({early}) AS early, count(*) FILTER (NOT ({early}) AND {late}) AS late, "
        f"count(*) FILTER (NOT ({early}) AND NOT ({late})) AS counted, least(counted, 1) AS clicks "
        f"FROM ({source}) c JOIN {prefix}exposures e USING (decision_id) "
        f"WHERE c.us <= {bound(span.known_us)} GROUP BY decision_id",
        bound.values,
    )
    found = _row(
        connection,
        f"SELECT coalesce(sum(early), 0), coalesce(sum(late), 0), coalesce(sum(counted - clicks), 0) "
        f"FROM {prefix}clicked",
    )
    names = ("clicks_too_early", "clicks_after_the_window", "clicks_repeated")
    return {name: int(count) for name, count in zip(names, found, strict=True)}


def _make_converted(
    connection: DuckDBPyConnection,
    paths: Sequence[Path],
    question: ExposureQuestion,
    span: Span,
    window_us: int | None,
    prefix: str,
) -> dict[str, int]:
    """Also ``PREFIXtold``: one row a conversion, its delay in whole minutes and why it does not count, 0 if it does."""
    bound = Bound()
    kind = "" if question.conversion_kind is None else f"AND kind = {bound(question.conversion_kind)}"
    # A value that is bound and not used is an error: no files, no binding of their names.
    wanted = "SELECT decision_id, epoch_us(ts) AS us, value_micros, kind FROM"
    source = f"{wanted} {bound.files(paths)}" if paths else _NO_OUTCOMES
    known = bound(span.known_us)
    late = "false" if window_us is None else f"v.us - e.us >= {bound(window_us)}"
    # A showing is observed for whole minutes, so that its share of conversions is one of few numbers.
    ahead = f"v.us - e.us >= ({known} - e.us) // {MINUTE_US} * {MINUTE_US}" if question.corrected else "false"
    unpriced = "v.value_micros IS NULL" if "value_micros" in question.measures else "false"
    connection.execute(
        f"CREATE TEMP TABLE {prefix}told AS SELECT v.*, greatest(v.us - e.us, 0) // {MINUTE_US} AS delay, "
        f"CAST(CASE WHEN {late} THEN 1 WHEN {unpriced} THEN 2 WHEN {ahead} THEN 3 ELSE 0 END AS TINYINT) AS reason "
        f"FROM (SELECT decision_id, us, value_micros, kind, count(*) AS told FROM ({source}) GROUP BY ALL) v "
        f"JOIN {prefix}exposures e USING (decision_id) WHERE v.us <= {known} {kind}",
        bound.values,
    )
    connection.execute(
        f"CREATE TEMP TABLE {prefix}converted AS SELECT decision_id, count(*) AS conversions, "
        f"coalesce(sum(value_micros), 0) AS value_micros FROM {prefix}told WHERE reason = 0 GROUP BY decision_id"
    )
    found = _row(
        connection,
        f"SELECT coalesce(sum(told - 1), 0), count(*) FILTER (reason = 1), count(*) FILTER (reason = 2) "
        f"FROM {prefix}told",
    )
    names = ("conversions_repeated", "conversions_after_the_window", "conversions_without_value")
    return {name: int(count) for name, count in zip(names, found, strict=True)}


def _row(connection: DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = connection.execute(sql).fetchone()
    return row or ()


_NO_OUTCOMES = (
    "SELECT NULL::VARCHAR AS decision_id, NULL::BIGINT AS us, NULL::BIGINT AS value_micros, NULL::VARCHAR AS kind "
    "WHERE false"
)
