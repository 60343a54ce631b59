"""Who advertises what: advertisers, campaigns, ads and creatives with their words and elements.

Struct of arrays, so that a million impressions can index into it. Letters used in shapes:
``A`` advertisers, ``K`` campaigns, ``D`` ads, ``C`` creatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.simulator.colour import Float64, Rgb, rgb_of_hsv
from adplat.simulator.config import WorldConfig
from adplat.simulator.copywriting import Words, write_copy
from adplat.simulator.elements import Elements, Int32, draw_elements
from adplat.simulator.seeds import stream
from adplat.simulator.trade import (
    BRAND_FIRST,
    BRAND_SECOND,
    CATEGORIES,
    LANGUAGES,
    PLACEMENTS,
    PRODUCTS,
    SERIES,
    ProductKind,
)

Bool = npt.NDArray[np.bool_]
STILL_OPEN = np.iinfo(np.int32).max
BID_KINDS = ("max_cpc", "target_cpa", "target_roas", "cpm")


@dataclass(frozen=True)
class Advertisers:
    """Brands with one category and one colour each."""

    name_zh: tuple[str, ...]  # (A,)
    name_en: tuple[str, ...]  # (A,)
    category: Int32  # (A,) into CATEGORIES
    hue: Float64  # (A,)
    rgb: Rgb  # (A, 3)


@dataclass(frozen=True)
class Campaigns:
    """What each advertiser buys; days count from the log's start, ``end_day`` STILL_OPEN means no end."""

    advertiser: Int32  # (K,)
    weight: Float64  # (K,) share of requests it would like to win
    start_day: Int32  # (K,)
    end_day: Int32  # (K,) exclusive
    languages: Bool  # (K, languages)
    placements: Bool  # (K, placements)
    bid_kind: Int32  # (K,) into BID_KINDS
    bid_cpm: Float64  # (K,) yuan per thousand impressions


@dataclass(frozen=True)
class Ads:
    """One product with its price inside a campaign."""

    campaign: Int32  # (D,)
    product: tuple[ProductKind, ...]  # (D,)
    series: Int32  # (D,) into SERIES
    price_yuan: Float64  # (D,)

    def product_name(self, ad: int, language: str) -> str:
        """What is written on the picture and in the headline."""
        zh, en = SERIES[self.series[ad]]
        kind = self.product[ad]
        return f"{zh}{kind.zh}" if language == "zh" else f"{en} {kind.en}"


@dataclass(frozen=True)
class Creatives:
    """Grouped by campaign, within a campaign by first day; ``first_day`` = days of the log for new ones."""

    campaign: Int32  # (C,)
    ad: Int32  # (C,)
    category: Int32  # (C,)
    language: Int32  # (C,) into LANGUAGES
    first_day: Int32  # (C,)
    words: tuple[Words, ...]  # (C,)
    elements: Elements
    first_of_campaign: Int32  # (K,) row of each campaign's first creative

    def __len__(self) -> int:
        return len(self.campaign)


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be shown."""

    advertisers: Advertisers
    campaigns: Campaigns
    ads: Ads
    creatives: Creatives

    def eligible_creatives(self, day: int) -> Int32:
        """(K,) how many creatives each campaign may show on ``day``; 0 outside its flight."""
        live = self.creatives.first_day <= day
        counts = np.bincount(self.creatives.campaign[live], minlength=len(self.campaigns.advertiser))
        running = (self.campaigns.start_day <= day) & (day < self.campaigns.end_day)
        return (counts * running).astype(np.int32)


def build_catalogue(config: WorldConfig, seed: int) -> Catalogue:
    """Draw the whole catalogue."""
    advertisers = _advertisers(config, stream(seed, "advertisers"))
    campaigns = _campaigns(config, stream(seed, "campaigns"))
    ads = _ads(advertisers, campaigns, stream(seed, "ads"))
    creatives = _creatives(config, advertisers, campaigns, ads, stream(seed, "creatives"))
    return Catalogue(advertisers, campaigns, ads, creatives)


def _advertisers(config: WorldConfig, rng: np.random.Generator) -> Advertisers:
    count = config.advertisers
    pairs = [(first, second) for second in BRAND_SECOND for first in BRAND_FIRST]
    order = rng.permutation(len(pairs))
    names_zh, names_en = [], []
    for row in range(count):
        (first_zh, first_en), (second_zh, second_en) = pairs[order[row % len(pairs)]]
        again = "" if row < len(pairs) else str(row // len(pairs) + 1)
        names_zh.append(first_zh + second_zh + again)
        names_en.append(first_en + second_en + again)
    # Golden-angle steps keep the brands' colours apart.
    hue: Float64 = np.mod(np.arange(count, dtype=np.float64) * 0.381966 + rng.random(), 1.0)
    category = rng.permutation(np.arange(count) % len(CATEGORIES)).astype(np.int32)
    rgb = rgb_of_hsv(hue, rng.uniform(0.62, 0.85, count), rng.uniform(0.62, 0.86, count))
    return Advertisers(tuple(names_zh), tuple(names_en), category, hue, rgb)


def _campaigns(config: WorldConfig, rng: np.random.Generator) -> Campaigns:
    each, count = config.campaigns_per_advertiser, config.advertisers * config.campaigns_per_advertiser
    advertiser = np.repeat(np.arange(config.advertisers, dtype=np.int32), each)
    # The first campaign of each advertiser runs everywhere and always, so that no request finds nothing.
    anchor = np.arange(count) % each == 0
    late = ~anchor & (rng.random(count) < 0.2) & (config.days > 3)
    early = ~anchor & ~late & (rng.random(count) < 0.15) & (config.days > 3)
    start_day = np.where(late, rng.integers(1, max(2, config.days // 2), count), 0)
    # Nothing is drawn for those that come late, so that they change nobody else.
    is_late = advertiser >= config.advertisers - config.late_advertisers
    start_day = np.where(is_late, config.days, start_day)
    end_day = np.where(early & ~is_late, rng.integers(max(1, config.days // 2), max(2, config.days), count), STILL_OPEN)
    tongue = np.where(anchor, 0, rng.choice(3, size=count, p=[0.6, 0.3, 0.1]))
    placements = (rng.random((count, len(PLACEMENTS))) < 0.85) | anchor[:, None]
    placements[:, 0] = True
    return Campaigns(
        advertiser=advertiser,
        weight=rng.lognormal(0.0, 0.5, count),
        start_day=start_day.astype(np.int32),
        end_day=end_day.astype(np.int32),
        languages=np.stack([tongue != 2, tongue != 1], axis=1),
        placements=placements,
        bid_kind=rng.integers(len(BID_KINDS), size=count).astype(np.int32),
        bid_cpm=rng.lognormal(np.log(19.0), 0.2, count),
    )


def _ads(advertisers: Advertisers, campaigns: Campaigns, rng: np.random.Generator) -> Ads:
    campaign, products = [], []
    for row, advertiser in enumerate(campaigns.advertiser):
        for product in PRODUCTS:
            if product.category == advertisers.category[advertiser]:
                campaign.append(row)
                products.append(product)
    usual = np.array([product.price for product in products])
    return Ads(
        campaign=np.array(campaign, dtype=np.int32),
        product=tuple(products),
        series=rng.integers(len(SERIES), size=len(products)).astype(np.int32),
        price_yuan=np.maximum(9.0, np.round(usual * rng.lognormal(0.0, 0.25, len(products)) / 10.0) * 10.0 - 1.0),
    )


def _creatives(
    config: WorldConfig,
    advertisers: Advertisers,
    campaigns: Campaigns,
    ads: Ads,
    rng: np.random.Generator,
) -> Creatives:
    campaign_rows: list[int] = []
    first_days: list[int] = []
    for row in range(len(campaigns.advertiser)):
        later = max(0, config.creatives_per_campaign // 4)
        opening = int(campaigns.start_day[row])
        closing = int(min(config.days, campaigns.end_day[row]))
        waves = np.sort(rng.integers(opening, max(opening + 1, closing - closing // 3), size=later))
        days = [opening] * (config.creatives_per_campaign - later) + [int(day) for day in waves]
        drift = config.drift
        if opening < drift.from_day < closing:
            days = sorted([*days, *[drift.from_day] * drift.new_creatives_per_campaign])
        if campaigns.end_day[row] > config.days:
            days += [config.days] * config.new_creatives_per_campaign
        campaign_rows += [row] * len(days)
        first_days += days
    campaign = np.array(campaign_rows, dtype=np.int32)
    advertiser = campaigns.advertiser[campaign]
    first_ad = np.searchsorted(ads.campaign, campaign)
    per_campaign = np.searchsorted(ads.campaign, campaign, side="right") - first_ad
    ad = (first_ad + (rng.random(len(campaign)) * per_campaign).astype(np.int64)).astype(np.int32)
    english = rng.random(len(campaign)) < max(0.2, config.english_share)
    language = np.where(campaigns.languages[campaign].all(axis=1), english, campaigns.languages[campaign, 1]).astype(
        np.int32
    )
    words = []
    for row in range(len(campaign)):
        tongue = LANGUAGES[language[row]]
        names = advertisers.name_zh if tongue == "zh" else advertisers.name_en
        words.append(write_copy(tongue, ads.product_name(int(ad[row]), tongue), names[advertiser[row]], rng))
    return Creatives(
        campaign=campaign,
        ad=ad,
        category=advertisers.category[advertiser],
        language=language,
        first_day=np.array(first_days, dtype=np.int32),
        words=tuple(words),
        elements=draw_elements(advertisers.hue[advertiser], advertisers.rgb[advertiser], rng),
        first_of_campaign=np.searchsorted(campaign, np.arange(len(campaigns.advertiser))).astype(np.int32),
    )
