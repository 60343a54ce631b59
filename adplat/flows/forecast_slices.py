"""What a forecast is grouped by when it is told how often intervals held: words, the same that are kept beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from adplat.forecast import PlanResponse

SHORT_DAYS = 3
SEVERAL = "several"


def slices_of(features: Mapping[str, float], response: PlanResponse) -> dict[str, str]:
    """``features`` as ``raw.features`` of the document has them.

    ``budget`` is tight where the replay without any budget would have spent more than there is. ``category`` is that of
    all creatives, ``several`` where they differ, and left out where one has none.
    """
    told = {
        "budget": "tight" if features["log_margin"] > 0.0 else "loose",
        "advertiser": "new" if features["new_advertiser"] else "known",
        "creatives": "new" if features["new_creative_share"] > 0.0 else "known",
        "flight": "short" if round(math.exp(features["log_days_of_flight"])) <= SHORT_DAYS else "long",
        "caps": "capped" if features["caps_a_day"] else "free",
    }
    categories = {one.category for one in response.creatives}
    if "" not in categories:
        told["category"] = categories.pop() if len(categories) == 1 else SEVERAL
    return told
