"""What the benchmark of the admin asks besides its plain pages, and what follows from how long all of it took."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import numpy as np

from adplat.domain import Figure, InternalFault, Role
from adplat.flows.bench_admin_market import advertiser_id, campaign_id
from adplat.flows.bench_admin_pages import Address, Asked

PAGE_MS, REPORT_MS, GROWTH = 500.0, 2_000.0, 2.0
NOT_KEPT = "America/New_York"
_WHOLE = ("day", "campaign", "creative", "placement")
_FILTERED = (
    "/campaigns?status=live&name=Spring",
    "/creatives?status=held",
    "/creatives?headline=no. 42",
    "/creatives?headline=nobody wrote this",
    "/experiments?state=draft",
    "/audit?actor=olga",
    "/audit?action=budget",
    "/audit?subject=creative00042",
    "/audit?actor=nobody",
    "/v1/audit?filter=actor=olga",
    "/v1/audit?filter=kind=bandit",
    "/v1/audit?filter=action=budget",
    "/v1/creatives?filter=status=held",
)
BESIDES = tuple(Address(path, path.replace(" ", "%20")) for path in _FILTERED)
"""Lists under conditions: those that find some, and those that find nothing and so look at all."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What was asked and how long it took; ``unknown``: what nobody knew how to ask."""

    addresses: tuple[Address, ...]
    took: Mapping[tuple[str, Role], Asked]
    unknown: tuple[str, ...]


def report_addresses(today: date) -> list[Address]:
    """Reports as they are asked for: of everybody or, for an advertiser, of its own; in zones kept and not kept."""

    def over(days: int, by: Sequence[str], where: str = "", zone: str = "Asia/Shanghai") -> Address:
        told = [("since", str(today - timedelta(days=days))), ("until", str(today)), ("time_zone", zone)]
        told += [("by", one) for one in by] + ([("filter", where)] if where else [])
        name = f"{days} days, {' x '.join(by)}{f', {where}' if where else ''}{'' if zone != NOT_KEPT else ', not kept'}"
        return Address(name, f"/v1/reports?{urlencode(told)}")

    one, own = f"campaign={campaign_id(0)}", f"advertiser={advertiser_id(0)}"
    return [
        over(28, ("day",)),
        over(28, ("advertiser",)),
        over(28, ("day", "campaign")),
        over(28, ("campaign", "placement")),
        over(28, ("creative",)),
        over(28, _WHOLE, one),
        over(28, _WHOLE, own),
        over(28, _WHOLE),
        over(3, _WHOLE),
        over(3, ("hour", "advertiser")),
        over(7, ("hour", "campaign"), own),
        over(28, ("hour", "creative"), one),
        over(3, ("day", "campaign"), zone=NOT_KEPT),
        over(7, ("day", "campaign"), zone=NOT_KEPT),
        over(7, ("creative", "placement"), zone=NOT_KEPT),
        over(3, _WHOLE, zone=NOT_KEPT),
        over(28, ("day", "creative", "placement"), one, NOT_KEPT),
    ]


def page_figures(database: str, pages: Pages) -> list[Figure]:
    """One for each address: the slowest role's 95th percentile, and the median and it of each role in words."""
    figures, faults, asks = [], 0, 0
    for one in pages.addresses:
        told = {role: asked for (name, role), asked in pages.took.items() if name == one.name}
        faults += sum(1 for asked in told.values() if any(status >= 500 for status in asked.statuses))
        seen = {role: asked for role, asked in told.items() if asked.took_s}
        asks += sum(len(asked.took_s) for asked in seen.values())
        if seen:
            bound = REPORT_MS if one.is_report else PAGE_MS
            what = f"{one.name}, ms (median/p95/computing): {_by_role(seen)}"
            figures.append(_slowest(f"admin.1.{database}.{one.name}", what, seen, bound))
    if not figures:
        raise InternalFault("no page answered", where=database, hint="read admin.log")
    worst = max(figures, key=lambda figure: figure.value / float(np.max(figure.target)))
    many, count = len(pages.addresses), len(pages.unknown)
    slowest = f"{database}: the slowest of all, {worst.what}"
    faulty = f"{database}: addresses that answered with a fault of ours"
    unasked = f"{database}: addresses that nobody knew how to ask: {', '.join(pages.unknown) or 'none'}"
    return [
        Figure(f"admin.1.{database}", slowest, worst.value, "ms", "<=", worst.target, n=asks),
        Figure(f"admin.1.{database}.faults", faulty, float(faults), "addresses", "<=", 0.0, n=many),
        Figure(f"admin.1.{database}.unasked", unasked, float(count), "addresses", "<=", 0.0, n=many + count),
        *figures,
    ]


def report_figures(database: str, addresses: Sequence[Address], took: Mapping[tuple[str, Role], Asked]) -> list[Figure]:
    """One for each report and asker."""
    figures = []
    for one in addresses:
        for (name, role), asked in took.items():
            if name == one.name and asked.took_s:
                refused = " (too many rows: refused)" if asked.statuses == {422} else ""
                times = f"median {_ms(asked.took_s, 50):.0f} ms, computing {_computing_ms(asked):.0f}"
                what = f"{name}, as {role.value}{refused}; {times}"
                figures.append(_slowest(f"admin.2.{database}.{role.value}.{name}", what, {role: asked}, REPORT_MS))
    return figures


def growth_figure(
    database: str, few: Mapping[tuple[str, Role], Asked], many: Mapping[tuple[str, Role], Asked], rows: int
) -> Figure:
    """All pages together, by their medians, over many rows and over few."""
    both = [key for key in many if many[key].took_s and key in few and few[key].took_s]
    before, after = (sum(statistics.median(took[key].took_s) for key in both) for took in (few, many))
    what = f"{database}: medians of all pages over {rows:,} rows of metrics, as times of those over a million"
    return Figure(f"admin.3.{database}.growth", what, after / before, "times", "<=", GROWTH, n=len(both))


def _slowest(figure_id: str, what: str, seen: Mapping[Role, Asked], bound_ms: float) -> Figure:
    value = max(_ms(asked.took_s, 95) for asked in seen.values())
    return Figure(figure_id, what, value, "ms", "<=", bound_ms, n=sum(len(asked.took_s) for asked in seen.values()))


def _by_role(seen: Mapping[Role, Asked]) -> str:
    return ", ".join(
        f"{role.value} {_ms(asked.took_s, 50):.0f}/{_ms(asked.took_s, 95):.0f}/{_computing_ms(asked):.0f}"
        for role, asked in seen.items()
    )


def _computing_ms(asked: Asked) -> float:
    # A mean: clocks of processes tick in hundredths of a second.
    return 1000.0 * statistics.fmean(asked.computed_s) if asked.computed_s else 0.0


def _ms(took_s: Sequence[float], percent: float) -> float:
    return 1000.0 * float(np.percentile(took_s, percent))
