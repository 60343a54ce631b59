"""A plan forecast once as it is and once for each change of it: a job, since each takes seconds.

A change is a JSON merge patch of the plan (RFC 7396) within budgets, bid, targeting and caps: what it names is
replaced, ``null`` takes it away. Every forecast has the seed of the plan's own, so that they differ by the change and
not by luck.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from adplat.data import as_config
from adplat.domain import ConfigRejected, Job, JobOrder, JobQueue
from adplat.flows.forecast_desk import ForecastDesk
from adplat.flows.watch_forecasts import WHAT_IF
from adplat.forecast import CampaignPlan, Objective, check_plan, compare_forecasts, plan_difference

MOST_CHANGES = 20
CHANGEABLE = ("daily_budget_micros", "total_budget_micros", "bid", "targeting", "frequency_caps")


class PlanChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``name`` is what people call it; ``change`` the patch."""

    name: str
    change: dict[str, Any]


def changed_plan(plan: CampaignPlan, change: PlanChange, *, where: str) -> CampaignPlan:
    """The plan with this change. Raises ConfigRejected for what may not be changed, or cannot be so."""
    strange = sorted(set(change.change) - set(CHANGEABLE))
    if strange:
        raise ConfigRejected(
            f"{strange[0]} of a plan is not changed here",
            where=where,
            hint=f"change {', '.join(CHANGEABLE)}, or ask for a forecast of another plan",
        )
    merged = _merged(msgspec.to_builtins(plan), change.change)
    changed = as_config(merged, CampaignPlan, where=where)
    check_plan(changed, where=where)
    return changed


def order_what_if(
    jobs: JobQueue,
    plan: CampaignPlan,
    changes: Sequence[PlanChange],
    objective: Objective,
    *,
    now: datetime,
    by: str,
    key: str | None = None,
) -> Job:
    """Queue it; the same ``key`` of the same ``by`` is the same job. Raises ConfigRejected for an impossible change."""
    names = [change.name for change in changes]
    if len(set(names)) < len(names):
        raise ConfigRejected("two changes have one name", where="changes", hint="name each differently")
    check_plan(plan, where="plan")
    for number, change in enumerate(changes):
        changed_plan(plan, change, where=f"changes[{number}]")
    payload = msgspec.to_builtins({"plan": plan, "changes": list(changes), "objective": objective.value})
    order = JobOrder(
        WHAT_IF,
        plan.advertiser_id,
        now,
        by,
        payload,
        idempotency_key=None if key is None else f"{by}:{key}",
        advertiser_id=plan.advertiser_id or None,
    )
    return jobs.add(order, now)


def do_what_if_job(desk: ForecastDesk, job: Job, tell: Callable[[float], None]) -> Mapping[str, Any]:
    """``base`` and, for each change, its ``document`` and ``advice`` over the base; done twice, the same.

    Raises InputError as ``ForecastDesk.forecast``.
    """
    order = job.order.payload
    plan = msgspec.convert(order["plan"], CampaignPlan)
    changes = msgspec.convert(order["changes"], list[PlanChange])
    objective = Objective(order["objective"])
    total = len(changes) + 1
    done = 0

    def share(_: int, __: int, ___: str) -> None:
        tell(done / total)

    desk.look(share)
    base = desk.forecast(plan, share)
    told: list[dict[str, Any]] = []
    for number, change in enumerate(changes):
        done = number + 1
        tell(done / total)
        changed = changed_plan(plan, change, where=f"changes[{number}]")
        document = desk.forecast(changed, share, where=f"changes[{number}]")
        told.append({"name": change.name, "document": document} | _advice(base, document, change.name, objective))
    tell(1.0)
    return {"objective": objective.value, "base": base, "changes": told}


def _advice(base: Mapping[str, Any], other: Mapping[str, Any], name: str, objective: Objective) -> dict[str, Any]:
    """What the change brings; ``None`` and why where one of both does not say."""
    try:
        advice = compare_forecasts(
            base,
            other,
            plan_difference(base, other, name),
            objective,
            np.random.default_rng(0),
            where=("plan", name),
            currency=str(base["plan"].get("currency") or ""),
        )
    except ConfigRejected as reason:
        return {"advice": None, "advice_unknown": reason.what}
    return {"advice": advice.document(), "advice_unknown": None}


def _merged(old: Any, patch: Any) -> Any:
    """RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged
