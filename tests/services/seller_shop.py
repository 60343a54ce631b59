"""The small shop with all that a seller asks for: domains, categories, attributes and money."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from adplat.domain import Advertiser, Budget, Creative, Money
from tests.flows.small_shop import Shop, a_shop


def a_seller_shop(folder: Path) -> Shop:
    """Published."""
    shop = a_shop(folder)
    shop.catalogue.save(
        [Advertiser(name, name, "CNY", f"{name}.example") for name in ("a1", "a2")],
        [replace(one, budget=Budget(Money(1_000_000_000, "CNY"), None)) for one in shop.catalogue.campaigns()],
        [],
        [_as_sold(one) for one in shop.catalogue.creatives()],
    )
    shop.publish()
    return shop


def _as_sold(creative: Creative) -> Creative:
    categories = ("IAB8-5",) if creative.campaign_id == "k1" else ("IAB18-1",)
    return replace(creative, content_categories=categories, attributes=(3,) if creative.creative_id == "c2" else ())
