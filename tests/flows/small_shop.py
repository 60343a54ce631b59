"""A small shop for tests of serving: nine creatives, a fitted encoding, a plain scorer, a real catalogue in SQLite.

``PlainScorer`` stands in for the model where the model is not the subject: its probabilities are
arithmetic on the item's hash, higher for a creative the user clicked before.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from adplat.data import read_feature_schema
from adplat.domain import (
    Ad,
    Advertiser,
    Attribution,
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    CampaignStatus,
    Copy,
    Creative,
    CreativeStatus,
    Flight,
    ImageAsset,
    ManualClock,
    ModelBundle,
)
from adplat.features import EncoderConfig, FeatureEncoding, ItemBlock, RowArrays, save_items
from adplat.flows.publish_catalogue import Publication, publish_catalogue
from adplat.snapshots import PolicySettings
from adplat.storage import FolderObjects, SqlCatalogue, open_database, upgrade_database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = Path(__file__).parents[2] / "configs" / "schemas" / "marketplace.yaml"
CAMPAIGNS = {"k1": 4, "k2": 5}
ADVERTISER_OF = {"k1": "a1", "k2": "a2"}
WINDOWS = {"k1": Attribution(click_s=3 * 86_400, view_s=3600), "k2": Attribution(click_s=86_400)}


@dataclass(frozen=True)
class PlainScores:
    p_ctr: np.ndarray
    p_cvr: np.ndarray | None


@dataclass(frozen=True)
class PlainScorer:
    """Deterministic, and sensitive to item, placement and history."""

    encoding: FeatureEncoding

    @classmethod
    def load(cls, folder: Path) -> PlainScorer:
        return cls(FeatureEncoding.load(folder))

    def prepare_items(self, items: ItemBlock) -> ItemBlock:
        return items

    def score(self, rows: RowArrays, items: ItemBlock) -> PlainScores:
        base = 0.02 + (items.hashes[rows.item] % 997) / 997 * 0.05
        clicked_before = (rows.history == rows.item[:, None, None]).any(axis=(1, 2))
        return PlainScores(base + 0.2 * clicked_before, np.full(len(rows), 0.1))


@dataclass(frozen=True)
class Shop:
    """What a test starts from; ``workspace`` holds database, objects, bundle and the published snapshot."""

    workspace: Path
    bundle: ModelBundle
    catalogue: SqlCatalogue
    objects: FolderObjects
    database_url: str

    def publish(self, **settings: float | str) -> Publication:
        """Publish what is live."""
        return publish_catalogue(
            self.catalogue,
            self.bundle,
            self.objects,
            self.workspace,
            self.workspace / "cache",
            ManualClock(NOON),
            policy=PolicySettings(**settings),  # type: ignore[arg-type]
        )


def a_picture(shade: int) -> bytes:
    """A small PNG."""
    content = io.BytesIO()
    Image.new("RGB", (24, 24), (shade, 255 - shade, 90)).save(content, "PNG")
    return content.getvalue()


def creatives_of(objects: FolderObjects) -> list[Creative]:
    """c1..c4 of campaign k1, c5..c9 of k2; c9 is paused."""
    made = []
    for campaign_id, count in CAMPAIGNS.items():
        for _ in range(count):
            number = len(made) + 1
            content = a_picture(20 * number)
            made.append(
                Creative(
                    creative_id=f"c{number}",
                    ad_id=f"ad-{campaign_id}",
                    campaign_id=campaign_id,
                    advertiser_id=ADVERTISER_OF[campaign_id],
                    status=CreativeStatus.PAUSED if number == 9 else CreativeStatus.LIVE,
                    copy=Copy(f"Offer {number}", "Fresh today", "Buy", "en"),
                    image=ImageAsset(objects.put(content), f"images/c{number}.png", 24, 24),
                    category="tea",
                )
            )
    return made


def a_shop(workspace: Path) -> Shop:
    """Make one, not yet published."""
    workspace.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{workspace / 'adplat.db'}"
    upgrade_database(url)
    catalogue, objects = SqlCatalogue(open_database(url)), FolderObjects(workspace / "objects")
    creatives = creatives_of(objects)
    campaigns = [
        Campaign(
            campaign_id=campaign_id,
            advertiser_id=advertiser_id,
            name=campaign_id,
            status=CampaignStatus.LIVE,
            budget=Budget(None, None),
            flight=Flight(NOON - timedelta(days=30), None),
            bid_strategy=BidStrategy(BidStrategyKind.MAX_CPC, target_micros=500_000),
            attribution=WINDOWS[campaign_id],
        )
        for campaign_id, advertiser_id in ADVERTISER_OF.items()
    ]
    catalogue.save(
        [Advertiser(name, name, "CNY") for name in ADVERTISER_OF.values()],
        campaigns,
        [Ad(f"ad-{name}", name, name, "https://shop.example") for name in ADVERTISER_OF],
        creatives,
    )
    return Shop(workspace, a_fitted_bundle(workspace / "bundle", creatives), catalogue, objects, url)


def a_fitted_bundle(folder: Path, creatives: list[Creative]) -> ModelBundle:
    """The encoding part of a bundle, fitted on a few hundred invented rows."""
    schema = read_feature_schema(SCHEMA)
    rng = np.random.default_rng(3)
    count = 300
    rows = pl.DataFrame(
        {
            "ts": [NOON - timedelta(minutes=int(m)) for m in rng.integers(1, 9000, count)],
            "user_key": [f"u{n}" for n in rng.integers(0, 20, count)],
            "creative_id": [f"c{n}" for n in rng.integers(1, 10, count)],
            "placement": rng.choice(["feed", "banner"], count),
            "position": rng.integers(0, 2, count),
            "device": rng.choice(["ios", "android"], count),
            "region": rng.choice(["north", "south"], count),
            "hour": rng.integers(0, 24, count),
            "weekday": rng.integers(0, 7, count),
            "language": rng.choice(["en", "zh"], count),
            "click": rng.integers(0, 2, count),
            "conversion": np.zeros(count, dtype=np.int64),
        }
    )
    users = pl.DataFrame(
        {
            "user_key": [f"u{n}" for n in range(20)],
            "gender": ["f", "m"] * 10,
            "age_band": ["25-34"] * 20,
            "city_tier": ["1"] * 20,
            "language": ["en"] * 20,
            "segments": ["tea|books"] * 20,
        }
    )
    items = pl.DataFrame(
        {
            "creative_id": [creative.creative_id for creative in creatives],
            "campaign_id": [creative.campaign_id for creative in creatives],
            "advertiser_id": [creative.advertiser_id for creative in creatives],
            "image_path": [f"{creative.creative_id}.png" for creative in creatives],
            "headline": [creative.copy.headline for creative in creatives],
            "body": ["Fresh today"] * len(creatives),
            "cta": ["Buy"] * len(creatives),
            "language": ["en"] * len(creatives),
            "category": ["tea"] * len(creatives),
            "created": [date(2026, 1, 1)] * len(creatives),
        }
    )
    pictures = folder.with_name("pictures")
    pictures.mkdir(parents=True)
    for number, creative in enumerate(creatives, start=1):
        (pictures / f"{creative.creative_id}.png").write_bytes(a_picture(20 * number))
    encoders = EncoderConfig(image="hashing", text="hashing", image_dimension=4, text_dimension=4)
    encoding = FeatureEncoding.fit(schema, rows, {"creatives": items, "users": users}, pictures, encoders)
    folder.mkdir()
    encoding.save(folder)
    save_items(encoding.item_block(items, pictures), folder)
    return ModelBundle("bundle-1", str(folder), schema.digest(), NOON)
