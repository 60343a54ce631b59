"""Whether a test may be believed: the checks of its latest result by name, and those that run and may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from adplat.domain import ExperimentState, ExperimentStore, KeptExperiment


class Health(StrEnum):
    """``unhealthy``: no number of it may be believed, or a guardrail is breached. ``doubtful``: see why first."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    DOUBTFUL = "doubtful"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One check. ``name`` is its field in the result document; ``told`` are its numbers.

    ``weight``: what the experiment is where it is flagged.
    """

    name: str
    flagged: bool
    p_value: float | None = None
    told: Mapping[str, Any] | None = None
    weight: Health = Health.UNHEALTHY


@dataclass(frozen=True, slots=True)
class UnhealthyExperiment:
    """One that runs and should be looked at: ``reasons`` are names of checks that are flagged."""

    experiment_id: str
    advertiser_id: str | None
    at: datetime
    health: Health
    reasons: tuple[str, ...]


def health_checks(document: Mapping[str, Any]) -> list[HealthCheck]:
    """All checks of a result document, in the order in which somebody should read them."""
    return list(_checks(document))


def health_of(document: Mapping[str, Any] | None) -> Health:
    """The worst of its checks; ``None``: there is no result yet."""
    if document is None:
        return Health.UNKNOWN
    flagged = {one.weight for one in _checks(document) if one.flagged}
    if Health.UNHEALTHY in flagged or document["analysis"]["decision"]["verdict"] == "invalid":
        return Health.UNHEALTHY
    return Health.DOUBTFUL if flagged else Health.HEALTHY


def unhealthy_experiments(experiments: ExperimentStore) -> list[UnhealthyExperiment]:
    """Of those that run, oldest first; two statements, however many there are."""
    running: Sequence[KeptExperiment] = experiments.experiments([ExperimentState.RUNNING])
    latest = experiments.latest_results([one.experiment_id for one in running])
    found = []
    for kept in running:
        result = latest.get(kept.experiment_id)
        if result is None or (health := health_of(result.document)) is Health.HEALTHY:
            continue
        reasons = tuple(one.name for one in health_checks(result.document) if one.flagged)
        found.append(UnhealthyExperiment(kept.experiment_id, kept.advertiser_id, result.at, health, reasons))
    return found


def _checks(document: Mapping[str, Any]) -> Iterator[HealthCheck]:
    analysis = document["analysis"]
    if srm := analysis.get("srm"):
        yield HealthCheck("sample_ratio", bool(srm["flagged"]), srm["p_value"], srm)
        if anytime := srm.get("anytime"):
            yield HealthCheck("sample_ratio_anytime", bool(anytime["flagged"]), anytime["p_value"], anytime)
    health = (analysis.get("data") or {}).get("health") or {}
    if crossed := health.get("multiple_exposure"):
        yield HealthCheck("multiple_exposure", crossed["flagged"], None, crossed, Health.DOUBTFUL)
    for one in health.get("balance") or ():
        yield HealthCheck("balance", one["flagged"], one["p_value"], one)
    if left := health.get("left_out"):
        yield HealthCheck("left_out", left["flagged"], left["p_value"], left)
    if users := health.get("clustered"):
        yield HealthCheck("clustered", users["flagged"], None, users, Health.DOUBTFUL)
    for one in document.get("guardrails") or ():
        yield HealthCheck("guardrail", bool(one["breached_by"]), None, one)
