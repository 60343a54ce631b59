"""How a campaign's showings were shared among its creatives over time, as their decisions logged it, from the lake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adplat.data.exposures.duck import Bound, opened
from adplat.data.lake import Lake

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


def choice_shares(
    lake: Lake, campaign_id: str, creative_ids: Sequence[str], since: datetime, until: datetime, step: timedelta
) -> list[ChoiceShare]:
    """By stretches of ``step`` from the epoch on, and creative.

    A ranking may weigh creatives of several campaigns against each other: only ``creative_ids`` are told of. A showing
    that has no choice in the lake is left out. Raises TableRejected on a damaged file.
    """
    files = {name: lake.files(name, since=since, until=until) for name in ("impressions", "choices")}
    if not creative_ids or not all(files.values()):
        return []
    bound = Bound()
    # The moment of the impression counts; its choice was written with it.
    at = f"epoch_us(ts) // {bound(int(step.total_seconds()) * 1_000_000)}"
    begin, end = (bound(round(moment.timestamp() * 1e6)) for moment in (since, until))
    with opened(lake.root) as connection:
        found = connection.execute(
            "WITH seen AS (SELECT decision_id, any_value(creative_id) AS creative_id, min(ts) AS ts"
            f" FROM {bound.files(files['impressions'])} WHERE campaign_id = {bound(campaign_id)}"
            f" AND epoch_us(ts) >= {begin} AND epoch_us(ts) < {end} GROUP BY decision_id),"
            " stood AS (SELECT decision_id, any_value(candidates) AS candidates, any_value(propensities) AS e"
            f" FROM {bound.files(files['choices'])} SEMI JOIN seen USING (decision_id) GROUP BY decision_id),"
            f" offered AS (SELECT {at} AS place, creative_id AS chosen, unnest(candidates) AS creative_id,"
            " unnest(e) AS e FROM seen JOIN stood USING (decision_id))"
            " SELECT place, creative_id, count(*), count(*) FILTER (chosen = creative_id), sum(e), min(e),"
            " coalesce(sum(1 / e) FILTER (chosen = creative_id AND e > 0), 0),"
            " coalesce(sum(1 / (e * e)) FILTER (chosen = creative_id AND e > 0), 0),"
            " coalesce(max(1 / e) FILTER (chosen = creative_id AND e > 0), 0)"
            f" FROM offered WHERE e IS NOT NULL AND {bound.among('creative_id', list(creative_ids))}"
            " GROUP BY place, creative_id ORDER BY place, creative_id",
            bound.values,
        ).fetchall()
    return [
        ChoiceShare(_EPOCH + step * row[0], str(row[1]), int(row[2]), int(row[3]), *(float(one) for one in row[4:]))
        for row in found
    ]
