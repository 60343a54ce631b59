"""What the clicks of live traffic say of the model's promises: PCOC by day, and by placement or campaign.

A day belongs to the bundle that was live as it ended; the day of a change belongs to two, and judges neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from adplat.domain import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertLimits,
    AlertSubject,
    BundleDeployment,
    ConfigRejected,
    Dimension,
    MetricSums,
    Report,
    ReportQuestion,
    summed,
)
from adplat.flows.bundle_card import interval_of
from adplat.flows.describe_registry import deployment_document

MOST_DAYS = 31
SPLITS = (Dimension.PLACEMENT, Dimension.CAMPAIGN)
_A_DAY = timedelta(days=1)


def online_pcoc(
    report: Callable[[ReportQuestion], Report],
    deployments: Sequence[BundleDeployment],
    now: datetime,
    limits: AlertLimits,
    *,
    days: int = 14,
    by: Dimension = Dimension.PLACEMENT,
) -> dict[str, Any]:
    """The last ``days`` days of UTC, today among them. ``deployments`` newest first, at least those of that time.

    Raises ConfigRejected: too many days, another split, too many rows.
    """
    if not 1 <= days <= MOST_DAYS or by not in SPLITS:
        raise ConfigRejected(
            f"{days} days by {by.value}", where="days", hint=f"ask for 1 to {MOST_DAYS}, by placement or campaign"
        )
    today = now.astimezone(UTC).date()
    since, until = today - (days - 1) * _A_DAY, today + _A_DAY
    # Two small questions: days and placements together are told by a hundred times as many rows of the database.
    by_day, split = (
        _added((row.keys[0], row.sums) for row in report(ReportQuestion(since, until, (one,), with_names=False)).rows)
        for one in (Dimension.DAY, by)
    )
    changes = bundle_changes(deployments)
    live = changes[0].bundle_id if changes else ""
    first = _first_whole_day(changes, today, limits)
    judged = summed(sums for day, sums in by_day.items() if first.isoformat() <= day < today.isoformat())
    return {
        "live": live or None,
        "since": since,
        "until": until,
        "margin": limits.pcoc_share,
        "judged_since": first if live else None,
        "days": [_day(since + number * _A_DAY, by_day, changes, limits) for number in range(days)],
        "by": by.value,
        "rows": sorted(
            (row_of(name, sums, limits) for name, sums in split.items()),
            key=lambda told: -told["impressions"],
        ),
        "judged": row_of(live, judged, limits) if live and judged.impressions else None,
        "changes": [deployment_document(one) for one in reversed(changes) if one.at.astimezone(UTC).date() >= since],
    }


def bundle_changes(deployments: Sequence[BundleDeployment]) -> list[BundleDeployment]:
    """Those at which another bundle went live, newest first; another catalogue with the same bundle is none."""
    before = ["", *(one.bundle_id for one in reversed(deployments))]
    pairs = zip(before, reversed(deployments), strict=False)
    return [one for name, one in pairs if one.bundle_id != name][::-1]


def watch_online(
    report: Callable[[ReportQuestion], Report],
    deployments: Sequence[BundleDeployment],
    now: datetime,
    limits: AlertLimits,
) -> list[Alert]:
    """One alert where the live bundle's clicks surely differ from its promises, over the whole days that it had."""
    changes = bundle_changes(deployments)
    today = now.astimezone(UTC).date()
    if not changes or (first := _first_whole_day(changes, today, limits)) >= today:
        return []
    sums = summed(report(ReportQuestion(first, today)).totals.values())
    if not is_off(sums, limits):
        return []
    live, pcoc = changes[0].bundle_id, interval_of(sums, limits.evidence)
    facts = {"pcoc": pcoc["value"], "low": pcoc["low"], "high": pcoc["high"], "days": (today - first).days}
    return [Alert(AlertKind.PCOC_OFF, AlertLevel.BAD, AlertSubject.MODEL, live, live[:12], facts=facts)]


def is_off(sums: MetricSums, limits: AlertLimits) -> bool:
    """Whether the whole interval of PCOC, or of one over it, is above 1 by more than the limit."""
    pcoc = interval_of(sums, limits.evidence)
    low, high, most = pcoc["low"], pcoc["high"], 1.0 + limits.pcoc_share
    return low is not None and (low > most or high < 1.0 / most)


def row_of(name: str, sums: MetricSums, limits: AlertLimits) -> dict[str, Any]:
    """One line with its PCOC, and whether it is surely off."""
    return {
        "name": name,
        "impressions": sums.impressions,
        "clicks": sums.clicks,
        "expected_clicks": sums.expected_clicks,
        "pcoc": interval_of(sums),
        "surely_off": is_off(sums, limits),
    }


def _first_whole_day(changes: Sequence[BundleDeployment], today: date, limits: AlertLimits) -> date:
    earliest = today - limits.lately_days * _A_DAY
    return max(earliest, changes[0].at.astimezone(UTC).date() + _A_DAY) if changes else earliest


def _day(
    day: date, by_day: dict[str, MetricSums], changes: Sequence[BundleDeployment], limits: AlertLimits
) -> dict[str, Any]:
    told = [(one.at.astimezone(UTC).date(), one.bundle_id) for one in changes]
    return row_of(day.isoformat(), by_day.get(day.isoformat(), MetricSums()), limits) | {
        "day": day,
        "live": next((bundle_id for at, bundle_id in told if at <= day), None),
        "changed": any(at == day for at, _ in told),
    }


def _added(cells: Iterable[tuple[str, MetricSums]]) -> dict[str, MetricSums]:
    found: dict[str, MetricSums] = {}
    for name, sums in cells:
        found[name] = found.get(name, MetricSums()) + sums
    return found
