"""Ads, slots and opportunities that read as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from adplat.domain import AdFormat, Blocks, Flight, Opportunity, Size, Slot, Targeting
from adplat.market import AdTerms

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
SIZES = (Size(300, 250), Size(728, 90), Size(320, 50), Size(160, 600))


def an_ad(creative_id: str = "cr", *, targeting: Targeting | None = None, **terms: Any) -> AdTerms:
    return AdTerms(creative_id=creative_id, campaign_id=f"c-{creative_id}", targeting=targeting or Targeting(), **terms)


def a_slot(**facts: Any) -> Slot:
    return Slot("1", facts.pop("placement", "home-top"), **facts)


def an_opportunity(slot: Slot | None = None, *, ts: datetime = NOON, **facts: Any) -> Opportunity:
    """Facts of the moment by name; ``blocks``, ``currencies`` and ``user`` go to their own place."""
    own = {name: facts.pop(name) for name in ("blocks", "currencies", "user") if name in facts}
    return Opportunity("r", ts, (slot or a_slot(),), facts=facts, **own)


def many_ads(count: int, seed: int) -> list[AdTerms]:
    """A catalogue as it is met: most ads narrow a thing or two, some nothing."""
    rng = np.random.default_rng(seed)

    def some(values: list[str], chance: float, most: int = 4) -> tuple[str, ...]:
        if rng.random() > chance:
            return ()
        return tuple(rng.choice(values, size=rng.integers(1, most + 1), replace=False).tolist())

    countries = [f"C{number}" for number in range(40)]
    segments = [f"s{number}" for number in range(300)]
    sites = [f"site{number}.example" for number in range(500)]
    categories = [f"IAB{top}-{below}" for top in range(1, 26) for below in range(1, 12)]
    zones = ["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Europe/Berlin"]
    ads = []
    for number in range(count):
        hours = tuple(range(int(rng.integers(0, 100)), 168)) if rng.random() < 0.2 else ()
        start = NOON - timedelta(hours=float(rng.uniform(1, 500)))
        native = rng.random() < 0.2
        ads.append(
            AdTerms(
                creative_id=f"cr{number}",
                campaign_id=f"c{number // 5}",
                advertiser_domain=f"brand{number // 20}.example",
                seat=f"seat{number // 100}",
                formats=frozenset({AdFormat.NATIVE if native else AdFormat.BANNER}),
                size=None if native else SIZES[int(rng.integers(len(SIZES)))],
                language=str(rng.choice(["en", "zh", "de", ""])),
                content_categories=some(categories, 0.9, 2),
                attributes=tuple(rng.choice(17, size=rng.integers(0, 3), replace=False).tolist()),
                landing_app=f"app{number // 50}" if rng.random() < 0.1 else "",
                is_secure=bool(rng.random() < 0.95),
                currency=str(rng.choice(["USD", "EUR"], p=[0.9, 0.1])),
                flight=Flight(start, start + timedelta(hours=1000) if rng.random() < 0.8 else None),
                targeting=Targeting(
                    countries=some(countries, 0.6),
                    devices=some(["phone", "tablet", "desktop", "tv"], 0.3, 2),
                    operating_systems=some(["ios", "android", "windows"], 0.2, 2),
                    segments=some(segments, 0.3),
                    sites=some(sites, 0.05),
                    excluded_sites=some(sites, 0.2),
                    excluded_content=some(["IAB25", "IAB26", "IAB7-39", "IAB14"], 0.3),
                    hours_of_week=hours,
                ),
                time_zone=str(rng.choice(zones)),
            )
        )
    return ads


def a_usual_request(seed: int, **more: Any) -> Opportunity:
    """A banner request with a seller's usual blocks: 100 domains and 20 categories."""
    rng = np.random.default_rng(seed)
    facts: Mapping[str, Any] = {
        "country": f"C{rng.integers(40)}",
        "device": "phone",
        "os": "ios",
        "language": "en",
        "segment": "|".join(f"s{number}" for number in rng.choice(300, 8, replace=False)),
        "site": f"www.site{rng.integers(500)}.example",
        "content": "IAB1-3|IAB9",
    }
    blocks = Blocks(
        advertiser_domains=frozenset(f"brand{number}.example" for number in rng.choice(700, 100, replace=False)),
        categories=frozenset(f"IAB{number}" for number in rng.choice(np.arange(1, 60), 20, replace=False)),
    )
    slot = a_slot(sizes=(Size(300, 250), Size(320, 50)), blocked_attributes=frozenset({1, 3, 9}), is_secure=True)
    return an_opportunity(slot, blocks=blocks, currencies=("USD",), **{**facts, **more})
