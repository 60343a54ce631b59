"""Consent strings of the IAB Europe Transparency & Consent Framework, version 2: the core segment.

Source: IAB Tech Lab, "Transparency and Consent String with Global Vendor List Format", TCF v2
(github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework). The segments after the core
(disclosed and allowed vendors, the publisher's own purposes) say nothing about a vendor's consent and are not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from adplat.privacy.bit_fields import BitReader

VERSION = 2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VendorSet:
    """Vendor ids, as a field of bits (``ranges`` is ``None``) or as ranges, ends included; ``vendor_id in vendors``."""

    highest: int
    bit_field: int = 0
    ranges: tuple[tuple[int, int], ...] | None = None

    def __contains__(self, vendor_id: int) -> bool:
        if not 1 <= vendor_id <= self.highest:
            return False
        if self.ranges is None:
            return bool(self.bit_field >> (self.highest - vendor_id) & 1)
        return any(first <= vendor_id <= last for first, last in self.ranges)


class RestrictionKind(IntEnum):
    """What a publisher lays down for a purpose. ``undefined`` has no meaning yet and is treated as not allowed."""

    NOT_ALLOWED = 0
    REQUIRE_CONSENT = 1
    REQUIRE_LEGITIMATE_INTEREST = 2
    UNDEFINED = 3


@dataclass(frozen=True, slots=True)
class PublisherRestriction:
    """The publisher's rule for these vendors and one purpose."""

    purpose: int
    kind: RestrictionKind
    vendors: VendorSet


@dataclass(frozen=True, slots=True)
class TcfConsent:
    """What a user agreed to. Purposes and special features are counted from 1, as in the Global Vendor List.

    ``legitimate_…`` are those announced as legitimate interest and not objected to.
    """

    created: datetime
    last_updated: datetime
    cmp_id: int
    cmp_version: int
    consent_screen: int
    language: str
    vendor_list_version: int
    policy_version: int
    is_service_specific: bool
    uses_own_stacks: bool
    special_features: frozenset[int]
    consented_purposes: frozenset[int]
    legitimate_purposes: frozenset[int]
    purpose_one_was_not_asked: bool
    publisher_country: str
    consented_vendors: VendorSet
    legitimate_vendors: VendorSet
    restrictions: tuple[PublisherRestriction, ...]

    def allows(self, purpose: int, vendor_id: int, *, by_legitimate_interest: bool = False) -> bool:
        """Whether a vendor registered with this legal basis (and without flexibility) may pursue the purpose.

        The publisher's restrictions come before the user's answers, as the specification has it.
        """
        kinds = {one.kind for one in self.restrictions if one.purpose == purpose and vendor_id in one.vendors}
        if RestrictionKind.NOT_ALLOWED in kinds or RestrictionKind.UNDEFINED in kinds:
            return False
        if by_legitimate_interest:
            if RestrictionKind.REQUIRE_CONSENT in kinds:
                return False
            return purpose in self.legitimate_purposes and vendor_id in self.legitimate_vendors
        if RestrictionKind.REQUIRE_LEGITIMATE_INTEREST in kinds:
            return False
        return purpose in self.consented_purposes and vendor_id in self.consented_vendors


def read_tcf(text: str) -> TcfConsent | None:
    """The core of a consent string; ``None`` when it is not readable, which is no consent."""
    try:
        return _core(BitReader(text.partition(".")[0]))
    except ValueError:
        return None


def _core(bits: BitReader) -> TcfConsent:
    if bits.integer(6) != VERSION:
        raise ValueError("not a string of version 2")
    consent = TcfConsent(
        created=_moment(bits.integer(36)),
        last_updated=_moment(bits.integer(36)),
        cmp_id=bits.integer(12),
        cmp_version=bits.integer(12),
        consent_screen=bits.integer(6),
        language=bits.letters(),
        vendor_list_version=bits.integer(12),
        policy_version=bits.integer(6),
        is_service_specific=bits.flag(),
        uses_own_stacks=bits.flag(),
        special_features=bits.numbered_flags(12),
        consented_purposes=bits.numbered_flags(24),
        legitimate_purposes=bits.numbered_flags(24),
        purpose_one_was_not_asked=bits.flag(),
        publisher_country=bits.letters().upper(),
        consented_vendors=_vendors(bits),
        legitimate_vendors=_vendors(bits),
        restrictions=tuple(_restriction(bits) for _ in range(bits.integer(12))),
    )
    if consent.purpose_one_was_not_asked and not consent.is_service_specific:
        raise ValueError("purpose 1 not asked in a string for all sites, which the specification calls invalid")
    return consent


def _moment(deciseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=100 * deciseconds)


def _vendors(bits: BitReader) -> VendorSet:
    highest = bits.integer(16)
    if bits.flag():
        return VendorSet(highest, ranges=_ranges(bits))
    return VendorSet(highest, bit_field=bits.integer(highest))


def _ranges(bits: BitReader) -> tuple[tuple[int, int], ...]:
    found = []
    for _ in range(bits.integer(12)):
        is_range = bits.flag()
        first = bits.integer(16)
        last = bits.integer(16) if is_range else first
        if not 1 <= first <= last:
            raise ValueError(f"vendors {first} to {last}")
        found.append((first, last))
    return tuple(found)


def _restriction(bits: BitReader) -> PublisherRestriction:
    purpose, kind, ranges = bits.integer(6), RestrictionKind(bits.integer(2)), _ranges(bits)
    return PublisherRestriction(purpose, kind, VendorSet(max((last for _, last in ranges), default=0), ranges=ranges))
