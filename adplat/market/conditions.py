"""What an ad may be asked before it stands somewhere, by name: for the index and for whoever reads its explanation."""

from __future__ import annotations

from enum import StrEnum

from adplat.domain import Targeting, country_spellings


class Condition(StrEnum):
    """What an ad must meet; :meth:`EligibilityIndex.explain` names those it does not."""

    NOT_BARRED = "not_barred"
    FLIGHT = "flight"
    HOUR_OF_WEEK = "hour_of_week"
    FORMAT_AND_SIZE = "format_and_size"
    ATTRIBUTES = "attributes"
    SECURE = "secure"
    CURRENCY = "currency"
    DEAL = "deal"
    PLACEMENTS = "placements"
    COUNTRIES = "countries"
    REGIONS = "regions"
    DEVICES = "devices"
    OPERATING_SYSTEMS = "operating_systems"
    LANGUAGES = "languages"
    SEGMENTS = "segments"
    SITES = "sites"
    EXCLUDED_SITES = "excluded_sites"
    EXCLUDED_CONTENT = "excluded_content"
    ADVERTISER_DOMAIN = "advertiser_domain"
    APP = "app"
    CATEGORY = "category"
    AD_LANGUAGE = "ad_language"
    SEAT = "seat"


FACT_OF = {
    Condition.COUNTRIES: "country",
    Condition.REGIONS: "region",
    Condition.DEVICES: "device",
    Condition.OPERATING_SYSTEMS: "os",
    Condition.LANGUAGES: "language",
    Condition.SEGMENTS: "segment",
}
"""Which fact of an opportunity a field of a targeting is about. Sites are looked up in ``site`` and ``app``, excluded
content in ``content``, placements in the slot. A fact missing from the opportunity is taken from the user."""


def wished(targeting: Targeting, condition: Condition) -> tuple[str, ...]:
    """The values of a fact that meet one of FACT_OF; none: every value does."""
    values: tuple[str, ...] = getattr(targeting, condition.value)
    if condition is Condition.COUNTRIES:
        return tuple(spelling for code in values for spelling in country_spellings(code))
    return values
