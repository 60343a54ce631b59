"""A campaign that is like another one, and many campaigns that take one step of their life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adplat.domain import Campaign, CampaignStatus, Comparison, Condition, InputError, ListRequest
from adplat.flows.admin_parts import SeenParts
from adplat.flows.edit_campaigns import LONGEST_NAME, change_campaign, create_ad, create_campaign

MOST_AT_ONCE = 100
_MOST_ADS = 100


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one campaign; ``why`` it stayed as it was, ``None`` where it did not."""

    campaign_id: str
    why: InputError | None = None


def copy_campaign(parts: SeenParts, campaign_id: str, name: str, key: str = "") -> Campaign:
    """A draft with the same terms, and the same ads without their creatives. Raises UnknownReference, ConfigRejected.

    The same ``key`` is the same copy, and its ads are made once.
    """
    there = parts.edits.campaign(campaign_id)
    wanted = replace(there, campaign_id="", name=name[:LONGEST_NAME], status=CampaignStatus.DRAFT)
    made = create_campaign(parts, wanted, key)
    own = ListRequest([Condition("campaign_id", Comparison.IS, (campaign_id,))], limit=_MOST_ADS)
    for ad in parts.edits.ad_page(own).items:
        create_ad(parts, replace(ad, ad_id="", campaign_id=made.campaign_id), f"{made.campaign_id}:{ad.ad_id}"[:128])
    return made


def change_statuses(parts: SeenParts, campaign_ids: Sequence[str], status: CampaignStatus) -> list[Step]:
    """Each by itself: one that may not take the step stays as it was, and the others go on.

    Raises UnknownReference, before anything is changed, where one of them is not there.
    """
    for named in campaign_ids:
        parts.edits.campaign(named)
    found = []
    for named in campaign_ids:
        try:
            change_campaign(parts, named, lambda there: replace(there, status=status))
            found.append(Step(named))
        except InputError as error:
            found.append(Step(named, error))
    return found
