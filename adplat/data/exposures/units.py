"""Showings to units: the arm that each saw first, whether it is judged by, and its measure.

Tables made here::

    assigned    unit arm first_us rid shown raw_clicks mature status     one row a unit; status a number of ``STATUS``
    kept        unit arm y d x e c0 c1 …                             units that are judged by, status 0
"""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from adplat.data.exposures.duck import Bound
from adplat.data.exposures.question import LATE_MEASURES, ExposureQuestion
from adplat.data.exposures.showings import MINUTE_US, Span

STATUS = ("kept", "impossible_click_rate", "too_many_impressions_in_a_day", "in_several_arms", "immature")
DAY_US = 86_400_000_000
_SHIFT = 2**40  # a moment and a row in one number: the first showing is the least, and ties fall alike every time

_OF_A_SHOWING = {
    "impressions": "1",
    "clicks": "coalesce(clicks, 0)",
    "conversions": "coalesce(conversions, 0)",
    "value_micros": "coalesce(value_micros, 0)",
    "spend_micros": "price",
}


def make_assigned(connection: DuckDBPyConnection, question: ExposureQuestion, span: Span) -> None:
    """The tables ``measured`` (a row a showing, with its age in whole minutes if that matters) and ``assigned``."""
    bound = Bound()
    age, mature = "NULL::BIGINT", "true"
    if question.window_s is not None:
        seen_us = f"({bound(span.known_us)} - e.us)"
        window = bound(round(question.window_s * 1e6))
        age = f"least({seen_us}, {window}) // {MINUTE_US}"
        mature = f"{seen_us} >= {MINUTE_US}" if question.corrected else f"{seen_us} >= {window}"
    values = ", ".join(f"{_OF_A_SHOWING[name]} AS {slot}" for name, slot in _slots(question))
    connection.execute(
        f"CREATE TEMP TABLE measured AS SELECT e.rowid AS rid, e.unit, e.us, e.arm, {age} AS age, {mature} AS mature, "
        f"coalesce(raw, 0) AS raw, {values} FROM exposures e LEFT JOIN clicked USING (decision_id) "
        "LEFT JOIN converted USING (decision_id)",
        bound.values,
    )
    connection.execute(
        f"CREATE TEMP TABLE gathered AS SELECT unit, min(us::HUGEINT * {_SHIFT} + rid) AS first, min(arm) AS low, "
        "max(arm) AS high, count(*) AS shown, sum(raw) AS raw_clicks, count(*) FILTER (mature) AS mature "
        "FROM measured GROUP BY unit"
    )
    bound = Bound()
    connection.execute(
        f"CREATE TEMP TABLE assigned AS SELECT g.unit, e.arm, e.us AS first_us, e.rowid AS rid, shown, raw_clicks, "
        f"mature, CAST(CASE WHEN {_impossible(question, bound)} THEN 1 WHEN {_too_many(question, bound)} THEN 2 "
        f"WHEN low <> high THEN 3 WHEN mature = 0 THEN 4 ELSE 0 END AS TINYINT) AS status "
        f"FROM gathered g JOIN exposures e ON e.rowid = CAST(g.first % {_SHIFT} AS BIGINT)",
        bound.values,
    )


def make_kept(connection: DuckDBPyConnection, question: ExposureQuestion, shares: Sequence[float] | None) -> None:
    """The table ``kept``. ``shares`` (corrected questions only): by age in minutes, the conversions come by then."""
    weighted = shares is not None
    source = "measured m"
    if shares is not None:
        bound = Bound()
        connection.execute(
            f"CREATE TEMP TABLE shares AS SELECT unnest(range({bound(len(shares))})) AS age, "
            f"unnest({bound(list(shares))}::DOUBLE[]) AS share",
            bound.values,
        )
        source += " JOIN shares USING (age)"
    top = _total(question.measure, "y", weighted)
    below = "NULL"
    if question.per is not None:
        below = _total(question.per, "d", weighted)
    elif weighted:
        below = "avg(share)"  # of its conversions, so many had the time to come
    if question.at_least_once:
        top = f"CAST({top} > 0 AS BIGINT)"
    context = "".join(f", e.c{number}" for number in range(len(question.context)))
    before = " LEFT JOIN before b ON b.unit = a.unit" if question.covariate_s is not None else ""
    earlier = "coalesce(b.x, 0) AS x, coalesce(b.e, 0) AS e" if before else "NULL AS x, NULL AS e"
    beside = " JOIN exposures e ON e.rowid = a.rid" if context else ""
    connection.execute(
        f"CREATE TEMP TABLE kept AS SELECT a.unit, a.arm, v.y, v.d, {earlier}{context} FROM assigned a "
        f"JOIN (SELECT unit, {top} AS y, {below} AS d FROM {source} WHERE mature GROUP BY unit) v ON v.unit = a.unit"
        f"{beside}{before} WHERE a.status = 0"
    )


def make_before(connection: DuckDBPyConnection, question: ExposureQuestion) -> None:
    """The table ``before``: the measure of the days before by unit, x and, of a ratio, its denominator e."""
    values = ", ".join(
        f"sum({_OF_A_SHOWING[name]}) AS {'x' if slot == 'y' else 'e'}" for name, slot in _slots(question)
    )
    connection.execute(
        f"CREATE TEMP TABLE before AS SELECT unit, {values}{'' if question.per is not None else ', NULL AS e'} "
        "FROM before_exposures e LEFT JOIN before_clicked USING (decision_id) "
        "LEFT JOIN before_converted USING (decision_id) GROUP BY unit"
    )


def _slots(question: ExposureQuestion) -> list[tuple[str, str]]:
    return list(zip(question.measures, ("y", "d"), strict=False))


def _total(measure: str, slot: str, weighted: bool) -> str:
    """What may still come is taken as it came; what came at once counts by the share that had the time to follow."""
    if weighted and measure not in LATE_MEASURES:
        return f"fsum({slot} * share)"
    return f"sum({slot})"


def _impossible(question: ExposureQuestion, bound: Bound) -> str:
    rate, least = question.rules.most_click_rate, question.rules.from_clicks
    return "false" if rate is None else f"raw_clicks >= {bound(least)} AND raw_clicks > {bound(rate)} * shown"


def _too_many(question: ExposureQuestion, bound: Bound) -> str:
    most = question.rules.most_impressions_a_day
    if most is None:
        return "false"
    # Days are looked at only of units that have as many showings in all.
    return (
        f"shown > {bound(most)} AND g.unit IN (SELECT unit FROM (SELECT unit, count(*) AS a_day FROM measured "
        f"WHERE unit IN (SELECT unit FROM gathered WHERE shown > {bound(most)}) GROUP BY unit, us // {DAY_US}) "
        f"WHERE a_day > {bound(most)})"
    )
