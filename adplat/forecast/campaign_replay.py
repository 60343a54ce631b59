"""A campaign that has not run, replayed on sampled openings of logged days that stand for the days of its flight.

What wins, and who has seen it too often, is decided by :func:`adplat.market.play_campaign`, the code that plays true
campaigns of the simulator. Only the pace is told rather than played: a day's throttling settles within minutes at the
share of auctions whose money fits the day's budget, so here that share is solved for, day by day, and the campaign
takes part in it evenly. That costs one pass instead of an update every two minutes, and lets an opening stand for any
weight: money that is less than one sampled showing stands for can be spent, where a played pace would have to stop.

Each replicate draws anew what is not known: how much traffic comes, how dear it is, which people come (Bayesian
bootstrap by person: Rubin, Annals of Statistics 9, 1981), which auctions are entered. Openings and the least winning
bid of each are the same in all (common random numbers), and a smaller budget enters some of the auctions of a larger.

Expectations, not draws: a showing counts its chance of a click and of a conversion. The chance of a count is added by
:mod:`adplat.forecast.campaign_predictive`. Letters used in shapes: ``N`` openings, ``D`` days, ``R`` replicates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.domain import Flight, FrequencyCap
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.replay_people import earlier_showings, people_reached, sums_by_day
from adplat.market import NOBODY, Openings, PlayTerms, play_campaign

Bool = npt.NDArray[np.bool_]
NEVER_MICROS = 2**60
"""The least winning bid where no bid that was ever tried wins."""
FEWEST_WINS = 40
"""A day's share keeps about so many won openings; what they cost beyond the budget is taken from their weight."""
ROUNDS, SETTLED = 3, 0.02
"""How often shares are looked for where caps change what they spend, and when they are near enough."""


@dataclass(frozen=True, slots=True)
class FlightOpenings:
    """Eligible openings of a flight, in order of time; N rows.

    Args:
        at_s: (N,) seconds of UTC.
        day: (N,) day of the flight, from 0.
        user: (N,) ``NOBODY`` (-1) where not known: kept from capped campaigns, and not counted for reach.
        creative: (N,) which creative would be shown.
        bid_micros: (N,) what would be bid, 0 for no bid.
        least_micros: (N,) least winning bid.
        pays_bid: (N,) whether the winner pays the bid (first price).
        click: (N,) chance of a click at a first showing.
        conversion: (N,) chance of a conversion after a click.
        value_micros: (N,) expected value of a conversion.
    """

    at_s: Floats
    day: Whole
    user: Whole
    creative: Whole
    bid_micros: Whole
    least_micros: Whole
    pays_bid: Bool
    click: Floats
    conversion: Floats
    value_micros: Floats

    def __len__(self) -> int:
        return len(self.at_s)


@dataclass(frozen=True, slots=True)
class ReplayTerms:
    """What the campaign may spend, when and on whom; ``day_lengths_s`` (D,) within the flight.

    ``fatigue`` is the click chance after so many earlier showings to the same person over that of the first.
    """

    flight: Flight
    day_lengths_s: Floats
    daily_budget_micros: int | None
    total_budget_micros: int | None
    caps: tuple[FrequencyCap, ...] = ()
    fatigue: Callable[[Whole], Floats] = lambda exposures: np.ones(len(exposures))

    def times(self, factor: float) -> ReplayTerms:
        """With so much more money."""
        daily, total = self.daily_budget_micros, self.total_budget_micros
        return replace(
            self,
            daily_budget_micros=None if daily is None else max(round(daily * factor), 1),
            total_budget_micros=None if total is None else max(round(total * factor), 1),
        )

    @property
    def budget_micros(self) -> float:
        """The most that can be spent over the flight."""
        daily = (
            np.inf if self.daily_budget_micros is None else float(self.daily_budget_micros) * len(self.day_lengths_s)
        )
        total = np.inf if self.total_budget_micros is None else float(self.total_budget_micros)
        return float(min(daily, total))


@dataclass(frozen=True, slots=True)
class ReplayDraws:
    """What R replicates do not agree on.

    Args:
        weights: (R, D) how many opportunities each opening of a day stands for.
        price_factors: (R,) how dear openings are over the log.
        people: (R,) how many people one of the sample stands for.
    """

    weights: Floats
    price_factors: Floats
    people: Floats

    def first(self, count: int) -> ReplayDraws:
        """The first replicates."""
        return ReplayDraws(self.weights[:count], self.price_factors[:count], self.people[:count])


@dataclass(frozen=True, slots=True)
class Replayed:
    """Expectations of R replicates by day (R, D), and over the flight.

    ``reach_by_day`` counts people of each day; ``often`` is (R, MOST_OFTEN): people who saw it at least 1, 2, … times;
    ``reach`` is its first column. ``free_spend_micros`` is what would be spent without budget, ``entered`` auctions
    taken part in.
    """

    impressions: Floats
    clicks: Floats
    conversions: Floats
    value_micros: Floats
    spend_micros: Floats
    free_spend_micros: Floats
    entered: Floats
    reach_by_day: Floats
    often: Floats


def replay_campaign(
    openings: FlightOpenings, terms: ReplayTerms, draws: ReplayDraws, rng: np.random.Generator
) -> Replayed:
    """What each replicate brings. Cost: linear in openings times replicates.

    The same ``rng`` state gives the same auctions, people and shares, whatever the budget.
    """
    parts = [
        _replicate(openings, terms, draws.weights[one], float(draws.price_factors[one]), float(draws.people[one]), own)
        for one, own in enumerate(rng.spawn(len(draws.weights)))
    ]
    return Replayed(**{each.name: np.array([part[each.name] for part in parts]) for each in fields(Replayed)})


def _replicate(
    openings: FlightOpenings,
    terms: ReplayTerms,
    weights: Floats,
    price_factor: float,
    people: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    days = len(weights)
    entered, of_row = rng.random(len(openings)), rng.standard_exponential(len(openings))
    # Who is not known counts as a person of his own.
    of_person = rng.standard_exponential(int(openings.user.max(initial=NOBODY)) + 2)
    person = np.where(openings.user == NOBODY, of_row, of_person[openings.user])
    # How much comes in a day is told by the weights; who it is, is drawn.
    drawn = np.bincount(openings.day, person, minlength=days) / np.maximum(np.bincount(openings.day, minlength=days), 1)
    weight = weights[openings.day] * person / np.maximum(drawn, 1e-9)[openings.day]
    least = np.where(
        openings.least_micros >= NEVER_MICROS, NEVER_MICROS, np.round(openings.least_micros * price_factor)
    ).astype(np.int64)
    price = np.where(openings.pays_bid, openings.bid_micros, least)
    wins = (openings.bid_micros > 0) & (openings.bid_micros >= least)
    cost: Floats = np.where(wins, weight * price, 0.0)
    free = sums_by_day(openings.day, cost, days)
    won = np.bincount(openings.day[wins], minlength=days)
    rows, shown, shares = _paced(openings, terms, entered, price, least, cost, free, won, rng)
    spend = sums_by_day(openings.day[shown], cost[shown], days)
    allowed = _allowed(terms, spend, shares)
    # The last step to the budget is a matter of weight: part of a showing.
    part = np.divide(allowed, spend, out=np.ones(days), where=spend > 0.0)
    day = openings.day[shown]
    counted = weight[shown] * part[day]
    clicks = (
        counted
        * openings.click[shown]
        * terms.fatigue(earlier_showings(openings.user[shown], openings.creative[shown]))
    )
    conversions = clicks * openings.conversion[shown]
    often, by_day = people_reached(openings.user[shown], day, np.minimum(part[day], 1.0), of_person * people, days)
    return {
        "impressions": np.bincount(day, counted, minlength=days),
        "clicks": np.bincount(day, clicks, minlength=days),
        "conversions": np.bincount(day, conversions, minlength=days),
        "value_micros": np.bincount(day, conversions * openings.value_micros[shown], minlength=days),
        "spend_micros": spend * part,
        "free_spend_micros": free,
        "entered": np.bincount(openings.day[rows], weight[rows], minlength=days) * part,
        "reach_by_day": by_day,
        "often": often,
    }


def _paced(
    openings: FlightOpenings,
    terms: ReplayTerms,
    entered: Floats,
    price: Whole,
    least: Whole,
    cost: Floats,
    free: Floats,
    won: Whole,
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Floats]:
    """Rows taken part in, rows shown, and the share of each day's auctions that was entered."""
    days = len(free)
    fewest = np.minimum(FEWEST_WINS / np.maximum(won, 1.0), 1.0)
    shares = np.ones(days)
    spend = free
    played = PlayTerms(terms.flight, caps=terms.caps)
    rows = shown = np.arange(0)
    for number in range(ROUNDS if terms.caps else 1):
        allowed = _allowed(terms, spend, shares)
        wanted = np.divide(allowed, spend, out=np.ones(days), where=spend > 0.0)
        before, shares = shares, np.clip(np.where(spend > 0.0, shares * wanted, 1.0), fewest, 1.0)
        if number and np.all(np.abs(shares - before) <= SETTLED * before):
            shares = before
            break
        rows = np.flatnonzero((entered < shares[openings.day]) & (openings.bid_micros > 0))
        if terms.caps:
            some = Openings(
                openings.at_s[rows],
                openings.user[rows],
                openings.bid_micros[rows],
                price[rows],
                least[rows],
                openings.creative[rows].astype(np.int32),
            )
            play = play_campaign(some, played, rng)
            shown, rows = rows[play.shown], rows[play.took_part]
        else:
            shown = rows[openings.bid_micros[rows] >= least[rows]]
        spend = sums_by_day(openings.day[shown], cost[shown], days)
    return rows, shown, shares


def _allowed(terms: ReplayTerms, spend: Floats, shares: Floats) -> Floats:
    """(D,) money that each day may and can spend; a day that entered a share only could have spent more."""
    daily, total = terms.daily_budget_micros, terms.total_budget_micros
    left = np.inf if total is None else float(total)
    rest_s = float(terms.day_lengths_s.sum())
    allowed = np.zeros(len(spend))
    for day, length_s in enumerate(terms.day_lengths_s.tolist()):
        limit = left if daily is None else min(float(daily), left)
        if daily is None and total is not None:
            limit = left * length_s / rest_s
        can = spend[day] if shares[day] >= 1.0 else np.inf
        allowed[day] = min(can, limit) if spend[day] > 0.0 else 0.0
        left -= allowed[day]
        rest_s -= length_s
    return allowed
