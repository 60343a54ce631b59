"""What a forecast is grouped by when it is told how often intervals held: words, the same that are kept beside it."""

from __future__ import annotations

from collections.abc import Mapping

from adplat.forecast import SHORT_DAYS, CampaignPlan, PlanResponse

SEVERAL = "several"


def slices_of(plan: CampaignPlan, features: Mapping[str, float], response: PlanResponse) -> dict[str, str]:
    """``features`` as ``raw.features`` of the document has them.

    ``budget`` is tight where the replay without any budget would have spent more than there is. ``category`` is that of
    all creatives, ``several`` where they differ, and left out where one has none.
    """
    told = {
        "bid": plan.bid.kind.value,
        "budget": "tight" if features["log_margin"] > 0.0 else "loose",
        "advertiser": "new" if features["new_advertiser"] else "known",
        "creatives": "new" if features["new_creative_share"] > 0.0 else "known",
        "flight": "short" if plan.days <= SHORT_DAYS else "long",
        "caps": "capped" if plan.frequency_caps else "none",
    }
    categories = {one.category for one in response.creatives}
    if "" not in categories:
        told["category"] = categories.pop() if len(categories) == 1 else SEVERAL
    return told
