"""How a campaign's showings were shared among its creatives over time, as their decisions logged it, from the lake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from adplat.data.exposures.duck import Bound, opened
from adplat.data.lake import Lake

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY, _DAY_OF_FOLDER = timedelta(days=1), len("hour=2026-11-26")
_TABLES = ("impressions", "choices")
_MOST_DAYS = 256  # each a few creatives by hour or day


@dataclass(frozen=True, slots=True)
class ChoiceShare:
    """One creative in one stretch of time, among showings of which it is known what stood for choice.

    Args:
        at: when the stretch began.
        offered: showings for which it stood.
        chosen: those that it got.
        propensity: the sum of the probabilities with which it would have come first.
        smallest: the least of these.
        weight, weight_squares, largest_weight: sums of 1/e and 1/e², and the largest 1/e, over what it was chosen for.
    """

    at: datetime
    creative_id: str
    offered: int
    chosen: int
    propensity: float
    smallest: float
    weight: float
    weight_squares: float
    largest_weight: float


@dataclass(frozen=True, slots=True)
class _Question:
    """Of the files of one day; a file that is written again has another size or time, so it is another question."""

    root: Path
    files: tuple[tuple[str, Path, int, int], ...]
    campaign_id: str
    creative_ids: tuple[str, ...]
    since: datetime
    until: datetime
    step: timedelta


def choice_shares(
    lake: Lake, campaign_id: str, creative_ids: Sequence[str], since: datetime, until: datetime, step: timedelta
) -> list[ChoiceShare]:
    """By stretches of ``step``, which divides a day, from the epoch on, and creative.

    A ranking may weigh creatives of several campaigns against each other: only ``creative_ids`` are told of. A showing
    that has no choice in the lake is left out, one that comes again on another day (UTC) counts there too. What whole
    days said is remembered until one of their files is another. Raises TableRejected on a damaged file.
    """
    if not creative_ids:
        return []
    by_day: defaultdict[str, list[tuple[str, Path, int, int]]] = defaultdict(list)
    for table in _TABLES:
        for path in lake.files(table, since=since, until=until):
            found = path.stat()
            by_day[path.parent.name[:_DAY_OF_FOLDER]].append((table, path, found.st_mtime_ns, found.st_size))
    shares: list[ChoiceShare] = []
    for name, files in sorted(by_day.items()):
        day = datetime.strptime(name, "hour=%Y-%m-%d").replace(tzinfo=UTC)
        begin, end = max(since, day), min(until, day + _DAY)
        asked = _Question(lake.root, tuple(files), campaign_id, tuple(creative_ids), begin, end, step)
        shares += _remembered(asked) if end == day + _DAY else _shares(asked)
    return shares


def _shares(asked: _Question) -> list[ChoiceShare]:
    files = {table: [path for of, path, *_ in asked.files if of == table] for table in _TABLES}
    if not all(files.values()):
        return []
    bound = Bound()
    # The moment of the impression counts; its choice was written with it.
    at = f"epoch_us(ts) // {bound(int(asked.step.total_seconds()) * 1_000_000)}"
    begin, end = (bound(round(moment.timestamp() * 1e6)) for moment in (asked.since, asked.until))
    with opened(asked.root) as connection:
        found = connection.execute(
            "WITH seen AS (SELECT decision_id, any_value(creative_id) AS creative_id, min(ts) AS ts"
            f" FROM {bound.files(files['impressions'])} WHERE campaign_id = {bound(asked.campaign_id)}"
            f" AND epoch_us(ts) >= {begin} AND epoch_us(ts) < {end} GROUP BY decision_id),"
            " stood AS (SELECT decision_id, any_value(candidates) AS candidates, any_value(propensities) AS e"
            f" FROM {bound.files(files['choices'])} SEMI JOIN seen USING (decision_id) GROUP BY decision_id),"
            f" offered AS (SELECT {at} AS place, creative_id AS chosen, unnest(candidates) AS creative_id,"
            " unnest(e) AS e FROM seen JOIN stood USING (decision_id))"
            " SELECT place, creative_id, count(*), count(*) FILTER (chosen = creative_id), sum(e), min(e),"
            " coalesce(sum(1 / e) FILTER (chosen = creative_id AND e > 0), 0),"
            " coalesce(sum(1 / (e * e)) FILTER (chosen = creative_id AND e > 0), 0),"
            " coalesce(max(1 / e) FILTER (chosen = creative_id AND e > 0), 0)"
            f" FROM offered WHERE e IS NOT NULL AND {bound.among('creative_id', asked.creative_ids)}"
            " GROUP BY place, creative_id ORDER BY place, creative_id",
            bound.values,
        ).fetchall()
    return [
        ChoiceShare(
            _EPOCH + asked.step * row[0], str(row[1]), int(row[2]), int(row[3]), *(float(one) for one in row[4:])
        )
        for row in found
    ]


_remembered = lru_cache(maxsize=_MOST_DAYS)(_shares)
