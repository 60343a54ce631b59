"""From what law, browser and user said to what may be done with this person's data.

Every signal can only take something away. Where two disagree, the stricter one wins, and what is not readable is no
consent. docs/privacy.md has the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from typing import Literal

from adplat.domain import ConfigRejected, PrivacySignals
from adplat.privacy.gpp import TCF_EU, US_PRIVACY, US_SECTIONS, read_gpp, read_us_section
from adplat.privacy.tcf import TcfConsent, read_tcf
from adplat.privacy.us_privacy import read_us_privacy

BASIC_ADS, MEASUREMENT = 2, 7
PRECISE_GEO_FEATURE = 1


class _Use(Flag):
    RECOGNISE = auto()
    PROFILE = auto()
    READ_HISTORY = auto()
    PRECISE_GEO = auto()


_RECOGNISED = _Use.RECOGNISE | _Use.PROFILE | _Use.READ_HISTORY
_EVERYTHING = _RECOGNISED | _Use.PRECISE_GEO
# Who opted out of sale, sharing or targeted advertising may still be counted and capped, and is otherwise a stranger.
_ACROSS_SITES = _Use.PROFILE | _Use.READ_HISTORY | _Use.PRECISE_GEO

# What is lost without a TCF purpose: 1 store and read on the device, 2 basic ads (a frequency cap is one),
# 3 make a profile, 4 choose ads by a profile, 7 measure ads.
_PURPOSES: Mapping[int, _Use] = {
    1: _RECOGNISED,
    BASIC_ADS: _EVERYTHING,
    3: _Use.PROFILE,
    4: _Use.PROFILE | _Use.READ_HISTORY,
    MEASUREMENT: _RECOGNISED,
}

_Refusal = tuple[str, _Use]


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """How signals are read.

    Args:
        vendor_id: our number in the Global Vendor List; without one nobody can have consented to us.
        unknown_gdpr_is: what a seller means who does not say whether the GDPR applies.
        legitimate_interests: those of the purposes 2 and 7 we are registered for on that legal basis, not on consent.
    """

    vendor_id: int | None = None
    unknown_gdpr_is: Literal["applies", "does_not_apply"] = "does_not_apply"
    legitimate_interests: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if self.vendor_id is not None and self.vendor_id < 1:
            raise ConfigRejected(
                f"vendor {self.vendor_id}",
                where="vendor_id",
                hint="give your number in the Global Vendor List, from 1 on",
            )
        if self.unknown_gdpr_is not in {"applies", "does_not_apply"}:
            raise ConfigRejected(
                f"{self.unknown_gdpr_is!r} is no answer",
                where="unknown_gdpr_is",
                hint="give 'applies' or 'does_not_apply'",
            )
        if not self.legitimate_interests <= {BASIC_ADS, MEASUREMENT}:
            raise ConfigRejected(
                "a purpose that needs consent is called a legitimate interest",
                where="legitimate_interests",
                hint="only purposes 2 and 7 may stand there",
            )


@dataclass(frozen=True, slots=True)
class Permissions:
    """What may be done for this opportunity. ``may_profile`` and ``may_read_history`` imply ``may_recognise``.

    Args:
        may_recognise: use the user key: cap frequency, count, attribute.
        may_profile: use what is known of the user, and remember what the user does now.
        may_read_history: let what the user did before decide what is shown.
        may_use_precise_geo: know the place finer than the region and two decimals of a degree.
        reasons: what took something away, in the order looked at; a small, fixed set of words, fit to be counted.
    """

    may_recognise: bool
    may_profile: bool
    may_read_history: bool
    may_use_precise_geo: bool
    reasons: tuple[str, ...] = ()


DEFAULT_RULES = ConsentRules()


def permitted(signals: PrivacySignals, rules: ConsentRules = DEFAULT_RULES) -> Permissions:
    """What these signals leave. Never raises: a string that cannot be read is a refusal with a reason."""
    lost = _Use(0)
    reasons: dict[str, None] = {}
    for reason, uses in _refusals(signals, rules):
        lost |= uses
        reasons[reason] = None
    return Permissions(
        may_recognise=_Use.RECOGNISE not in lost,
        may_profile=_Use.PROFILE not in lost,
        may_read_history=_Use.READ_HISTORY not in lost,
        may_use_precise_geo=_Use.PRECISE_GEO not in lost,
        reasons=tuple(reasons),
    )


def _refusals(signals: PrivacySignals, rules: ConsentRules) -> Iterator[_Refusal]:
    if signals.coppa:
        yield "coppa", _EVERYTHING
        return  # nothing is left that a string could take away
    if signals.do_not_track:
        yield "do_not_track", _EVERYTHING
    if signals.limit_ad_tracking:
        yield "limit_ad_tracking", _EVERYTHING
    sections = read_gpp(signals.gpp) if signals.gpp else {}
    if sections is None:
        yield "gpp_unreadable", _ACROSS_SITES
        sections = {}
    if _gdpr_applies(signals, rules):
        yield from _tcf_refusals([text for text in (signals.tcf_consent, sections.get(TCF_EU)) if text], rules)
    yield from _us_refusals(signals, sections)


def _gdpr_applies(signals: PrivacySignals, rules: ConsentRules) -> bool:
    if signals.gdpr or TCF_EU in signals.gpp_sections:
        return True
    return signals.gdpr is None and rules.unknown_gdpr_is == "applies"


def _tcf_refusals(texts: list[str], rules: ConsentRules) -> Iterator[_Refusal]:
    if rules.vendor_id is None:
        yield "tcf_no_vendor_id", _EVERYTHING
    elif not texts:
        yield "tcf_missing", _EVERYTHING
    else:
        for text in texts:
            consent = read_tcf(text)
            if consent is None:
                yield "tcf_unreadable", _EVERYTHING
            elif rules.vendor_id not in consent.consented_vendors:
                yield "tcf_vendor", _EVERYTHING
            else:
                yield from _missing_purposes(consent, rules.vendor_id, rules.legitimate_interests)


def _missing_purposes(consent: TcfConsent, vendor_id: int, legitimate: frozenset[int]) -> Iterator[_Refusal]:
    for purpose, uses in _PURPOSES.items():
        if not consent.allows(purpose, vendor_id, by_legitimate_interest=purpose in legitimate):
            yield f"tcf_purpose_{purpose}", uses
    if PRECISE_GEO_FEATURE not in consent.special_features:
        yield f"tcf_special_feature_{PRECISE_GEO_FEATURE}", _Use.PRECISE_GEO


def _us_refusals(signals: PrivacySignals, sections: Mapping[int, str]) -> Iterator[_Refusal]:
    if signals.us_privacy:
        yield from _us_privacy_refusals(signals.us_privacy)
    # The seller names the sections that apply; one who names none leaves it to those in the string.
    for section in sorted(signals.gpp_sections or sections):
        if section != US_PRIVACY and section not in US_SECTIONS:
            continue
        if section not in sections:
            yield f"gpp_{section}_missing", _ACROSS_SITES
        elif section == US_PRIVACY:
            yield from _us_privacy_refusals(sections[section])
        else:
            opt_outs = read_us_section(section, sections[section])
            if opt_outs is None:
                yield f"gpp_{section}_unreadable", _ACROSS_SITES
            elif opt_outs.any:
                yield f"gpp_{section}_opt_out", _ACROSS_SITES


def _us_privacy_refusals(text: str) -> Iterator[_Refusal]:
    answer = read_us_privacy(text)
    if answer is None:
        yield "us_privacy_unreadable", _ACROSS_SITES
    elif answer.opted_out_of_sale:
        yield "us_privacy_opt_out", _ACROSS_SITES
