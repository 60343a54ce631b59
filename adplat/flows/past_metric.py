"""What the lake's rows of the past say of a metric: what an experiment is planned with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adplat.data import ExposureQuestion, Lake, open_exposures
from adplat.domain import AssignmentUnit, MissingInput
from adplat.experiments import (
    UNIT_COLUMNS,
    ExperimentSpec,
    Metric,
    PlanSpec,
    RowArms,
    RowData,
    history_baseline,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.experiment_metrics import ExperimentMetric
from adplat.flows.rows_to_arms import whole_arms

DAY_S = 86_400.0
_PAST = "past"


@dataclass(frozen=True, slots=True)
class PastMetric:
    """A metric's mean, the standard deviation of one unit, and how many units come in a day.

    Units that come back on another day are counted once over all days, so ``daily_units`` of many days are fewer than
    those of one.
    """

    mean: float
    std: float
    units: int
    daily_units: float
    since: datetime
    until: datetime


def past_of(
    parts: SeenParts, metric: ExperimentMetric, unit: AssignmentUnit, campaign_ids: Sequence[str], days: int
) -> PastMetric:
    """Of campaigns that the viewer sees. Raises UnknownReference for others, and as ``past_metric`` does."""
    for name in campaign_ids:
        parts.edits.campaign(name)
    data = RowData(metric.measure, RowArms({}), metric.per, unit=UNIT_COLUMNS[unit])
    told = Metric(metric.name, metric.kind, metric.direction)
    return past_metric(parts.lake, told, data, campaign_ids, days, parts.clock.now())


def past_metric(
    lake: Lake, metric: Metric, data: RowData, campaign_ids: Sequence[str], days: int, now: datetime
) -> PastMetric:
    """Of all that these campaigns showed on ``days`` days, the last ones of which outcomes are known by now.

    Args:
        data: unit, measures and maturity; its arms are not looked at.

    Raises MissingInput where nothing is there to learn from, ConfigRejected where nothing can be planned from it,
    TableRejected on a damaged lake.
    """
    minutes = data.window_minutes
    until = now - timedelta(minutes=minutes or 0)
    since = until - timedelta(days=days)
    question = ExposureQuestion(
        unit=data.unit,
        arms=(tuple(campaign_ids),),
        arm_column="campaign_id",
        measure=data.measure,
        per=data.per,
        at_least_once=metric.kind == "proportion",
        since=since,
        until=until,
        as_of=now,
        window_s=None if minutes is None else minutes * 60.0,
    )
    one_arm = RowData(data.measure, RowArms({_PAST: "all"}), data.per)
    with open_exposures(lake, question) as tables:
        tables.gather()
        [arm] = whole_arms(ExperimentSpec(metric), one_arm, tables)
    if not arm.n:
        raise MissingInput(
            f"these campaigns showed nothing in {days} days",
            where="baseline",
            hint="tell mean and deviation",
        )
    found = history_baseline(PlanSpec(metric, history=arm))
    return PastMetric(found.mean, found.std or 0.0, int(arm.n), arm.n / days, since, until)
