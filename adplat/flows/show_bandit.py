"""What the bandit believes now, for a person: what it learned of the model, and of each live creative."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import numpy as np
from scipy.stats import gamma

from adplat.bandit import Context, Count, Knowledge, ThompsonWithPrior, learn_places
from adplat.domain import ArmsSince, Creative, InternalFault, OnlineState, UnknownReference
from adplat.flows.rank_creatives import policies_of
from adplat.snapshots import CatalogueSnapshot

_LEVEL = 0.9


def read_statistics(online: OnlineState, now: datetime) -> Knowledge:
    """What replicas read, as it is now; closes the connection. Raises StoreUnreachable."""

    async def read() -> ArmsSince:
        try:
            return await online.read_arms()
        finally:
            await online.close()

    found = asyncio.run(read())
    return Knowledge.of(found.arms, now, found.sums)


def bandit_document(snapshot: CatalogueSnapshot, known: Knowledge, campaign_id: str = "") -> dict[str, Any]:
    """The document of ``adplat bandit show --json``: creatives by campaign and ad, the likeliest best first.

    Replicas learn the prior twice a minute, here it is learned now. Raises UnknownReference for a campaign without live
    creatives.

    ``factor`` is clicks over what the prior expects of the creative, with its central 90 %. ``best`` is the chance to
    be the best of its ad by the objective at equal predictions: the model's word about an opportunity is not in it.
    """
    policy = policies_of(snapshot.policy)[ThompsonWithPrior.name].update(learn_places(known).corrected(known))
    if not isinstance(policy, ThompsonWithPrior):
        raise InternalFault(f"{ThompsonWithPrior.name!r} names another policy", hint="see adplat.bandit.POLICIES")
    listed = [one for one in snapshot.catalogue.creatives if not campaign_id or one.campaign_id == campaign_id]
    if not listed:
        raise UnknownReference(
            f"campaign {campaign_id!r} has no live creative", where="--campaign", hint="check the id, or leave it out"
        )
    by_ad: defaultdict[str, list[Creative]] = defaultdict(list)
    for creative in listed:
        by_ad[creative.ad_id].append(creative)
    told = [line for members in by_ad.values() for line in _lines(policy, known, members)]
    return {
        "policy": asdict(snapshot.policy),
        "prior": asdict(policy.prior),
        "creatives_shown": len(known.row_of),
        "creatives": told,
    }


def _lines(policy: ThompsonWithPrior, known: Knowledge, creatives: list[Creative]) -> list[dict[str, Any]]:
    belief = policy.belief
    rows = known.rows_of([one.creative_id for one in creatives])
    counts = known.counts[:, rows]
    # At equal predictions: the mean of what was predicted for all of them.
    impressions = counts[Count.IMPRESSIONS].sum()
    p_ctr = counts[Count.EXPECTED_CLICKS].sum() / impressions if impressions else belief.prior.centre
    context = Context(np.full(len(rows), min(float(p_ctr), 1.0)))
    # What is believed, whatever the policy makes of it: the posterior as wide as it is.
    best, _ = replace(policy, width=1.0).best_by(context, np.arange(len(rows)), rows)
    shapes, rates = belief.click_shapes[rows], belief.click_rates[rows]
    ends = (1.0 - _LEVEL) / 2.0
    low, high = (gamma.ppf(end, shapes) / rates for end in (ends, 1.0 - ends))
    lines = [
        {
            "creative_id": creative.creative_id,
            "ad_id": creative.ad_id,
            "campaign_id": creative.campaign_id,
            "impressions": int(counts[Count.IMPRESSIONS, place]),
            "clicks": int(counts[Count.CLICKS, place]),
            "conversions": int(counts[Count.CONVERSIONS, place]),
            "spend_micros": int(counts[Count.SPEND, place]),
            "expected_clicks": float(rates[place] - belief.prior.strength),
            "factor": float(shapes[place] / rates[place]),
            "factor_low": float(low[place]),
            "factor_high": float(high[place]),
            "best": float(best[place]),
        }
        for place, creative in enumerate(creatives)
    ]
    return sorted(lines, key=lambda line: (-float(str(line["best"])), str(line["creative_id"])))
