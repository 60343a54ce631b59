"""Eligibility said the long way: one ad, one slot, one sentence after the other. Slow, and easy to believe."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from adplat.domain import AdFormat, Deal, Opportunity, Slot
from adplat.market import AdTerms


def covers(wide: str, narrow: str, mark: str) -> bool:
    """Categories read from the left, ``IAB7`` covers ``IAB7-39``; domains from the right."""
    return narrow == wide or (narrow.startswith(wide + mark) if mark == "-" else narrow.endswith(mark + wide))


def told(opportunity: Opportunity, name: str) -> list[str]:
    value = opportunity.facts.get(name, opportunity.user.attributes.get(name, ""))
    return str(value).split("|") if value != "" else []


def fits(ad: AdTerms, slot: Slot) -> bool:
    if not ad.formats & slot.formats:
        return False
    if AdFormat.NATIVE in ad.formats & slot.formats:
        return True
    return not slot.sizes or ad.size is None or ad.size in slot.sizes


def runs(ad: AdTerms, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(ad.time_zone))
    hours = ad.targeting.hours_of_week
    return ad.flight.covers(now) and (not hours or local.weekday() * 24 + local.hour in hours)


def wanted_by_advertiser(ad: AdTerms, opportunity: Opportunity, slot: Slot) -> bool:
    wishes = ad.targeting
    for asked, fact in (
        (wishes.countries, "country"),
        (wishes.regions, "region"),
        (wishes.devices, "device"),
        (wishes.operating_systems, "os"),
        (wishes.languages, "language"),
        (wishes.segments, "segment"),
    ):
        if asked and not set(asked) & set(told(opportunity, fact)):
            return False
    if wishes.placements and slot.placement not in wishes.placements:
        return False
    places = told(opportunity, "site") + told(opportunity, "app")
    if wishes.sites and not any(covers(wide, place, ".") for wide in wishes.sites for place in places):
        return False
    if any(covers(wide, place, ".") for wide in wishes.excluded_sites for place in places):
        return False
    content = told(opportunity, "content")
    return not any(covers(wide, narrow, "-") for wide in wishes.excluded_content for narrow in content)


def wanted_by_seller(ad: AdTerms, opportunity: Opportunity, slot: Slot, deal: Deal | None) -> bool:
    blocks, domain, categories = opportunity.blocks, ad.advertiser_domain, ad.content_categories
    same_taxonomy = blocks.taxonomy == 1
    refusals = [
        any(covers(wide, domain, ".") for wide in blocks.advertiser_domains),
        ad.landing_app in blocks.apps,
        ad.seat in blocks.seats,
        bool(blocks.allowed_seats) and ad.seat not in blocks.allowed_seats,
        bool(blocks.allowed_languages) and ad.language not in blocks.allowed_languages,
        bool(slot.blocked_attributes & set(ad.attributes)),
        slot.is_secure is True and not ad.is_secure,
        bool(opportunity.currencies) and ad.currency not in opportunity.currencies,
        slot.is_private and deal is None,
    ]
    if blocks.categories:
        refusals.append(
            any(covers(wide, narrow, "-") for wide in blocks.categories for narrow in categories)
            if same_taxonomy
            else bool(categories)
        )
    if blocks.allowed_categories:
        each_allowed = all(any(covers(wide, own, "-") for wide in blocks.allowed_categories) for own in categories)
        refusals.append(not (same_taxonomy and categories and each_allowed))
    if deal is not None:
        refusals.append(bool(deal.seats) and ad.seat not in deal.seats)
        refusals.append(
            bool(deal.advertiser_domains) and not any(covers(wide, domain, ".") for wide in deal.advertiser_domains)
        )
    return not any(refusals)


def may_stand(ad: AdTerms, opportunity: Opportunity, slot: Slot, deal: Deal | None, now: datetime) -> bool:
    return (
        fits(ad, slot)
        and runs(ad, now)
        and wanted_by_advertiser(ad, opportunity, slot)
        and wanted_by_seller(ad, opportunity, slot, deal)
    )
