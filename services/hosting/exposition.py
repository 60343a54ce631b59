"""Sums of a service as Prometheus reads them (text format 0.0.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from adplat.domain import BUCKETS, LATENCY_BOUNDS_S, TOOK_MICROSECONDS, Series


class Told(NamedTuple):
    """One family: how it reads, what it means, the names of its labels in the order of the series, its unit."""

    kind: Literal["counter", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    per_unit: int = 1


def exposed(families: Iterable[Metric]) -> bytes:
    """The whole page."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Page(families))
    return generate_latest(registry)


def counted(families: Mapping[str, Told], sums: Mapping[Series, int]) -> Iterator[Metric]:
    """Each family of which something was counted; sums of other names (of a newer version, say) are left out."""
    by_name: defaultdict[str, dict[Series, int]] = defaultdict(dict)
    for (name, *labels), amount in sums.items():
        by_name[name][tuple(labels)] = amount
    for name, told in families.items():
        if name in by_name:
            yield (_histogram if told.kind == "histogram" else _counter)(name, told, by_name[name])


def gauge(name: str, help_text: str, values: Mapping[str, float | None], label: str = "replica") -> Metric:
    """One value a process; none for whom it is ``None``."""
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for process, value in values.items():
        if value is not None:
            family.add_metric([process], value)
    return family


class _Page(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> list[Metric]:
        return self._families


def _counter(name: str, told: Told, sums: Mapping[Series, int]) -> Metric:
    family = CounterMetricFamily(name, told.help, labels=told.labels)
    for labels, amount in sorted(sums.items()):
        if len(labels) == len(told.labels):
            family.add_metric(labels, amount / told.per_unit)
    return family


def _histogram(name: str, told: Told, sums: Mapping[Series, int]) -> Metric:
    family = HistogramMetricFamily(name, told.help, labels=told.labels)
    for labels in sorted({series[:-1] for series in sums}):
        if len(labels) != len(told.labels):
            continue
        cases, buckets = 0, []
        for bucket, bound in zip(BUCKETS, [*map(str, LATENCY_BOUNDS_S), "+Inf"], strict=True):
            cases += sums.get((*labels, bucket), 0)
            buckets.append((bound, float(cases)))
        family.add_metric(labels, buckets, sums.get((*labels, TOOK_MICROSECONDS), 0) / 1e6)
    return family
