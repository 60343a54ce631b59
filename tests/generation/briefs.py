"""A brief that stands, for tests to change."""

from __future__ import annotations

from typing import Any

from adplat.domain import BrandKit, Brief, Fact, FactKind, Money, Product

FACTS = (
    Fact("sole", {"en": "Grippy rubber sole", "zh": "防滑橡胶鞋底"}),
    Fact("weight", {"en": "Only 240 g per shoe", "zh": "单只仅重240克"}, proof="https://norvik.example/ridge"),
    Fact("recycled", {"en": "Upper made of recycled yarn", "zh": "鞋面采用再生纱线"}, kind=FactKind.MATERIAL),
    Fact(
        "price",
        {"en": "Now at our store for $89", "zh": "官方商店售价89美元"},
        price=Money(89_000_000, "USD"),
        kind=FactKind.PRICE,
    ),
    Fact("returns", {"en": "Free returns for 30 days", "zh": "30天免费退货"}, kind=FactKind.SERVICE),
)


def a_brief(**changes: Any) -> Brief:
    values: dict[str, Any] = {
        "brief_id": "ridge",
        "advertiser_id": "norvik",
        "campaign_id": "autumn",
        "product": Product({"en": "Norvik Ridge Trail Shoe", "zh": "山脊越野跑鞋"}, "shoe.png", "footwear"),
        "facts": FACTS,
        "brand": BrandKit("Norvik", ("#12413b", "#f4efe6"), banned_words=("cheap", "便宜")),
        "placements": ("iab_300x250", "google_pmax_1200x628"),
        "languages": ("en", "zh"),
    }
    return Brief(**{**values, **changes})
