"""Which ads may stand in a slot: live terms compiled to bitsets, a handful of lookups and ANDs per slot.

One list of conditions serves the answer and its explanation, so the two cannot disagree. What each side leaves
unsaid is settled here once:

* an empty tuple of a targeting, an empty list of the seller, a slot without sizes restrict nothing;
* a fact that nobody told meets no wish (``countries``, ``sites`` …) and breaks no exclusion (``excluded_sites`` …);
* an ad that does not tell its language, category, domain or app cannot be on a list of what is allowed, and is on no
  list of what is blocked;
* a blocked category blocks those below it (``IAB7`` blocks ``IAB7-39``), an allowed one allows them, and an ad needs
  all of its categories allowed; a domain stands for its subdomains. Categories in another taxonomy than the ads'
  cannot be compared: every ad that has categories is then taken for blocked, none for allowed;
* a country is the same by its code of two and of three letters (OpenRTB sends ``CHN``);
* a slot is known to need HTTPS only when it says so; currencies not told allow every currency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from adplat.domain import AdFormat, Blocks, Deal, Opportunity, Size, Slot
from adplat.market.ad_terms import AdTerms
from adplat.market.bitsets import (
    Int32,
    bits_by_value,
    bitset_of,
    bitset_of_rows,
    flags_of,
    rows_by_value,
    rows_of,
    union,
)
from adplat.market.conditions import FACT_OF, Condition, wished
from adplat.market.hierarchies import category_and_above, domain_and_above
from adplat.market.running_time import RunningTime, time_zone_named

ADS_TAXONOMY = 1  # AdCOM: IAB content category taxonomy 1.0


class _Wish:
    """One field of the targetings: ads that ask for a value, and ads that ask for none."""

    __slots__ = ("_askers", "_indifferent")

    def __init__(self, values_of_ads: Sequence[Iterable[str]]) -> None:
        self._askers = bits_by_value(values_of_ads)
        self._indifferent = bitset_of(np.array([not tuple(values) for values in values_of_ads], dtype=np.bool_))

    def met_by(self, values: Iterable[str]) -> int:
        return self._indifferent | union(self._askers, values)


class EligibilityIndex:
    """A catalogue compiled for one question. Built when the catalogue changes, swapped whole, read by all."""

    def __init__(self, terms: Sequence[AdTerms]) -> None:
        self.ads = len(terms)
        self._all = (1 << self.ads) - 1
        self._time = RunningTime(terms)

        def by(values: Callable[[AdTerms], Iterable[str]]) -> dict[str, int]:
            return bits_by_value([tuple(values(ad)) for ad in terms])

        # Rows, not bits: nearly as many values as ads would make a table that grows with the square of the ads.
        self._rows_of_campaign = rows_by_value([(ad.campaign_id,) for ad in terms])
        self._rows_of_creative = rows_by_value([(ad.creative_id,) for ad in terms])
        self._native, self._banner = (
            bitset_of(np.array([format in ad.formats for ad in terms], dtype=np.bool_))
            for format in (AdFormat.NATIVE, AdFormat.BANNER)
        )
        self._secure = bitset_of(np.array([ad.is_secure for ad in terms], dtype=np.bool_))
        self._sizes = by(lambda ad: () if ad.size is None else (_size_key(ad.size),))
        self._any_size = bitset_of(np.array([ad.size is None for ad in terms], dtype=np.bool_))
        self._attributes = by(lambda ad: map(str, ad.attributes))
        self._currencies = by(lambda ad: (ad.currency,))
        self._domains = by(lambda ad: domain_and_above(ad.advertiser_domain))
        self._apps = by(lambda ad: (ad.landing_app,) if ad.landing_app else ())
        self._categories = by(lambda ad: {above for c in ad.content_categories for above in category_and_above(c)})
        self._exact_categories = by(lambda ad: set(ad.content_categories))
        self._with_category = bitset_of(np.array([bool(ad.content_categories) for ad in terms], dtype=np.bool_))
        self._languages = by(lambda ad: (ad.language,) if ad.language else ())
        self._seats = by(lambda ad: (ad.seat,) if ad.seat else ())
        self._wishes = [
            (condition, fact, _Wish([wished(ad.targeting, condition) for ad in terms]))
            for condition, fact in FACT_OF.items()
        ]
        self._placements = _Wish([ad.targeting.placements for ad in terms])
        self._sites = _Wish([[site.lower() for site in ad.targeting.sites] for ad in terms])
        self._excluded_sites = by(lambda ad: {site.lower() for site in ad.targeting.excluded_sites})
        self._excluded_content = by(lambda ad: set(ad.targeting.excluded_content))

    @classmethod
    def build(cls, terms: Sequence[AdTerms]) -> EligibilityIndex:
        """Compile ``terms``; ad ``r`` of the answers is ``terms[r]``. Raises ConfigRejected for an unknown zone."""
        for ad in terms:
            time_zone_named(ad.time_zone, where=f"creative {ad.creative_id}")
        return cls(terms)

    def of_campaigns(self, campaign_ids: Iterable[str]) -> int:
        """The set of their ads, for ``barred`` (paused, out of money, capped); unknown ids have none."""
        return self._set_of(self._rows_of_campaign, campaign_ids)

    def of_creatives(self, creative_ids: Iterable[str]) -> int:
        """The set of these creatives, for ``barred``; unknown ids have none."""
        return self._set_of(self._rows_of_creative, creative_ids)

    def eligible(
        self, opportunity: Opportunity, slot: Slot, deal: Deal | None, now: datetime, *, barred: int = 0
    ) -> Int32:
        """Rows of the ads that may be offered for ``slot`` under ``deal`` (``None``: the open auction), rising.

        Args:
            now: aware.
            barred: a set from :meth:`of_campaigns` or :meth:`of_creatives` that may not stand anywhere now.
        """
        left = self._all
        for _, meeting in self._conditions(opportunity, slot, deal, now, barred):
            left &= meeting
            if not left:
                break
        return rows_of(left, self.ads)

    def explain(
        self, opportunity: Opportunity, slot: Slot, deal: Deal | None, now: datetime, *, barred: int = 0
    ) -> list[tuple[Condition, ...]]:
        """For every ad, in row order, the conditions it does not meet; an empty tuple is an eligible ad."""
        failed: list[list[Condition]] = [[] for _ in range(self.ads)]
        for condition, meeting in self._conditions(opportunity, slot, deal, now, barred):
            for row in np.flatnonzero(~flags_of(meeting & self._all, self.ads)).tolist():
                if condition not in failed[row]:
                    failed[row].append(condition)
        return [tuple(conditions) for conditions in failed]

    def _set_of(self, rows: Mapping[str, Sequence[int]], names: Iterable[str]) -> int:
        return bitset_of_rows((row for name in names for row in rows.get(name, ())), self.ads)

    def _conditions(
        self, opportunity: Opportunity, slot: Slot, deal: Deal | None, now: datetime, barred: int
    ) -> Iterator[tuple[Condition, int]]:
        """Every condition that this opportunity poses at all, with the ads that meet it."""
        if barred:
            yield Condition.NOT_BARRED, ~barred
        stretch = self._time.at(now)
        yield Condition.FLIGHT, stretch.in_flight
        yield Condition.HOUR_OF_WEEK, stretch.in_hour
        yield Condition.FORMAT_AND_SIZE, self._fitting(slot)
        yield from self._of_slot(opportunity, slot, deal)
        yield from self._of_targeting(opportunity, slot)
        yield from self._of_seller(opportunity.blocks)

    def _fitting(self, slot: Slot) -> int:
        fitting = self._native if AdFormat.NATIVE in slot.formats else 0
        if AdFormat.BANNER in slot.formats:
            sized = self._any_size | union(self._sizes, map(_size_key, slot.sizes)) if slot.sizes else self._all
            fitting |= sized & self._banner
        return fitting

    def _of_slot(self, opportunity: Opportunity, slot: Slot, deal: Deal | None) -> Iterator[tuple[Condition, int]]:
        if slot.blocked_attributes:
            yield Condition.ATTRIBUTES, ~union(self._attributes, map(str, slot.blocked_attributes))
        if slot.is_secure:
            yield Condition.SECURE, self._secure
        if opportunity.currencies:
            yield Condition.CURRENCY, union(self._currencies, opportunity.currencies)
        if deal is None:
            if slot.is_private:
                yield Condition.DEAL, 0
            return
        if deal.seats:
            yield Condition.DEAL, union(self._seats, deal.seats)
        if deal.advertiser_domains:
            yield Condition.DEAL, union(self._domains, map(str.lower, deal.advertiser_domains))

    def _of_targeting(self, opportunity: Opportunity, slot: Slot) -> Iterator[tuple[Condition, int]]:
        facts, known_of_user = opportunity.facts, opportunity.user.attributes
        yield Condition.PLACEMENTS, self._placements.met_by((slot.placement,))
        for condition, fact, wish in self._wishes:
            yield condition, wish.met_by(told_values(facts, known_of_user, fact))
        sites = [above for site in told_values(facts, known_of_user, "site") for above in domain_and_above(site)]
        sites += map(str.lower, told_values(facts, known_of_user, "app"))
        yield Condition.SITES, self._sites.met_by(sites)
        if self._excluded_sites:
            yield Condition.EXCLUDED_SITES, ~union(self._excluded_sites, sites)
        if self._excluded_content:
            content = told_values(facts, known_of_user, "content")
            told = (above for category in content for above in category_and_above(category))
            yield Condition.EXCLUDED_CONTENT, ~union(self._excluded_content, told)

    def _of_seller(self, blocks: Blocks) -> Iterator[tuple[Condition, int]]:
        if blocks.advertiser_domains:
            yield Condition.ADVERTISER_DOMAIN, ~union(self._domains, map(str.lower, blocks.advertiser_domains))
        if blocks.apps:
            yield Condition.APP, ~union(self._apps, blocks.apps)
        comparable = blocks.taxonomy == ADS_TAXONOMY
        if blocks.categories:
            barred = union(self._categories, blocks.categories) if comparable else self._with_category
            yield Condition.CATEGORY, ~barred
        if blocks.allowed_categories:
            yield Condition.CATEGORY, self._within(blocks.allowed_categories) if comparable else 0
        if blocks.allowed_languages:
            yield Condition.AD_LANGUAGE, union(self._languages, blocks.allowed_languages)
        if blocks.seats:
            yield Condition.SEAT, ~union(self._seats, blocks.seats)
        if blocks.allowed_seats:
            yield Condition.SEAT, union(self._seats, blocks.allowed_seats)

    def _within(self, allowed: frozenset[str]) -> int:
        outside = 0
        for category, carriers in self._exact_categories.items():
            if not any(above in allowed for above in category_and_above(category)):
                outside |= carriers
        return self._with_category & ~outside


def told_values(facts: Mapping[str, str | float], known_of_user: Mapping[str, str | float], name: str) -> Sequence[str]:
    """All values of a fact: those of the moment, else what is known of the user; none where nobody told any."""
    value = facts.get(name)
    if value is None:
        value = known_of_user.get(name)
    if value is None or value == "":
        return ()
    return str(value).split("|")


def _size_key(size: Size) -> str:
    return f"{size.width_px}x{size.height_px}"
