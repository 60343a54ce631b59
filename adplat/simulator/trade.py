"""The trade's fixed lists: categories and their products, placements, devices, regions, brand syllables.

Nothing here is drawn; everything that is drawn indexes into these lists.
"""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("zh", "en")
CATEGORIES = ("sports", "electronics", "food", "fashion", "home", "beauty", "travel", "books-toys")


@dataclass(frozen=True, slots=True)
class ProductKind:
    """One thing that is sold: its drawing, its words, and its usual price in yuan."""

    drawing: str
    category: int
    zh: str
    en: str
    price: float


PRODUCTS = (
    ProductKind("shoe", 0, "跑鞋", "Running Shoes", 480),
    ProductKind("ball", 0, "篮球", "Basketball", 160),
    ProductKind("phone", 1, "手机", "Phone", 2900),
    ProductKind("headphones", 1, "耳机", "Headphones", 620),
    ProductKind("cup", 2, "咖啡", "Coffee", 45),
    ProductKind("icecream", 2, "冰淇淋", "Ice Cream", 28),
    ProductKind("bag", 3, "手提包", "Handbag", 700),
    ProductKind("shirt", 3, "T恤", "T-Shirt", 120),
    ProductKind("plant", 4, "绿植", "House Plant", 80),
    ProductKind("lamp", 4, "台灯", "Desk Lamp", 210),
    ProductKind("perfume", 5, "香水", "Perfume", 520),
    ProductKind("lipstick", 5, "口红", "Lipstick", 190),
    ProductKind("suitcase", 6, "行李箱", "Suitcase", 560),
    ProductKind("tent", 6, "帐篷", "Camping Tent", 430),
    ProductKind("book", 7, "绘本", "Picture Book", 55),
    ProductKind("bear", 7, "玩具熊", "Teddy Bear", 95),
)

SERIES = (
    ("轻云", "Aero"),
    ("晨光", "Dawn"),
    ("原野", "Field"),
    ("星河", "Nova"),
    ("微风", "Breeze"),
    ("木子", "Timber"),
    ("极简", "Pure"),
    ("暖阳", "Sunny"),
    ("流光", "Glow"),
    ("山海", "Summit"),
    ("小满", "Merry"),
    ("拾光", "Spark"),
)

BRAND_FIRST = (
    ("沐", "Mu"),
    ("岚", "Lan"),
    ("禾", "He"),
    ("川", "Chuan"),
    ("屿", "Yu"),
    ("棠", "Tang"),
    ("朔", "Shuo"),
    ("澄", "Cheng"),
)
BRAND_SECOND = (("作", "zuo"), ("里", "li"), ("白", "bai"), ("一", "yi"), ("谷", "gu"), ("方", "fang"))


@dataclass(frozen=True, slots=True)
class PlacementKind:
    """Where an ad may stand. All places have the pictures' shape (6:5)."""

    placement: str
    share: float
    positions: int
    click_effect: float
    clearing_cpm: float


PLACEMENTS = (
    PlacementKind("feed_300x250", 0.40, 4, 0.10, 18.0),
    PlacementKind("article_336x280", 0.25, 3, 0.00, 15.0),
    PlacementKind("home_600x500", 0.12, 1, 0.22, 30.0),
    PlacementKind("video_300x250", 0.13, 2, -0.15, 12.0),
    PlacementKind("search_336x280", 0.10, 2, 0.18, 26.0),
)
POSITION_EFFECTS = (0.0, -0.28, -0.48, -0.62)

DEVICES = ("phone", "desktop", "tablet")
DEVICE_SHARES = (0.68, 0.24, 0.08)
DEVICE_EFFECTS = (0.08, -0.18, 0.02)

REGIONS = ("CN-BJ", "CN-SH", "CN-GD", "CN-ZJ", "CN-SC", "CN-HB", "CN-SN", "CN-LN")
REGION_SHARES = (0.14, 0.16, 0.22, 0.14, 0.12, 0.09, 0.07, 0.06)

GENDERS = ("f", "m", "unknown")
AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55+")
CITY_TIERS = ("1", "2", "3", "4")
