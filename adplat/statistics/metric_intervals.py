"""The interval of a metric of a report, where it is a proportion of what was counted, or the model's PCOC."""

from __future__ import annotations

from scipy.special import betaincinv

from adplat.domain import REPORT_METRICS, Interval, MetricSums, ReportMetric
from adplat.statistics.proportions import wilson_interval


def has_interval(metric: ReportMetric) -> bool:
    """Whether ``metric_interval`` can tell one."""
    return metric.is_proportion or metric is REPORT_METRICS["pcoc"]


def metric_interval(metric: ReportMetric, sums: MetricSums, *, level: float = 0.95) -> Interval | None:
    """Wilson's interval of a proportion; that of PCOC from the exact limits of the click rate (``pcoc_interval``).

    ``None`` where the metric is no proportion, is not told, divides by nothing, or where more was counted above than
    below: clicks of a stretch whose impressions lie before it. Showings of one user belong together and are counted
    as if they did not, so an interval is narrower than the truth where few users saw much.

    Raises ConfigRejected: a level outside (0, 1).
    """
    if metric is REPORT_METRICS["pcoc"]:
        return _pcoc(sums, level)
    if not metric.is_proportion or metric.of(sums) is None:
        return None
    above, below = getattr(sums, metric.above), getattr(sums, metric.below)
    return wilson_interval(above, below, level=level) if 0 <= above <= below else None


def _pcoc(sums: MetricSums, level: float) -> Interval | None:
    rows, clicks = sums.impressions, sums.clicks
    if sums.expected_clicks is None or not 0 < clicks < rows:
        return None
    tail = (1.0 - level) / 2.0
    low = float(betaincinv(clicks, rows - clicks + 1, tail))
    high = float(betaincinv(clicks + 1, rows - clicks, 1.0 - tail))
    mean = sums.expected_clicks / rows
    return Interval(sums.expected_clicks / clicks, mean / high, mean / low, level)
