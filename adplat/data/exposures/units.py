"""Showings to units: the arm that each saw first, whether it is judged by, and its measure.

Made here::

    measured    rid unit us arm age mature raw y d                     a view, one row a showing; age in whole minutes
    assigned    unit arm first_us rid shown mature status y d          one row a unit; status a number of ``STATUS``
    kept        unit arm y d x e c0 c1 …                               units that are judged by, status 0
"""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from adplat.data.exposures.duck import Bound
from adplat.data.exposures.question import LATE_MEASURES, ExposureQuestion
from adplat.data.exposures.showings import MINUTE_US, Span

STATUS = ("kept", "impossible_click_rate", "too_many_impressions_in_a_day", "in_several_arms", "immature")
DAY_US = 86_400_000_000
# Moment, row and arm of a showing in one number: the least is the first, and ties fall alike every time.
_ARM_BITS, _ROW_BITS = 7, 40

_OF_A_SHOWING = {
    "impressions": "1",
    "clicks": "coalesce(clicks, 0)",
    "conversions": "coalesce(conversions, 0)",
    "value_micros": "coalesce(value_micros, 0)",
    "spend_micros": "price",
}


def make_assigned(connection: DuckDBPyConnection, question: ExposureQuestion, span: Span) -> None:
    """The view ``measured`` and the table ``assigned``."""
    age, mature = "NULL::BIGINT", "true"
    if question.window_s is not None:
        seen_us, window_us = f"({span.known_us} - e.us)", round(question.window_s * 1e6)
        age = f"least({seen_us}, {window_us}) // {MINUTE_US}"
        mature = f"{seen_us} >= {MINUTE_US if question.corrected else window_us}"
    values = ", ".join(f"{_OF_A_SHOWING[name]} AS {slot}" for name, slot in _slots(question))
    connection.execute(
        f"CREATE TEMP VIEW measured AS SELECT e.rowid AS rid, e.unit, e.us, e.arm, {age} AS age, {mature} AS mature, "
        f"coalesce(raw, 0) AS raw, {values} FROM exposures e LEFT JOIN clicked USING (decision_id) "
        "LEFT JOIN converted USING (decision_id)"
    )
    slots = [slot for _, slot in _slots(question)]
    totals = ", ".join(f"coalesce(sum({slot}) FILTER (mature), 0) AS {slot}" for slot in slots)
    bound = Bound()
    status = (
        f"CASE WHEN {_impossible(question, bound)} THEN 1 WHEN low <> high THEN 3 WHEN mature = 0 THEN 4 ELSE 0 END"
    )
    connection.execute(
        f"CREATE TEMP TABLE assigned AS SELECT unit, {_out_of_first('TINYINT', 0, _ARM_BITS)} AS arm, "
        f"{_out_of_first('BIGINT', _ARM_BITS + _ROW_BITS, 64)} AS first_us, "
        f"{_out_of_first('BIGINT', _ARM_BITS, _ROW_BITS)} AS rid, "
        f"shown, mature, CAST({status} AS TINYINT) AS status, {', '.join(slots)} FROM ("
        f"SELECT unit, min((us::HUGEINT * {2**_ROW_BITS} + rid) * {2**_ARM_BITS} + arm) AS first, "
        f"min(arm) AS low, max(arm) AS high, count(*) AS shown, sum(raw) AS raw_clicks, "
        f"count(*) FILTER (mature) AS mature, {totals} FROM measured GROUP BY unit)",
        bound.values,
    )
    if question.rules.most_impressions_a_day is not None:
        _mark_volumes(connection, question.rules.most_impressions_a_day)


def make_kept(connection: DuckDBPyConnection, question: ExposureQuestion, shares: Sequence[float] | None) -> None:
    """The table ``kept``. ``shares`` (corrected questions only): by age in minutes, the conversions come by then."""
    source, top, below = "assigned a", "a.y", "NULL" if question.per is None else "a.d"
    if shares is not None:
        _weigh(connection, question, shares)
        source, top, below = "assigned a JOIN weighed w ON w.unit = a.unit", "w.y", "w.d"
    if question.at_least_once:
        top = f"CAST({top} > 0 AS BIGINT)"
    context = "".join(f", e.c{number}" for number in range(len(question.context)))
    beside = " JOIN exposures e ON e.rowid = a.rid" if context else ""
    before = " LEFT JOIN before b ON b.unit = a.unit" if question.covariate_s is not None else ""
    earlier = "coalesce(b.x, 0) AS x, coalesce(b.e, 0) AS e" if before else "NULL AS x, NULL AS e"
    connection.execute(
        f"CREATE TEMP TABLE kept AS SELECT a.unit, a.arm, {top} AS y, {below} AS d, {earlier}{context} "
        f"FROM {source}{beside}{before} WHERE a.status = 0"
    )


def _weigh(connection: DuckDBPyConnection, question: ExposureQuestion, shares: Sequence[float]) -> None:
    """The table ``weighed``: y and d of every unit, what came at once counted by the share that had the time to follow.

    Without a denominator of its own a unit's is the mean share over its showings.
    """
    bound = Bound()
    connection.execute(
        f"CREATE TEMP TABLE shares AS SELECT unnest(range({bound(len(shares))})) AS age, "
        f"unnest({bound(list(shares))}::DOUBLE[]) AS share",
        bound.values,
    )
    late = {slot: name in LATE_MEASURES for name, slot in _slots(question)}
    sums = [f"sum({slot}) AS {slot}" if told else f"fsum({slot} * share) AS {slot}" for slot, told in late.items()]
    if question.per is None:
        sums.append("favg(share) AS d")
    connection.execute(
        f"CREATE TEMP TABLE weighed AS SELECT unit, {', '.join(sums)} FROM measured JOIN shares USING (age) "
        "WHERE mature GROUP BY unit"
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


def _out_of_first(kind: str, shift: int, bits: int) -> str:
    return f"CAST((first >> {shift}) & {2**bits - 1} AS {kind})"


def _impossible(question: ExposureQuestion, bound: Bound) -> str:
    rate, least = question.rules.most_click_rate, question.rules.from_clicks
    return "false" if rate is None else f"raw_clicks >= {bound(least)} AND raw_clicks > {bound(rate)} * shown"


def _mark_volumes(connection: DuckDBPyConnection, most: int) -> None:
    """Units with more showings on a day than ``most``; days are looked at only if somebody has as many in all."""
    if connection.execute("SELECT any_value(unit) FROM assigned WHERE shown > ?", [most]).fetchone() == (None,):
        return
    connection.execute(
        "UPDATE assigned SET status = 2 WHERE status <> 1 AND unit IN (SELECT unit FROM exposures "
        f"GROUP BY unit, us // {DAY_US} HAVING count(*) > ?)",
        [most],
    )
