"""What a caller of some advertisers may ask about: its own plans, creatives, forecasts and jobs, and no others'.

What is somebody else's is answered like what is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adplat.domain import (
    Caller,
    CatalogueStore,
    ForecastStore,
    KeptForecast,
    NotPermitted,
    UnknownReference,
)
from adplat.forecast import CampaignPlan


def require_own_advertiser(caller: Caller, advertiser_id: str) -> None:
    """Raises NotPermitted for another's, and where none is named by one that has some."""
    if caller.advertisers is not None and not (advertiser_id and caller.may_see(advertiser_id)):
        raise NotPermitted(
            f"caller {caller.caller_id!r} may not ask about advertiser {advertiser_id!r}",
            where="advertiser_id",
            hint="name one of its own, or ask whoever runs this service for more",
        )


def require_own_plan(
    caller: Caller, plan: CampaignPlan, owner_of: Callable[[str], str | None], catalogue: CatalogueStore
) -> None:
    """Raises NotPermitted, and UnknownReference for a creative or campaign of others."""
    require_own_advertiser(caller, plan.advertiser_id)
    if caller.advertisers is None:
        return
    for name in plan.creatives:
        owner = owner_of(name)
        if owner is None or not caller.may_see(owner):
            raise UnknownReference(
                f"creative {name!r} is not in the catalogue", where="creatives", hint="give ids of your own creatives"
            )
    if plan.campaign_id and not any(
        one.campaign_id == plan.campaign_id and caller.may_see(one.advertiser_id) for one in catalogue.campaigns()
    ):
        raise UnknownReference(
            f"campaign {plan.campaign_id!r} is not in the catalogue",
            where="campaign_id",
            hint="give one of your own campaigns",
        )


def own_forecast(caller: Caller, forecasts: ForecastStore, forecast_id: str) -> KeptForecast:
    """Raises UnknownReference, in the same words for none and for another's."""
    unknown = UnknownReference(
        "no forecast has this id", where=f"forecast {forecast_id[:64]}", hint="see GET /v1/forecasts"
    )
    try:
        kept = forecasts.find(forecast_id)
    except UnknownReference:
        raise unknown from None
    if not caller.may_see(kept.advertiser_id):
        raise unknown
    return kept


def own_neighbours(
    caller: Caller, document: Mapping[str, Any], owner_of: Callable[[str], str | None]
) -> dict[str, Any]:
    """The prediction of a creative without what other advertisers' creatives brought."""
    own = [one for one in document["neighbours"] if caller.may_see(owner_of(one["creative_id"]) or "")]
    return {**document, "neighbours": own}
