"""Campaigns beside the log's, each played alone against a world's traffic: what a forecast is held against.

A campaign buys by the service's own rules (:func:`adplat.market.play_campaign`) at second prices, and the world's
people respond to it as to anything else. Three things are assumed: a campaign changes neither prices nor the other
campaigns; its creatives are drawn evenly for every showing, whatever is learned meanwhile; and where it bids by click
chances, the scorer behind the bid is right on average and errs by ``SCORER_SD`` from request to request.

Letters used in shapes: ``N`` openings, ``I`` showings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from adplat.domain import ConfigRejected, Progress
from adplat.market import NOBODY, Openings, PlayTerms, StrategyColumns, play_campaign, values_micros
from adplat.simulator.auction import Int64
from adplat.simulator.campaign_draw import LONGEST_FLIGHT_DAYS, PlanFacts, draw_plan, is_known, meets, with_budget
from adplat.simulator.catalogue import Bool
from adplat.simulator.colour import Float64
from adplat.simulator.elements import Int32
from adplat.simulator.history import Meetings
from adplat.simulator.life import Life
from adplat.simulator.seeds import stream
from adplat.simulator.traffic import Requests
from adplat.simulator.world import World

SCORER_SD = 0.2
# As the platform attributes unless a campaign says otherwise.
CLICK_WINDOW_S = 7 * 86_400
# Of a budget that counts as gone, since what is left may not hold another showing.
EXHAUSTED_SHARE = 0.97
MOST_TIMES_TOLD = 10


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of a day or of a whole flight; money in micros.

    ``reach`` counts people with a key (consent) who were shown it at least once. ``clicks`` and ``conversions`` belong
    to the day of the showing; conversions are all that come within seven days after the click, however late.
    ``openings`` are the opportunities that met the targeting, ``bids`` those in which the campaign took part.
    """

    impressions: int
    reach: int
    clicks: int
    conversions: int
    value_micros: int
    spend_micros: int
    openings: int
    bids: int

    @property
    def won_share(self) -> float | None:
        """Of the auctions bid in; ``None`` without any."""
        return self.impressions / self.bids if self.bids else None


@dataclass(frozen=True, slots=True)
class CampaignOutcome:
    """``daily`` runs over the local days of the flight, ``dates`` names them; ``reached_times[k]`` people were shown it
    at least ``k + 1`` times. ``expected_clicks`` and ``expected_conversions`` add up the true chances of just these
    showings: what remains to know of a count is then its own luck."""

    dates: tuple[date, ...]
    daily: tuple[Delivery, ...]
    total: Delivery
    reached_times: tuple[int, ...]
    is_exhausted: bool
    expected_clicks: float
    expected_conversions: float


@dataclass(frozen=True, slots=True)
class SimulatedCampaign:
    """A plan with what truly came of it. ``new_creative_ids`` have not run in the log before its flight."""

    facts: PlanFacts
    creative_ids: tuple[str, ...]
    new_creative_ids: frozenset[str]
    outcome: CampaignOutcome


def simulate_campaigns(
    world: World,
    life: Life,
    count: int,
    *,
    first_day: int,
    seed: int = 0,
    step_s: float = 120.0,
    progress: Progress | None = None,
) -> list[SimulatedCampaign]:
    """Draw ``count`` campaigns that start on ``first_day`` of the world or later, and play each.

    Those that end before ``world.config.days`` are past, those that start there or later are held out. Each is drawn
    from a stream of its own: more of them change none. ``step_s`` is that of the pace (:class:`PlayTerms`). Cost: some
    0.1 s for a week of 30,000 requests a day. Raises ConfigRejected where the longest flight does not fit between
    ``first_day`` and the end of ``life``.
    """
    if not 0 <= first_day <= life.days - LONGEST_FLIGHT_DAYS:
        raise ConfigRejected(
            f"campaigns from day {first_day} of {life.days} on",
            where=f"world {world.config.name!r}",
            hint=f"let the world live {LONGEST_FLIGHT_DAYS} days longer than their first day",
        )
    found = []
    for number in range(count):
        rng = stream(world.seed, f"campaigns {seed}", number)
        found.append(_simulated(world, life, number, first_day, step_s, rng))
        if progress is not None:
            progress(number + 1, count, "playing campaigns")
    return found


def _simulated(
    world: World, life: Life, number: int, first_day: int, step_s: float, rng: np.random.Generator
) -> SimulatedCampaign:
    facts, creatives = draw_plan(world, number, life.days - 1, first_day, rng)
    traffic = life.rows_of_days(facts.start_day, facts.start_day + facts.days)
    rows = traffic.start + np.flatnonzero(meets(world, _of(life, traffic), facts.targeting))
    requests = life.requests.take(rows.astype(np.int32))
    creative = creatives[rng.integers(len(creatives), size=len(rows))]
    openings = Openings(
        at_s=world.config.log_start.timestamp() + life.time_us[rows] / 1e6,
        user=np.where(world.population.consent[requests.user], requests.user, NOBODY).astype(np.int64),
        bid_micros=_bids(world, facts, requests, creative, rng),
        price_micros=life.min_to_win_micros[rows],
        least_micros=life.min_to_win_micros[rows],
        creative=creative,
    )
    unlimited = play_campaign(openings, _terms(facts, step_s), rng)
    facts = with_budget(facts, int(openings.price_micros[unlimited.shown].sum()), rng)
    played = play_campaign(openings, _terms(facts, step_s), rng)
    outcome = _outcome(world, facts, openings, requests, creative, played.shown, played.took_part, rng)
    ids = world.creative_ids
    new = creatives[~is_known(world, creatives, facts.start_day)]
    return SimulatedCampaign(facts, tuple(ids[row] for row in creatives), frozenset(ids[row] for row in new), outcome)


def _of(life: Life, rows: slice) -> Requests:
    return life.requests.take(np.arange(rows.start, rows.stop, dtype=np.int32))


def _terms(facts: PlanFacts, step_s: float) -> PlayTerms:
    return PlayTerms(
        flight=facts.flight,
        time_zone=facts.time_zone,
        daily_budget_micros=facts.daily_budget_micros,
        total_budget_micros=facts.total_budget_micros,
        caps=facts.frequency_caps,
        step_s=step_s,
    )


def _bids(world: World, facts: PlanFacts, requests: Requests, creative: Int32, rng: np.random.Generator) -> Int64:
    """(N,) the value of each showing; nobody is known for a bot beforehand."""
    count = len(requests)
    logit = world.response.click_logit(requests, creative, np.zeros(count, dtype=np.int64))
    error = rng.lognormal(-0.5 * SCORER_SD**2, SCORER_SD, count)
    p_ctr = np.minimum(error / (1.0 + np.exp(-logit)), 1.0)
    return values_micros(StrategyColumns.build([facts.bid]), np.zeros(count, dtype=np.int32), p_ctr)


def _outcome(
    world: World,
    facts: PlanFacts,
    openings: Openings,
    requests: Requests,
    creative: Int32,
    was_shown: Bool,
    took_part: Bool,
    rng: np.random.Generator,
) -> CampaignOutcome:
    won = np.flatnonzero(was_shown).astype(np.int32)
    shown, creative = requests.take(won), creative[won]
    clicked, converted, value, expected = _responses(world, shown, creative, rng)
    day_of_bid, day = requests.day - facts.start_day, shown.day - facts.start_day
    price, user = openings.price_micros[won], openings.user[won]

    def delivery(of_bids: Bool, of_showings: Bool) -> Delivery:
        people = user[of_showings]
        return Delivery(
            impressions=int(of_showings.sum()),
            reach=len(np.unique(people[people != NOBODY])),
            clicks=int(clicked[of_showings].sum()),
            conversions=int(converted[of_showings].sum()),
            value_micros=int(value[of_showings & converted].sum()),
            spend_micros=int(price[of_showings].sum()),
            openings=int(of_bids.sum()),
            bids=int((took_part & of_bids).sum()),
        )

    total = delivery(np.ones(len(openings), dtype=np.bool_), np.ones(len(won), dtype=np.bool_))
    times = np.unique(user[user != NOBODY], return_counts=True)[1]
    return CampaignOutcome(
        dates=tuple(world.config.start + timedelta(days=facts.start_day + number) for number in range(facts.days)),
        daily=tuple(delivery(day_of_bid == number, day == number) for number in range(facts.days)),
        total=total,
        reached_times=tuple(int((times > least).sum()) for least in range(MOST_TIMES_TOLD)),
        is_exhausted=total.spend_micros >= EXHAUSTED_SHARE * _most_money(facts),
        expected_clicks=expected[0],
        expected_conversions=expected[1],
    )


def _responses(
    world: World, shown: Requests, creative: Int32, rng: np.random.Generator
) -> tuple[Bool, Bool, Int64, tuple[float, float]]:
    """(I,) whether each showing was clicked, whether that converted in time, and what a conversion is worth; and how
    many clicks and conversions the true chances add up to, the delays being as they are."""
    count = len(shown)
    own, place = np.unique(creative, return_inverse=True)
    exposures = Meetings(len(world.population), len(own)).meet(shown.user, place.astype(np.int32))
    click_chance = world.response.click_probability(shown, creative, exposures)
    clicked = rng.random(count) < click_chance
    chance: Float64 = world.response.conversion_probability(shown.user, creative)
    delay_s, value_micros, _ = world.response.draw_conversions(creative, rng)
    in_time = delay_s <= CLICK_WINDOW_S
    converted = clicked & (rng.random(count) < chance) & in_time
    expected = float(click_chance.sum()), float((click_chance * chance * in_time).sum())
    return clicked, converted, value_micros, expected


def _most_money(facts: PlanFacts) -> float:
    whole = [] if facts.total_budget_micros is None else [facts.total_budget_micros]
    daily = [] if facts.daily_budget_micros is None else [facts.daily_budget_micros * facts.days]
    return min([*whole, *daily])
