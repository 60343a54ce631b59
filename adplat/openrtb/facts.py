"""What is known of the moment, by feature name. A fact that was not told is absent, never empty or zero.

``country`` stays as OpenRTB has it, ISO 3166-1 alpha-3. Nothing here is an address, a coordinate or an identity.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from adplat.openrtb.requests import BidRequest, Device, Geo, Publication
from adplat.openrtb.slots import domain_of

# AdCOM 1.0, list of device types. 1 is "mobile or tablet", told apart below where the browser says more.
_DEVICES = {2: "desktop", 3: "tv", 4: "phone", 5: "tablet", 6: "connected", 7: "tv", 8: "screen"}
_PHONE_OR_TABLET = 1
_SYSTEMS = {"os x": "macos", "mac os": "macos", "mac os x": "macos", "iphone os": "ios"}
# Local time is at most 14 hours ahead of UTC and 12 behind.
_MOST_MINUTES_EAST, _MOST_MINUTES_WEST = 14 * 60, 12 * 60


def facts_of(request: BidRequest, now: datetime) -> dict[str, str | float]:
    """Facts by name; several values of one are joined by ``|`` (``segment``, ``content``)."""
    device = request.device or Device()
    geo = device.geo or Geo()
    facts: dict[str, str | float | None] = {
        "country": geo.country and geo.country.strip().upper(),
        "region": geo.region,
        "city": geo.city,
        "device": _device(device),
        "os": _system(device),
        "language": _language(request, device),
        "segment": _joined(
            segment.id for data in (request.user and request.user.data) or () for segment in data.segment or ()
        ),
    }
    if request.site is not None:
        facts["site"] = request.site.domain and domain_of(request.site.domain)
    if request.app is not None:
        facts["app"] = request.app.bundle
    facts["content"] = _content(request.site or request.app or request.dooh or Publication())
    told: dict[str, str | float] = {name: value for name, value in facts.items() if value}
    minutes_east = geo.utcoffset
    if minutes_east is not None and -_MOST_MINUTES_WEST <= minutes_east <= _MOST_MINUTES_EAST:
        local = now + timedelta(minutes=minutes_east)
        told["hour"], told["weekday"] = local.hour, local.weekday()
    return told


def _device(device: Device) -> str | None:
    if device.devicetype != _PHONE_OR_TABLET:
        return _DEVICES.get(device.devicetype or 0)
    if device.sua is not None and device.sua.mobile == 1:
        return "phone"
    agent = (device.ua or "").lower()
    if not agent:
        return "mobile"
    # Android tablets are those that do not say "mobile".
    is_tablet = "ipad" in agent or "tablet" in agent or ("android" in agent and "mobile" not in agent)
    return "tablet" if is_tablet else "phone"


def _system(device: Device) -> str | None:
    platform = device.sua.platform if device.sua is not None else None
    name = ((platform.brand if platform is not None else None) or device.os or "").strip().lower()
    return _SYSTEMS.get(name, name)


def _language(request: BidRequest, device: Device) -> str | None:
    """That of the browser, else of the content, as its primary subtag in lower case (``zh-Hant`` is ``zh``)."""
    publication = request.site or request.app
    content = publication.content if publication is not None else None
    told = device.language or device.langb or (content and (content.language or content.langb)) or ""
    return primary_language(told)


def primary_language(tag: str) -> str:
    """The ISO 639 part of a BCP 47 tag, in lower case."""
    return tag.strip().replace("_", "-").partition("-")[0].lower()


def _content(where: Publication) -> str | None:
    inside = where.content.cat if where.content is not None else None
    lists = (where.cat, where.sectioncat, where.pagecat, inside)
    return _joined(category for told in lists for category in told or ())


def _joined(values: Iterable[str | None]) -> str | None:
    return "|".join(dict.fromkeys(value for value in values if value))
