"""What advertisers ask for: plans of campaigns that are none of the log's, in the words of the trade.

Letters used in shapes: ``N`` requests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from adplat.domain import BidStrategy, BidStrategyKind, Flight, FrequencyCap, Targeting
from adplat.simulator.auction import MICROS_PER_CPM
from adplat.simulator.catalogue import Bool
from adplat.simulator.elements import Int32
from adplat.simulator.log_rows import advertiser_ids
from adplat.simulator.trade import CATEGORIES, DEVICES, LANGUAGES, PLACEMENTS, REGIONS
from adplat.simulator.traffic import Requests
from adplat.simulator.world import World

DAY_S = 86_400
LONGEST_FLIGHT_DAYS = 14
LEAST_BUDGET_SHARE, LARGEST_BUDGET_SHARE = 0.02, 3.0
_FLIGHT_DAYS = (1, 2, 3, 4, 5, 7, 7, 7, 10, 14)
_CAPS = ((1, DAY_S), (2, DAY_S), (3, DAY_S), (1, 7 * DAY_S), (3, 7 * DAY_S), (5, 7 * DAY_S))
_BID_SPREAD = 0.3
_WAKING_HOURS = tuple(24 * weekday + hour for weekday in range(7) for hour in range(8, 23))
_CENT_MICROS = 10_000


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What an advertiser says before the flight. Days of the world count from the start of its log.

    ``is_new_advertiser``: it has never run in the log. Money in micros; days are those of ``time_zone``.
    """

    name: str
    advertiser_id: str
    is_new_advertiser: bool
    category: str
    start_day: int
    days: int
    flight: Flight
    time_zone: str
    bid: BidStrategy
    targeting: Targeting
    frequency_caps: tuple[FrequencyCap, ...]
    daily_budget_micros: int | None = None
    total_budget_micros: int | None = None


def draw_plan(
    world: World, number: int, last_day: int, first_day: int, rng: np.random.Generator
) -> tuple[PlanFacts, Int32]:
    """A plan without money, and the rows of its creatives; it starts on ``first_day`` at the earliest.

    Args:
        last_day: of the world, on which it may still run.
    """
    days = int(rng.choice(_FLIGHT_DAYS))
    start_day = int(rng.integers(first_day, max(last_day - days + 1, first_day) + 1))
    config, advertisers = world.config, world.catalogue.advertisers
    first_late = config.advertisers - config.late_advertisers
    is_new = config.late_advertisers > 0 and rng.random() < 0.2
    advertiser = int(rng.integers(first_late, config.advertisers) if is_new else rng.integers(first_late))
    rows, language = _creatives(world, advertiser, start_day, rng)
    targeting = _targeting(language, rng)
    start = config.log_start + timedelta(days=start_day)
    return (
        PlanFacts(
            name=f"plan {number}",
            advertiser_id=advertiser_ids(world)[advertiser],
            is_new_advertiser=is_new,
            category=CATEGORIES[advertisers.category[advertiser]],
            start_day=start_day,
            days=days,
            flight=Flight(start, start + timedelta(days=days)),
            time_zone=zone_of(config.utc_offset_hours),
            bid=_bid(world, targeting, rng),
            targeting=targeting,
            frequency_caps=_caps(rng),
        ),
        rows,
    )


def with_budget(facts: PlanFacts, could_spend_micros: int, rng: np.random.Generator) -> PlanFacts:
    """The plan with money: from a fiftieth to three times of what it could spend, as likely in any octave of that."""
    share = np.exp(rng.uniform(np.log(LEAST_BUDGET_SHARE), np.log(LARGEST_BUDGET_SHARE)))
    total = share * max(could_spend_micros, 100 * _CENT_MICROS)
    kind, part = rng.random(), rng.uniform(0.5, 1.0)
    daily_micros, total_micros = _whole_cents(total / facts.days), _whole_cents(total)
    if kind < 0.5:
        return replace(facts, daily_budget_micros=daily_micros)
    if kind < 0.85:
        return replace(facts, total_budget_micros=total_micros)
    return replace(facts, daily_budget_micros=daily_micros, total_budget_micros=_whole_cents(part * total))


def is_known(world: World, creative: Int32, day: int) -> Bool:
    """Which of these creatives have run in the log before ``day``."""
    return np.asarray(world.catalogue.creatives.first_day[creative] < min(day, world.config.days))


def meets(world: World, requests: Requests, targeting: Targeting) -> Bool:
    """(N,) which requests are of the kind that is asked for."""
    met = np.ones(len(requests), dtype=np.bool_)
    places = [place.placement for place in PLACEMENTS]
    for names, wanted, of_request in (
        (places, targeting.placements, requests.placement),
        (DEVICES, targeting.devices, requests.device),
        (LANGUAGES, targeting.languages, requests.language),
        (REGIONS, targeting.regions, world.population.region[requests.user]),
    ):
        if wanted:
            met &= np.isin(np.array(names), wanted)[of_request]
    if targeting.hours_of_week:
        met &= np.isin(24 * requests.weekday(world.config) + requests.hour, targeting.hours_of_week)
    return met


def zone_of(utc_offset_hours: int) -> str:
    """The zone whose clocks are so far ahead of UTC all year; its IANA name has the opposite sign."""
    return f"Etc/GMT{-utc_offset_hours:+d}" if utc_offset_hours else "UTC"


def _creatives(world: World, advertiser: int, start_day: int, rng: np.random.Generator) -> tuple[Int32, str]:
    """One to four creatives of the advertiser, in half of the plans of one language; with it, else with none."""
    creatives = world.catalogue.creatives
    own = np.flatnonzero(world.catalogue.campaigns.advertiser[creatives.campaign] == advertiser).astype(np.int32)
    language = ""
    if rng.random() < 0.4:
        tongue = creatives.language[rng.choice(own)]
        own, language = own[creatives.language[own] == tongue], LANGUAGES[tongue]
    known = is_known(world, own, start_day)
    taste = rng.random()
    if taste < 0.55 and known.any():
        own = own[known]
    elif taste < 0.75 and not known.all():
        own = own[~known]
    count = min(int(rng.choice(4, p=[0.35, 0.3, 0.2, 0.15])) + 1, len(own))
    return np.sort(rng.choice(own, size=count, replace=False)), language


def _targeting(language: str, rng: np.random.Generator) -> Targeting:
    places = [place.placement for place in PLACEMENTS]
    everywhere, everybody, every_device, all_day = (rng.random(4) < (0.45, 0.65, 0.75, 0.9)).tolist()
    return Targeting(
        placements=() if everywhere else _some(places, 1, 4, rng),
        regions=() if everybody else _some(REGIONS, 1, 4, rng),
        devices=() if every_device else _some(DEVICES, 1, 2, rng),
        languages=(language,) if language else (),
        hours_of_week=() if all_day else _WAKING_HOURS,
    )


def _some(names: tuple[str, ...] | list[str], least: int, most: int, rng: np.random.Generator) -> tuple[str, ...]:
    chosen = rng.choice(len(names), size=int(rng.integers(least, most + 1)), replace=False)
    return tuple(names[place] for place in sorted(chosen.tolist()))


def _bid(world: World, targeting: Targeting, rng: np.random.Generator) -> BidStrategy:
    """Around what the places usually cost: money for a thousand showings or, of one plan in five, for a click."""
    places = [place for place in PLACEMENTS if not targeting.placements or place.placement in targeting.placements]
    usual_cpm = sum(place.share * place.clearing_cpm for place in places) / sum(place.share for place in places)
    showing_micros = usual_cpm * MICROS_PER_CPM * rng.lognormal(0.0, _BID_SPREAD)
    if rng.random() < 0.2:
        return BidStrategy(BidStrategyKind.MAX_CPC, _whole_cents(showing_micros / world.config.click_rate))
    return BidStrategy(BidStrategyKind.CPM, _whole_cents(1000.0 * showing_micros))


def _caps(rng: np.random.Generator) -> tuple[FrequencyCap, ...]:
    if rng.random() >= 0.3:
        return ()
    limit, window_s = _CAPS[int(rng.integers(len(_CAPS)))]
    return (FrequencyCap(limit, window_s, per_creative=bool(rng.random() < 0.2)),)


def _whole_cents(micros: float) -> int:
    return max(round(micros / _CENT_MICROS), 1) * _CENT_MICROS
