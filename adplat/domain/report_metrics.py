"""Every metric that a report, a page, an experiment or a forecast may name, defined once: REPORT_METRICS, MetricSums.

A metric is a sum, or the sum of something divided by the sum of something else; it is never an average of ratios, so
any cut of the rows gives the same total. What is divided by nothing is ``None``, which is not 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar

from adplat.domain.errors import ConfigRejected

_Number = TypeVar("_Number", int, float)


class MetricUnit(StrEnum):
    """``micros`` are millionths of the advertiser's currency; ``share`` lies between 0 and 1 where events are told
    in full; ``ratio`` has no bound above."""

    COUNT = "count"
    SHARE = "share"
    MICROS = "micros"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class MetricSums:
    """What happened, added up. An event counts when it happened, so a click may stand without its impression.

    Args:
        expected_clicks: the model's pCTR summed over the impressions; ``None``: one of them has none that is known.
        spend_micros, value_micros: of one currency; who adds two sums has looked at that.
        bids, wins: auctions that were bid in, and won; ``None``: not told.
    """

    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    expected_clicks: float | None = 0.0
    spend_micros: int = 0
    value_micros: int = 0
    bids: int | None = None
    wins: int | None = None

    def __add__(self, other: MetricSums) -> MetricSums:
        return MetricSums(
            self.impressions + other.impressions,
            self.clicks + other.clicks,
            self.conversions + other.conversions,
            _both(self.expected_clicks, other.expected_clicks),
            self.spend_micros + other.spend_micros,
            self.value_micros + other.value_micros,
            _both(self.bids, other.bids),
            _both(self.wins, other.wins),
        )

    def less(self, other: MetricSums) -> MetricSums:
        """What is left of these when ``other``, a part of them, is taken away; auctions are not told of it."""
        return MetricSums(
            self.impressions - other.impressions,
            self.clicks - other.clicks,
            self.conversions - other.conversions,
            _both(self.expected_clicks, None if other.expected_clicks is None else -other.expected_clicks),
            self.spend_micros - other.spend_micros,
            self.value_micros - other.value_micros,
        )


_NUMBERS = attrgetter(*(one.name for one in fields(MetricSums)))


def summed(many: Iterable[MetricSums]) -> MetricSums:
    """All of them together; nothing at all is zero, and auctions are told where all tell them."""
    told = [_NUMBERS(one) for one in many]
    if not told:
        return MetricSums()
    # Column by column: a report has a hundred thousand of them.
    columns: Iterable[Any] = (None if None in column else sum(column) for column in zip(*told, strict=True))
    return MetricSums(*columns)


@dataclass(frozen=True, slots=True)
class ReportMetric:
    """``per · above / below``, each a field of MetricSums; without ``below`` it is ``above`` itself.

    ``is_proportion`` says that ``above`` counts some of what ``below`` counts, once each, so that an interval of a
    proportion holds (``adplat.statistics.metric_interval``).
    """

    name: str
    label: str
    label_zh: str
    unit: MetricUnit
    above: str
    below: str = ""
    per: int = 1
    is_proportion: bool = False

    def of(self, sums: MetricSums) -> float | int | None:
        """The value; ``None`` where it is not told, or nothing is divided by nothing."""
        above: float | int | None = getattr(sums, self.above)
        return self.ratio(above, getattr(sums, self.below)) if self.below else above

    def ratio(self, above: float | None, below: float | None) -> float | None:
        """The value of a ratio whose two sums stand elsewhere than in MetricSums, or are no whole numbers."""
        return None if above is None or not below else self.per * above / below


_ALL = (
    ReportMetric("impressions", "Impressions", "曝光", MetricUnit.COUNT, "impressions"),
    ReportMetric("clicks", "Clicks", "点击", MetricUnit.COUNT, "clicks"),
    ReportMetric("conversions", "Conversions", "转化", MetricUnit.COUNT, "conversions"),
    ReportMetric("spend", "Spend", "花费", MetricUnit.MICROS, "spend_micros"),
    ReportMetric("value", "Value", "转化价值", MetricUnit.MICROS, "value_micros"),
    ReportMetric("ctr", "CTR", "点击率", MetricUnit.SHARE, "clicks", "impressions", is_proportion=True),
    ReportMetric("cvr", "CVR", "转化率", MetricUnit.SHARE, "conversions", "clicks", is_proportion=True),
    ReportMetric("cpc", "CPC", "单次点击成本", MetricUnit.MICROS, "spend_micros", "clicks"),
    ReportMetric("cpa", "CPA", "单次转化成本", MetricUnit.MICROS, "spend_micros", "conversions"),
    ReportMetric("ecpm", "eCPM", "千次曝光成本", MetricUnit.MICROS, "spend_micros", "impressions", per=1000),
    ReportMetric("roas", "ROAS", "广告支出回报", MetricUnit.RATIO, "value_micros", "spend_micros"),
    ReportMetric("win_rate", "Win rate", "竞得率", MetricUnit.SHARE, "wins", "bids", is_proportion=True),
    # Predicted over observed, as everywhere here: above 1 the model promised too many clicks.
    ReportMetric("pcoc", "PCOC", "预估偏差", MetricUnit.RATIO, "expected_clicks", "clicks"),
)
REPORT_METRICS: Mapping[str, ReportMetric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""All metrics by name, in the order in which they are shown."""

DELIVERY_METRICS: tuple[str, ...] = tuple(name for name in REPORT_METRICS if name != "win_rate")
"""Those that hourly metrics tell; auctions stand in the lake alone."""


def metrics_named(names: Iterable[str]) -> tuple[ReportMetric, ...]:
    """In the order asked for, each once. Raises ConfigRejected for a name that is none."""
    found: dict[str, ReportMetric] = {}
    for name in names:
        if name not in REPORT_METRICS:
            raise ConfigRejected(
                f"{name[:64]!r} is no metric", where="metrics", hint=f"use some of: {', '.join(REPORT_METRICS)}"
            )
        found[name] = REPORT_METRICS[name]
    return tuple(found.values())


def _both(one: _Number | None, two: _Number | None) -> _Number | None:
    return None if one is None or two is None else one + two
