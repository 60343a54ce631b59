"""The catalogue's tables as the trade sees them: nothing of what makes a creative work."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from adplat.simulator.catalogue import BID_KINDS, STILL_OPEN
from adplat.simulator.log_rows import advertiser_ids, campaign_ids
from adplat.simulator.population import SEGMENTS
from adplat.simulator.response import MICROS_PER_YUAN
from adplat.simulator.trade import AGE_BANDS, CATEGORIES, CITY_TIERS, GENDERS, LANGUAGES, PLACEMENTS
from adplat.simulator.world import World

_MOMENT = pl.Datetime("us", "UTC")


def catalogue_tables(world: World) -> dict[str, pl.DataFrame]:
    """Table by file stem: advertisers, campaigns, ads, creatives, users."""
    return {
        "advertisers": _advertisers(world),
        "campaigns": _campaigns(world),
        "ads": _ads(world),
        "creatives": _creatives(world),
        "users": _users(world),
    }


def _advertisers(world: World) -> pl.DataFrame:
    advertisers = world.catalogue.advertisers
    pairs = list(zip(advertisers.name_zh, advertisers.name_en, strict=True))
    return pl.DataFrame(
        {
            "advertiser_id": advertiser_ids(world),
            "name": [f"{zh} {en}" for zh, en in pairs],
            "currency": ["CNY"] * len(pairs),
            "domain": [f"{en.lower()}.example" for _, en in pairs],
        }
    )


def _campaigns(world: World) -> pl.DataFrame:
    config, campaigns = world.config, world.catalogue.campaigns
    count = len(campaigns.advertiser)
    open_ended = campaigns.end_day == STILL_OPEN
    ended = campaigns.end_day <= config.days
    # About what uniform serving spends, and half as much again, in whole hundreds of yuan.
    daily_yuan = campaigns.weight / campaigns.weight.sum() * config.impressions / config.days * 0.02 * 1.5
    daily = (np.ceil(daily_yuan / 100.0) * 100 * MICROS_PER_YUAN).astype(np.int64)
    kinds = [BID_KINDS[kind] for kind in campaigns.bid_kind]
    cpm_micros = np.round(campaigns.bid_cpm * MICROS_PER_YUAN).astype(np.int64)
    per_kind = {"cpm": 1.0, "max_cpc": 1 / 1000 / 0.0145, "target_cpa": 1 / 1000 / 0.0145 / 0.08, "target_roas": 0.0}
    return pl.DataFrame(
        {
            "campaign_id": campaign_ids(world),
            "advertiser_id": [advertiser_ids(world)[row] for row in campaigns.advertiser],
            "name": [f"{_brand(world, row)} {_season(row)}" for row in range(count)],
            "status": ["ended" if over else "live" for over in ended],
            "daily_budget_micros": daily,
            "total_budget_micros": daily * max(30, 2 * config.days),
            "currency": ["CNY"] * count,
            "start": [_day(world, int(day)) for day in campaigns.start_day],
            "end": pl.Series(
                [
                    None if still_open else _day(world, int(day))
                    for still_open, day in zip(open_ended, campaigns.end_day, strict=True)
                ],
                dtype=_MOMENT,
            ),
            "bid_kind": kinds,
            "target_micros": [
                round(int(micros) * per_kind[kind]) for micros, kind in zip(cpm_micros, kinds, strict=True)
            ],
            "target_ratio": [3.0 if kind == "target_roas" else 0.0 for kind in kinds],
            "placements": _joined([place.placement for place in PLACEMENTS], campaigns.placements),
            "languages": _joined(LANGUAGES, campaigns.languages),
        },
        schema_overrides={"start": _MOMENT},
    )


def _ads(world: World) -> pl.DataFrame:
    ads = world.catalogue.ads
    count = len(ads.campaign)
    return pl.DataFrame(
        {
            "ad_id": [_ad_id(row) for row in range(count)],
            "campaign_id": [campaign_ids(world)[row] for row in ads.campaign],
            "name": [f"{ads.product_name(row, 'zh')} / {ads.product_name(row, 'en')}" for row in range(count)],
            "landing_url": [_landing_url(world, row) for row in range(count)],
        }
    )


def _creatives(world: World) -> pl.DataFrame:
    creatives, campaigns = world.catalogue.creatives, world.catalogue.campaigns
    advertiser = campaigns.advertiser[creatives.campaign]
    ended = campaigns.end_day[creatives.campaign] <= world.config.days
    return pl.DataFrame(
        {
            "creative_id": world.creative_ids,
            "ad_id": [_ad_id(int(row)) for row in creatives.ad],
            "campaign_id": [campaign_ids(world)[row] for row in creatives.campaign],
            "advertiser_id": [advertiser_ids(world)[row] for row in advertiser],
            "status": ["retired" if over else "live" for over in ended],
            "image_path": [image_path(creative_id) for creative_id in world.creative_ids],
            "headline": [words.headline for words in creatives.words],
            "body": [words.body for words in creatives.words],
            "cta": [words.cta for words in creatives.words],
            "landing_url": [_landing_url(world, int(row)) for row in creatives.ad],
            "language": [LANGUAGES[row] for row in creatives.language],
            "category": [CATEGORIES[row] for row in creatives.category],
            "created": [_day(world, int(day)) for day in creatives.first_day],
        },
        schema_overrides={"created": _MOMENT},
    )


def _users(world: World) -> pl.DataFrame:
    """Users with consent only; sorted by key, so that the order says nothing."""
    people = world.population
    rows = np.flatnonzero(people.consent)
    attributes = [user_attributes(world, int(row)) for row in rows]
    frame = pl.DataFrame(
        {
            "user_key": [people.user_key[row] for row in rows],
            **{name: [user[name] for user in attributes] for name in USER_ATTRIBUTES},
        }
    )
    return frame.sort("user_key")


USER_ATTRIBUTES = ("gender", "age_band", "city_tier", "language", "segments")


def user_attributes(world: World, user: int) -> dict[str, str]:
    """What is known of a user with consent, by column of ``catalogue/users``."""
    people = world.population
    return {
        "gender": GENDERS[people.gender[user]],
        "age_band": AGE_BANDS[people.age_band[user]],
        "city_tier": CITY_TIERS[people.city_tier[user]],
        "language": LANGUAGES[people.language[user]],
        "segments": "|".join(name for name, inside in zip(SEGMENTS, people.segments[user], strict=True) if inside),
    }


def image_path(creative_id: str) -> str:
    """Where a creative's picture lies, relative to the world's folder."""
    return f"images/{creative_id}.png"


def _joined(names: tuple[str, ...] | list[str], chosen: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> list[str]:
    return ["|".join(name for name, inside in zip(names, row, strict=True) if inside) for row in chosen]


def _brand(world: World, campaign: int) -> str:
    advertiser = int(world.catalogue.campaigns.advertiser[campaign])
    return world.catalogue.advertisers.name_en[advertiser]


def _season(campaign: int) -> str:
    return ("always on", "autumn launch", "weekend", "clearance", "returning")[campaign % 5]


def _day(world: World, day: int) -> datetime:
    return world.config.log_start + timedelta(days=day)


def _ad_id(ad: int) -> str:
    return f"ad{ad:05d}"


def _landing_url(world: World, ad: int) -> str:
    catalogue = world.catalogue
    advertiser = catalogue.campaigns.advertiser[catalogue.ads.campaign[ad]]
    return f"https://{catalogue.advertisers.name_en[advertiser].lower()}.example/p/{_ad_id(ad)}"
