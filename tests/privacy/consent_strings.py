"""Writes consent strings, field by field as the IAB specifications list them; adplat itself only reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY_PURPOSE = frozenset({1, 2, 3, 4, 7})
US = 17  # our vendor number in these tests


def number(value: int, bits: int) -> str:
    assert 0 <= value < 2**bits
    return format(value, f"0{bits}b")


def characters(bits: str) -> str:
    bits += "0" * (-len(bits) % 6)
    return "".join(ALPHABET[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6))


def places(chosen: Collection[int], bits: int) -> str:
    return "".join("1" if place in chosen else "0" for place in range(1, bits + 1))


def letters(two: str) -> str:
    return "".join(number(ord(letter) - ord("a"), 6) for letter in two)


def moment(at: datetime) -> str:
    return number(round(at.timestamp() * 10), 36)


def ranges(pairs: Sequence[tuple[int, int]]) -> str:
    written = [
        ("0" + number(first, 16)) if first == last else ("1" + number(first, 16) + number(last, 16))
        for first, last in pairs
    ]
    return number(len(pairs), 12) + "".join(written)


def vendor_field(vendors: Collection[int], *, as_ranges: bool, highest: int | None = None) -> str:
    top = max(vendors, default=0) if highest is None else highest
    if as_ranges:
        return number(top, 16) + "1" + ranges([(one, one) for one in sorted(vendors)])
    return number(top, 16) + "0" + places(vendors, top)


@dataclass(frozen=True)
class Tcf:
    """A consent string of TCF v2; by default vendor 17 may do everything that is looked at."""

    version: int = 2
    created: datetime = NOON
    last_updated: datetime = NOON
    cmp_id: int = 31
    cmp_version: int = 5
    consent_screen: int = 1
    language: str = "de"
    vendor_list_version: int = 241
    policy_version: int = 4
    is_service_specific: bool = True
    uses_own_stacks: bool = False
    special_features: Collection[int] = frozenset({1})
    purposes: Collection[int] = EVERY_PURPOSE
    legitimate_purposes: Collection[int] = frozenset()
    purpose_one_was_not_asked: bool = False
    publisher_country: str = "de"
    vendors: Collection[int] = frozenset({US})
    legitimate_vendors: Collection[int] = frozenset()
    as_ranges: bool = False
    restrictions: Sequence[tuple[int, int, Sequence[tuple[int, int]]]] = ()
    segments: str = ""

    def bits(self) -> str:
        restrictions = [number(purpose, 6) + number(kind, 2) + ranges(who) for purpose, kind, who in self.restrictions]
        return "".join(
            [
                number(self.version, 6),
                moment(self.created) + moment(self.last_updated),
                number(self.cmp_id, 12) + number(self.cmp_version, 12) + number(self.consent_screen, 6),
                letters(self.language) + number(self.vendor_list_version, 12) + number(self.policy_version, 6),
                number(self.is_service_specific, 1) + number(self.uses_own_stacks, 1),
                places(self.special_features, 12) + places(self.purposes, 24) + places(self.legitimate_purposes, 24),
                number(self.purpose_one_was_not_asked, 1) + letters(self.publisher_country),
                vendor_field(self.vendors, as_ranges=self.as_ranges),
                vendor_field(self.legitimate_vendors, as_ranges=self.as_ranges),
                number(len(restrictions), 12) + "".join(restrictions),
            ]
        )

    def __str__(self) -> str:
        return characters(self.bits()) + self.segments


def fibonacci(value: int) -> str:
    numbers = [1, 2]
    while numbers[-1] <= value:
        numbers.append(numbers[-1] + numbers[-2])
    bits, rest = "", value
    for one in reversed(numbers):
        if one <= rest:
            bits, rest = "1" + bits, rest - one
        elif bits:
            bits = "0" + bits
    return bits + "1"


def gpp(sections: Mapping[int, str], *, pairs: Sequence[tuple[int, int]] | None = None) -> str:
    """``pairs`` are the ranges the header announces; by default each section for itself."""
    announced = [(one, one) for one in sorted(sections)] if pairs is None else pairs
    bits, last = number(3, 6) + number(1, 6) + number(len(announced), 12), 0
    for first, end in announced:
        bits += ("1" if end > first else "0") + fibonacci(first - last)
        bits += fibonacci(end - first) if end > first else ""
        last = end
    return "~".join([characters(bits), *(sections[one] for one in sorted(sections))])


# Every US section field by field: notices first, then the opt-outs, each two bits.
_STATE = ("notice", "sale_notice", "advertising_notice", "sale", "targeted_advertising")
_WITH_SENSITIVE_NOTICE = ("notice", "sale_notice", "advertising_notice", "sensitive", "sale", "targeted_advertising")
US_FIELDS: Mapping[int, tuple[str, ...]] = {
    7: (
        *("notice", "sale_notice", "sharing_notice", "advertising_notice", "sensitive_notice", "limit_notice"),
        *("sale", "sharing", "targeted_advertising"),
    ),
    8: ("sale_notice", "sharing_notice", "limit_notice", "sale", "sharing"),
    **dict.fromkeys((9, 10, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23), _STATE),
    **dict.fromkeys((11, 18), _WITH_SENSITIVE_NOTICE),
}


@dataclass(frozen=True)
class UsSection:
    """One US section; every field not named is 2, "no"."""

    section: int
    answers: Mapping[str, int] = field(default_factory=dict)
    version: int = 1
    gpc: bool | None = None

    def __str__(self) -> str:
        bits = number(self.version, 6) + "".join(number(self.answers.get(one, 2), 2) for one in US_FIELDS[self.section])
        # Sensitive data, children and the agreement follow; nobody reads them here.
        text = characters(bits + "0" * 30)
        return text if self.gpc is None else f"{text}.{characters('01' + number(self.gpc, 1))}"
