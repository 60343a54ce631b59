"""Strings of the Global Privacy Platform: which sections they carry, and the opt-outs in those of the United States.

Source: IAB Tech Lab, "Global Privacy Platform String" 1.0 and its section specifications
(github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform). What the sections say of sensitive data and of known
children is not read: a seller who knows of a child says so by COPPA.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adplat.privacy.bit_fields import BitReader

TCF_EU = 2
US_PRIVACY = 6
US_NATIONAL = 7
CALIFORNIA = 8
# Sections 24 to 27 (Maryland, Indiana, Kentucky, Rhode Island) are reserved, their layout was still under public
# comment in 2025. They are known to be of the United States and cannot be read, which counts as an opt-out.
US_SECTIONS = frozenset(range(US_NATIONAL, 28))

_HEADER_TYPE, _VERSION = 3, 1
_GPC_SUBSECTION = 1
_OPTED_OUT = 1

# By section: the versions known, the bits before the opt-outs (a version of 6, notices of 2), and the opt-outs.
_SALE_AND_ADVERTISING = ("sale", "targeted_advertising")
_AFTER_THREE_NOTICES = (9, 10, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23)
_AFTER_FOUR_NOTICES = (11, 18)
_LAYOUTS: Mapping[int, tuple[frozenset[int], int, tuple[str, ...]]] = {
    US_NATIONAL: (frozenset({1, 2}), 6 + 6 * 2, ("sale", "sharing", "targeted_advertising")),
    CALIFORNIA: (frozenset({1}), 6 + 3 * 2, ("sale", "sharing")),
    **dict.fromkeys(_AFTER_THREE_NOTICES, (frozenset({1}), 6 + 3 * 2, _SALE_AND_ADVERTISING)),
    **dict.fromkeys(_AFTER_FOUR_NOTICES, (frozenset({1}), 6 + 4 * 2, _SALE_AND_ADVERTISING)),
}


@dataclass(frozen=True, slots=True)
class UsOptOuts:
    """What the user of one US section opted out of; ``None``: does not apply, or the section has no such field."""

    sale: bool | None = None
    sharing: bool | None = None
    targeted_advertising: bool | None = None
    global_privacy_control: bool = False

    @property
    def any(self) -> bool:
        """Whether there is an opt-out of any kind."""
        return bool(self.sale or self.sharing or self.targeted_advertising or self.global_privacy_control)


def read_gpp(text: str) -> dict[int, str] | None:
    """The sections by id, still encoded; ``None`` when the header is not readable or does not fit the sections."""
    header, *sections = text.split("~")
    try:
        ids = _header_ids(BitReader(header), at_most=len(sections))
    except ValueError:
        return None
    return dict(zip(ids, sections, strict=True)) if len(ids) == len(sections) else None


def read_us_section(section: int, text: str) -> UsOptOuts | None:
    """The opt-outs of one of ``US_SECTIONS``; ``None`` when it is not readable."""
    if section not in _LAYOUTS:
        return None
    versions, before, fields = _LAYOUTS[section]
    core, *subsections = text.split(".")
    try:
        bits = BitReader(core)
        if bits.integer(6) not in versions:
            return None
        bits.skip(before - 6)
        answers = {field: _answer(bits.integer(2)) for field in fields}
        return UsOptOuts(**answers, global_privacy_control=any(_has_gpc(BitReader(one)) for one in subsections))
    except ValueError:
        return None


def _header_ids(bits: BitReader, *, at_most: int) -> list[int]:
    """Ids in ascending order. A header may announce ranges of any length, hence the limit."""
    if (bits.integer(6), bits.integer(6)) != (_HEADER_TYPE, _VERSION):
        raise ValueError("not a header of version 1")
    ids: list[int] = []
    last = 0
    for _ in range(bits.integer(12)):
        is_range = bits.flag()
        first = last + bits.fibonacci()
        last = first + bits.fibonacci() if is_range else first
        if len(ids) + last - first + 1 > at_most:
            raise ValueError("more sections announced than there are")
        ids.extend(range(first, last + 1))
    return ids


def _answer(value: int) -> bool | None:
    if value > 2:
        raise ValueError("an answer that is none")
    return None if value == 0 else value == _OPTED_OUT


def _has_gpc(bits: BitReader) -> bool:
    return bits.integer(2) == _GPC_SUBSECTION and bits.flag()
