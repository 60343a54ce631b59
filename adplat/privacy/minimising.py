"""Take away from an opportunity what may not be known, so that nothing further down has to remember the rule."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address

from adplat.domain import Opportunity, UserContext
from adplat.privacy.consent import Permissions

Fact = str | float

# Facts of the moment, the place shown in and the device, in which no person is told: all that is left without a
# profile. A list of what stays cannot forget a new fact of the user; one of what goes would.
CONTEXT_FACTS = frozenset(
    {
        *("country", "region", "metro", "lat", "lon", "ip", "ipv6", "utc_offset_min"),
        *("device", "device_type", "device_make", "device_model", "os", "os_version", "browser", "connection"),
        *("language", "site", "app", "site_category", "app_category", "publisher"),
        *("content", "content_category", "content_language", "placement", "position"),
        *("hour", "weekday", "hour_of_week", "consent"),
    }
)
FINE_PLACES = frozenset({"city", "district", "zip", "postal_code", "postcode", "street", "address", "geo_accuracy_m"})
COORDINATES = frozenset({"lat", "lon"})
ADDRESSES = frozenset({"ip", "ipv6"})

COORDINATE_DECIMALS = 2  # about a kilometre
_KEPT_BITS = {4: 24, 6: 48}


def minimised(
    opportunity: Opportunity, permissions: Permissions, *, context_facts: frozenset[str] = CONTEXT_FACTS
) -> Opportunity:
    """The opportunity with what ``permissions`` leave; the privacy signals stay as they came.

    Without ``may_recognise`` the user key is empty. Without ``may_profile`` the user has no attributes, and of the
    facts only ``context_facts`` are left. Without ``may_use_precise_geo`` the city and finer places are gone and
    coordinates have two decimals. An IP address is full only with ``may_use_precise_geo`` and ``may_recognise``,
    else /24 or /48: it tells the place, and the person. What cannot be coarsened is dropped.
    """
    user, facts = opportunity.user, opportunity.facts
    if not permissions.may_profile:
        user = UserContext(user.user_key)
        facts = {name: value for name, value in facts.items() if name in context_facts}
    if not permissions.may_recognise:
        user = replace(user, user_key="")
    attributes = dict(_coarsened(user.attributes, permissions))
    return replace(
        opportunity,
        user=replace(user, attributes=attributes),
        facts=dict(_coarsened(facts, permissions)),
    )


def _coarsened(facts: Mapping[str, Fact], permissions: Permissions) -> Iterator[tuple[str, Fact]]:
    may_place = permissions.may_use_precise_geo
    for name, value in facts.items():
        kept: Fact | None = value
        if name in ADDRESSES and not (may_place and permissions.may_recognise):
            kept = _network(value)
        elif name in COORDINATES and not may_place:
            kept = _rounded(value)
        elif name in FINE_PLACES and not may_place:
            kept = None
        if kept is not None:
            yield name, kept


def _network(value: Fact) -> str | None:
    """The address with its last bits zero; ``None`` for what is no address."""
    try:
        address = ip_address(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if address is None:
        return None
    hidden = address.max_prefixlen - _KEPT_BITS[address.version]
    number = int(address) >> hidden << hidden
    return str(IPv4Address(number) if address.version == 4 else IPv6Address(number))


def _rounded(value: Fact) -> float | None:
    try:
        degrees = float(value)
    except ValueError:
        return None
    return round(degrees, COORDINATE_DECIMALS) if math.isfinite(degrees) else None
