"""What we read of a bid request (OpenRTB 2.6, section 3.2); everything else in it is skipped."""

from __future__ import annotations

from typing import ClassVar

from adplat.openrtb.imps import Imp
from adplat.openrtb.parts import Part


class Content(Part):
    """3.2.16."""

    cat: tuple[str, ...] | None = None
    language: str | None = None
    langb: str | None = None


class Publication(Part):
    """Site (3.2.13), app (3.2.14) or screen (3.2.32): where the ad would stand."""

    id: str | None = None
    domain: str | None = None
    bundle: str | None = None
    page: str | None = None
    cat: tuple[str, ...] | None = None
    sectioncat: tuple[str, ...] | None = None
    pagecat: tuple[str, ...] | None = None
    content: Content | None = None


class Geo(Part):
    """3.2.19. ``country`` is ISO 3166-1 alpha-3, ``utcoffset`` is minutes."""

    country: str | None = None
    region: str | None = None
    city: str | None = None
    utcoffset: int | None = None


class BrandVersion(Part):
    """3.2.30."""

    brand: str | None = None


class UserAgent(Part):
    """3.2.29: what the browser says of itself in parts; closer to the truth than ``ua`` where both are told."""

    browsers: tuple[BrandVersion, ...] | None = None
    platform: BrandVersion | None = None
    mobile: int | None = None


class Device(Part):
    """3.2.18. Addresses (``ip``, ``ipv6``) and coordinates are not read at all."""

    binding: ClassVar[frozenset[str]] = frozenset({"dnt", "lmt"})

    geo: Geo | None = None
    dnt: int | None = None
    lmt: int | None = None
    ua: str | None = None
    sua: UserAgent | None = None
    devicetype: int | None = None
    os: str | None = None
    language: str | None = None
    langb: str | None = None
    ifa: str | None = None


class Segment(Part):
    """3.2.22."""

    id: str | None = None


class Data(Part):
    """3.2.21."""

    segment: tuple[Segment, ...] | None = None


class UserExtension(Part):
    """Where 2.5 kept the consent string."""

    consent: str | None = None


class User(Part):
    """3.2.20."""

    id: str | None = None
    buyeruid: str | None = None
    consent: str | None = None
    data: tuple[Data, ...] | None = None
    ext: UserExtension | None = None


class RegsExtension(Part):
    """Where 2.5 kept what 2.6 lifted into ``regs``."""

    binding: ClassVar[frozenset[str]] = frozenset({"gdpr", "us_privacy", "gpp", "gpp_sid"})

    gdpr: int | None = None
    us_privacy: str | None = None
    gpp: str | None = None
    gpp_sid: tuple[int, ...] | None = None


class Regs(Part):
    """3.2.3."""

    binding: ClassVar[frozenset[str]] = frozenset({"coppa", "gdpr", "us_privacy", "gpp", "gpp_sid", "ext"})

    coppa: int | None = None
    gdpr: int | None = None
    us_privacy: str | None = None
    gpp: str | None = None
    gpp_sid: tuple[int, ...] | None = None
    ext: RegsExtension | None = None


class SupplyChainNode(Part):
    """3.2.26."""

    asi: str | None = None
    sid: str | None = None
    hp: int | None = None


class SupplyChain(Part):
    """3.2.25."""

    complete: int | None = None
    nodes: tuple[SupplyChainNode, ...] | None = None


class SourceExtension(Part):
    """Where 2.5 kept the chain."""

    schain: SupplyChain | None = None


class Source(Part):
    """3.2.2."""

    fd: int | None = None
    tid: str | None = None
    schain: SupplyChain | None = None
    ext: SourceExtension | None = None


_LISTS_THAT_BIND = {"wseat", "bseat", "cur", "wlang", "wlangb", "acat", "bcat", "cattax", "badv", "bapp"}


class BidRequest(Part):
    """3.2.1."""

    binding: ClassVar[frozenset[str]] = frozenset({"id", "imp", "test", "at", "tmax", "regs"} | _LISTS_THAT_BIND)

    id: str
    imp: tuple[Imp, ...]
    site: Publication | None = None
    app: Publication | None = None
    dooh: Publication | None = None
    device: Device | None = None
    user: User | None = None
    test: int | None = None
    at: int | None = None
    tmax: int | None = None
    wseat: tuple[str, ...] | None = None
    bseat: tuple[str, ...] | None = None
    cur: tuple[str, ...] | None = None
    wlang: tuple[str, ...] | None = None
    wlangb: tuple[str, ...] | None = None
    acat: tuple[str, ...] | None = None
    bcat: tuple[str, ...] | None = None
    cattax: int | None = None
    badv: tuple[str, ...] | None = None
    bapp: tuple[str, ...] | None = None
    source: Source | None = None
    regs: Regs | None = None
