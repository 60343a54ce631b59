"""Whether a test may be believed: the checks of a result, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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


def health_checks(document: Mapping[str, Any]) -> list[HealthCheck]:
    """All checks of a result document, in the order in which somebody should read them."""
    return list(_checks(document))


def health_of(document: Mapping[str, Any] | None) -> Health:
    """The worst of its checks; unknown where there is no result yet, or one that was not checked."""
    if document is None:
        return Health.UNKNOWN
    checks = health_checks(document)
    flagged = {one.weight for one in checks if one.flagged}
    if Health.UNHEALTHY in flagged or document["analysis"]["decision"]["verdict"] == "invalid":
        return Health.UNHEALTHY
    if not checks:
        return Health.UNKNOWN
    return Health.DOUBTFUL if flagged else Health.HEALTHY


def alarms_of(document: Mapping[str, Any] | None) -> list[str]:
    """Why it is unhealthy, as names of checks and of guardrails; empty where it is not."""
    if document is None or health_of(document) is not Health.UNHEALTHY:
        return []
    flagged = [one for one in health_checks(document) if one.flagged and one.weight is Health.UNHEALTHY]
    names = [f"guardrail {one.told['metric']}" if one.name == "guardrail" and one.told else one.name for one in flagged]
    return list(dict.fromkeys(names)) or ["invalid"]


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
        if one["p_value"] is None and not one["flagged"]:
            continue  # nothing is told of it: that is no check
        yield HealthCheck("balance", one["flagged"], one["p_value"], one)
    left = health.get("left_out")
    if left and (left["p_value"] is not None or left["flagged"]):
        yield HealthCheck("left_out", left["flagged"], left["p_value"], left)
    if users := health.get("clustered"):
        yield HealthCheck("clustered", users["flagged"], None, users, Health.DOUBTFUL)
    for one in document.get("guardrails") or ():
        yield HealthCheck("guardrail", bool(one["breached_by"]), None, one)
