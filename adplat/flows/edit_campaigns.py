"""Advertisers, campaigns and ads are made and changed by people: only what is sound, and only the steps of a life.

What is changed here stands in the catalogue at once; replicas learn of it with the next publication (``adplat deploy``,
``adplat drafts release``), as of every change of the catalogue.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

from adplat.domain import (
    COUNTRIES,
    CURRENCIES,
    LONGEST_CAP_S,
    Ad,
    Advertiser,
    AuditEntry,
    BidStrategyKind,
    Campaign,
    CampaignStatus,
    ConfigRejected,
    in_words,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.made_once import REQUEST, digest_of, id_of, made_before
from adplat.market import time_zone_named

LONGEST_NAME = 256
MOST_VALUES, LONGEST_VALUE = 500, 256
# A thousand million units; far below 2^63, so that sums of many stay numbers.
LARGEST_MICROS = 10**15
LARGEST_RATIO = 10_000.0


def create_advertiser(parts: SeenParts, wanted: Advertiser, key: str = "") -> Advertiser:
    """``wanted`` without an id. Raises ConfigRejected."""
    require_line(wanted.name, "name")
    if wanted.domain:
        require_line(wanted.domain, "domain")
    if wanted.currency not in CURRENCIES:
        raise ConfigRejected(
            f"{wanted.currency!r} is no currency", where="currency", hint="give its ISO 4217 code, such as CNY or USD"
        )
    named, digest = id_of(parts, "a", key), digest_of(wanted)
    made = replace(wanted, advertiser_id=named)
    entry = _entry(parts, "advertiser create", named, named, {"name": made.name, REQUEST: digest})
    if not parts.edits.add_advertiser(made, entry):
        return made_before(parts, named, digest, parts.edits.advertiser) or made
    return made


def create_campaign(parts: SeenParts, wanted: Campaign, key: str = "") -> Campaign:
    """``wanted`` without an id, as a draft. Raises ConfigRejected, UnknownReference."""
    require_sound(wanted, parts.edits.advertiser(wanted.advertiser_id))
    if wanted.status is not CampaignStatus.DRAFT:
        raise ConfigRejected("a campaign begins as a draft", where="status", hint="create it, then change its status")
    named, digest = id_of(parts, "k", key), digest_of(wanted)
    made = replace(wanted, campaign_id=named)
    entry = _entry(parts, "campaign create", named, made.advertiser_id, {"name": made.name, REQUEST: digest})
    if not parts.edits.add_campaign(made, entry):
        return made_before(parts, named, digest, parts.edits.campaign) or made
    return made


def create_ad(parts: SeenParts, wanted: Ad, key: str = "") -> Ad:
    """``wanted`` without an id. Raises ConfigRejected, UnknownReference."""
    require_line(wanted.name, "name")
    address = urlsplit(wanted.landing_url) if wanted.landing_url.isprintable() else None
    if address is None or address.scheme not in {"http", "https"} or not address.netloc or " " in wanted.landing_url:
        raise ConfigRejected(
            "a click would lead nowhere", where="landing_url", hint="give a whole address with https:// in front"
        )
    campaign = parts.edits.campaign(wanted.campaign_id)
    named, digest = id_of(parts, "ad", key), digest_of(wanted)
    made = replace(wanted, ad_id=named)
    entry = _entry(parts, "ad create", named, campaign.advertiser_id, {"name": made.name, REQUEST: digest})
    if not parts.edits.add_ad(made, entry):
        return made_before(parts, named, digest, parts.edits.ad) or made
    return made


def change_campaign(parts: SeenParts, campaign_id: str, step: Callable[[Campaign], Campaign]) -> Campaign:
    """What ``step`` makes of it. Raises UnknownReference, ConfigRejected, and what ``step`` raises."""
    advertiser = parts.edits.advertiser(parts.edits.campaign(campaign_id).advertiser_id)

    def checked(before: Campaign) -> Campaign:
        after = step(before)
        if after == before:
            return before
        if before.status is CampaignStatus.ENDED:
            raise ConfigRejected("it has ended, and stays as it was", where="status", hint="create another campaign")
        if after.status is not before.status and not before.status.may_become(after.status):
            raise ConfigRejected(
                f"it is {before.status.value} and cannot become {after.status.value}",
                where="status",
                hint=f"it may become {_steps(before.status)}",
            )
        # A flight that ran out by itself does not keep people from mending other things.
        ends, is_new = after.flight.end, (after.status, after.flight) != (before.status, before.flight)
        runs = after.status in {CampaignStatus.SCHEDULED, CampaignStatus.LIVE}
        if runs and is_new and ends is not None and ends <= parts.clock.now():
            raise ConfigRejected("its flight is over", where="flight_end", hint="let it end later, or not at all")
        require_sound(after, advertiser, before)
        return after

    def entry(before: Campaign, after: Campaign) -> AuditEntry:
        return _entry(parts, "campaign change", campaign_id, after.advertiser_id, changes_of(before, after))

    return parts.edits.change_campaign(campaign_id, checked, entry)


def changes_of(before: Any, after: Any) -> dict[str, str]:
    """By field what it was and what it is, as ``WAS → IS``."""
    was, now = asdict(before), asdict(after)
    return {name: f"{_short(was[name])} → {_short(now[name])}" for name in was if was[name] != now[name]}


def require_sound(campaign: Campaign, advertiser: Advertiser, before: Campaign | None = None) -> None:
    """Raises ConfigRejected for what no campaign can be; countries that were loaded into it ``before`` may stay."""
    require_line(campaign.name, "name")
    time_zone_named(campaign.time_zone, "time_zone")
    _require_budget(campaign, advertiser.currency)
    bid = campaign.bid_strategy
    if bid.kind is BidStrategyKind.TARGET_ROAS:
        if not (math.isfinite(bid.target_ratio) and 0.0 < bid.target_ratio <= LARGEST_RATIO) or bid.target_micros:
            raise ConfigRejected(
                "a return on spend is a ratio above 0", where="bid_strategy", hint="give target_ratio alone, such as 4"
            )
    elif not 0 < bid.target_micros <= LARGEST_MICROS or bid.target_ratio:
        raise ConfigRejected(
            "the bid has no amount", where="bid_strategy", hint=f"give target_micros alone, 1 to {LARGEST_MICROS}"
        )
    for field, values in asdict(campaign.targeting).items():
        if len(values) > MOST_VALUES:
            raise ConfigRejected(f"{len(values)} values", where=f"targeting.{field}", hint=f"at most {MOST_VALUES}")
        for value in values:
            if isinstance(value, str):
                require_line(value, f"targeting.{field}", LONGEST_VALUE)
    _require_countries(campaign.targeting.countries, () if before is None else before.targeting.countries)
    if any(cap.window_s > LONGEST_CAP_S for cap in campaign.frequency_caps):
        raise ConfigRejected(
            "a cap looks too far back", where="frequency_caps", hint=f"give at most {LONGEST_CAP_S} seconds"
        )
    if not all(0 <= span <= LONGEST_CAP_S for span in (campaign.attribution.click_s, campaign.attribution.view_s)):
        raise ConfigRejected(
            "conversions are not waited for so long", where="attribution", hint=f"give at most {LONGEST_CAP_S} seconds"
        )


def require_line(text: str, where: str, longest: int = LONGEST_NAME) -> None:
    """Raises ConfigRejected for what is not one line of text."""
    if not 0 < len(text) <= longest or not text.isprintable() or not text.strip():
        raise ConfigRejected("no line of text", where=where, hint=f"give 1 to {longest} printable characters")


def _require_countries(told: Sequence[str], loaded: Sequence[str]) -> None:
    for code in told:
        if code not in COUNTRIES and code not in loaded:
            raise ConfigRejected(
                f"{code[:40]!r} is no country",
                where="targeting.countries",
                hint="give its ISO 3166 code, such as CN or CHN",
            )


def _require_budget(campaign: Campaign, currency: str) -> None:
    for name, money in (("daily_budget_micros", campaign.budget.daily), ("total_budget_micros", campaign.budget.total)):
        if money is None:
            continue
        if money.currency != currency:
            raise ConfigRejected(f"the advertiser pays in {currency}", where=name, hint=f"give it in {currency}")
        if not 0 < money.amount_micros <= LARGEST_MICROS:
            raise ConfigRejected("no amount to spend", where=name, hint=f"give 1 to {LARGEST_MICROS}, or no limit")
    daily, total = campaign.budget.daily, campaign.budget.total
    if daily is not None and total is not None and daily.amount_micros > total.amount_micros:
        raise ConfigRejected(
            "a day may spend more than the whole flight",
            where="daily_budget_micros",
            hint="lower it, or raise the total",
        )


def _steps(status: CampaignStatus) -> str:
    return " or ".join(one.value for one in CampaignStatus if status.may_become(one)) or "nothing else"


def _short(value: Any) -> str:
    text = in_words(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _entry(parts: SeenParts, action: str, subject: str, advertiser_id: str, detail: dict[str, str]) -> AuditEntry:
    return AuditEntry(parts.clock.now(), parts.by, action, subject, detail, advertiser_id=advertiser_id)
