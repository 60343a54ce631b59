"""Plays one campaign against opportunities in order of time, under the rules by which the service spends and caps.

Whoever asks what a campaign would have got, or will get, goes through here: the simulator for what truly happens, the
forecast for what a sample of the log says. Pacing is :func:`next_pace` itself, a day's plan :meth:`DayPlan.build`,
whether a bid fits below the ceiling :func:`affordable_micros`. Caps are those of :mod:`adplat.market.frequency`:
nobody is shown more than ``limit`` in any window ``(now − window_s, now]``. Three things are simpler than live:

* What became of a bid is known at once, so no money waits in reserve, and a cap never counts an open request.
* The pace is looked at every ``step_s``, in the first two minutes of a day every ten seconds as live. A spike is
  therefore answered up to ``step_s`` late; until then it spends ``multiplier`` of it, which the ceiling (the plan of
  half an hour, more while most bids lose) bounds. A campaign that buys a few showings a minute or less does not tell.
* A total budget without a daily one is spread over the days that are left, by their length (``spreads_total``).

With ``scale`` each opening stands for that many: one showing costs and counts ``scale`` times against money and
traffic, and once against its user's caps, since samples keep users whole. Money then goes in pieces of ``scale``
showings, and what is left below a piece would be lost each day. So each budget is lent a part of a piece, drawn evenly
from none to all: from one piece a day on, money is right on average (below that half of it may be missing), and one
play may overspend by less than a piece. At a scale of 1 nothing is lent, and nothing is ever overspent.

Cost: one update of the pace (some 10 µs) a step, so under 0.1 s a week at 120 s, and a few array operations over the
step's openings; about 1 µs more for each opening taken part in where there are caps or the money is about to run out.
Letters used in shapes: ``N`` openings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected, Flight, FrequencyCap, HourOfTraffic
from adplat.market.day_plan import EVEN_TRAFFIC, HOURS_A_DAY, DayPlan
from adplat.market.frequency import LatestShowings
from adplat.market.pacing import PaceSettings, PaceState, affordable_micros, next_pace, start_pace
from adplat.market.traffic import day_counted, day_traffic, hour_of_week

Bool = npt.NDArray[np.bool_]
Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

NOBODY = -1
# As live: the share of auctions on a first day, and how long before midnight the plan is done.
FIRST_SHARE = 0.1
FINISH_EARLY_S = 900.0
# Longer steps would outlast the horizon within which the pace mends a gap.
LONGEST_STEP_S = PaceSettings().horizon_s
_LIVE_STEP_S, _LIVE_STEPS = 10.0, 12
# More money than any prices add up to.
_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Openings:
    """Eligible opportunities of one campaign, in order of time; money in micros for one impression.

    Args:
        at_s: (N,) seconds of UTC, never falling.
        user: (N,) who looks; ``NOBODY`` (-1) where nobody is known, who is never capped.
        bid_micros: (N,) what would be bid, 0 for no bid.
        price_micros: (N,) what winning costs.
        least_micros: (N,) least winning bid (second price: the price; first price: the price is the bid).
        creative: (N,) which creative would be shown, any numbers; ``None`` for one and the same. Only caps of each
            creative ask. Where that one is capped nothing is shown, while live another might be.
    """

    at_s: Float64
    user: Int64
    bid_micros: Int64
    price_micros: Int64
    least_micros: Int64
    creative: Int32 | None = None

    def __len__(self) -> int:
        return len(self.at_s)


@dataclass(frozen=True, slots=True)
class PlayTerms:
    """What the campaign may spend, when and on whom.

    Args:
        flight: needs an end.
        time_zone: IANA name of the campaign's own days.
        daily_budget_micros, total_budget_micros: both hold; ``None`` is no limit.
        hourly_traffic: 24 weights by local hour that every day's plan follows; ``None``: learned on the way as live,
            after an even first day.
        step_s: between two looks at the pace, up to 300.
        spreads_total: a total budget without a daily one is paced, each day by its part of the time left, as live.
            ``False``: it is spent as fast as auctions come.
        caps_spare_unknown: a campaign with caps is shown to people whom nobody knows as well. The service keeps it
            from them, since it could not count: ``False``.
    """

    flight: Flight
    time_zone: str = "UTC"
    daily_budget_micros: int | None = None
    total_budget_micros: int | None = None
    caps: tuple[FrequencyCap, ...] = ()
    hourly_traffic: Sequence[float] | None = None
    step_s: float = 120.0
    spreads_total: bool = True
    caps_spare_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """Where the campaign bid (``took_part``), and where it won and was ``shown``: (N,) each."""

    shown: Bool
    took_part: Bool


def play_campaign(openings: Openings, terms: PlayTerms, rng: np.random.Generator, *, scale: float = 1.0) -> Played:
    """Where the campaign bids and is shown. ``rng`` draws a number a row, then a few a day.

    Openings outside the flight are left alone. A showing costs ``price_micros``; a bid is made where all of it fits
    into what is left of the money, as live.

    Args:
        scale: how many opportunities each opening stands for (one by its sample rate), above 0.

    Raises:
        ConfigRejected: openings out of order, a flight without end, a step or a scale that is none, an unknown zone.
    """
    begins_s, ends_s = terms.flight.start.timestamp(), _checked_end_s(openings, terms, scale)
    play = _Play(openings, terms, rng, scale)
    if terms.daily_budget_micros is None and (terms.total_budget_micros is None or not terms.spreads_total):
        low, high = np.searchsorted(openings.at_s, (begins_s, ends_s))
        play.step(int(low), int(high), 1.0, None)
        return Played(play.shown, play.took_part)
    share, week = FIRST_SHARE, dict[int, HourOfTraffic]()
    while begins_s < ends_s:
        moment = datetime.fromtimestamp(begins_s, UTC)
        traffic = terms.hourly_traffic
        if traffic is None:
            weekday = hour_of_week(moment, terms.time_zone) // HOURS_A_DAY
            traffic = day_traffic(week, weekday) or EVEN_TRAFFIC
        plan = DayPlan.build(moment, terms.time_zone, traffic, terms.flight, finish_early_s=FINISH_EARLY_S)
        budget_micros = terms.daily_budget_micros
        if budget_micros is None:
            part_of_rest = (plan.ends_s - begins_s) / (ends_s - begins_s)
            budget_micros = math.floor(play.left_micros * min(part_of_rest, 1.0))
        share = play.day(plan, budget_micros, share)
        if terms.hourly_traffic is None:
            places = np.searchsorted(openings.at_s, plan.moments_s)
            week = day_counted(week, plan.moments_s, (scale * np.diff(places)).tolist(), terms.time_zone)
        begins_s = plan.ends_s
    return Played(play.shown, play.took_part)


class _Play:
    """One campaign's money and caps while it is played; all money is that of ``scale`` showings."""

    def __init__(self, openings: Openings, terms: PlayTerms, rng: np.random.Generator, scale: float) -> None:
        self.shown = np.zeros(len(openings), dtype=np.bool_)
        self.took_part = np.zeros(len(openings), dtype=np.bool_)
        self._spent_today = 0
        self._scale, self._step_s, self._rng = scale, terms.step_s, rng
        self._draws = rng.random(len(openings))
        self._at_s, self._user = openings.at_s, openings.user
        self._creative = np.zeros(len(openings), dtype=np.int32) if openings.creative is None else openings.creative
        self._bid, self._cost = (
            np.ceil(of_one * scale).astype(np.int64) for of_one in (openings.bid_micros, openings.price_micros)
        )
        self._bids = openings.bid_micros > 0
        if terms.caps and not terms.caps_spare_unknown:
            self._bids &= openings.user != NOBODY
        self._wins = self._bids & (openings.bid_micros >= openings.least_micros)
        self._largest_bid = int(self._bid.max(initial=0))
        self._smallest_bid = int(self._bid[self._bids].min(initial=_NEVER))
        total_micros = terms.total_budget_micros
        self.left_micros = _NEVER if total_micros is None else total_micros + self._lent_micros()
        self._caps = LatestShowings(terms.caps)
        self._is_capped = bool(terms.caps)

    def day(self, plan: DayPlan, budget_micros: int, share: float) -> float:
        """Play one day from a first ``share`` on; returns the last one, to begin the next day with."""
        self._spent_today = 0
        budget_micros += self._lent_micros()
        begins_s = plan.moments_s[0]
        moments_s = _looks_s(begins_s, plan.ends_s, self._step_s)
        places = np.searchsorted(self._at_s, moments_s).tolist()
        settings = PaceSettings(rate_requests=PaceSettings().rate_requests * self._scale)
        state = start_pace(plan, budget_micros, begins_s, multiplier=share, settings=settings)
        for number, until_s in enumerate(moments_s[1:]):
            low, high = places[number], places[number + 1]
            booked = self.step(low, high, state.multiplier, state) if low < high else 0
            rest = min(budget_micros - self._spent_today, self.left_micros)
            # Live too the last look lies before midnight: it is at 0 only where nothing is left.
            if until_s >= plan.ends_s or rest < self._smallest_bid:
                break
            # Rounded as sums, so that a scale of 1.3 does not become 1 where openings come one by one.
            requests = round(high * self._scale) - round(low * self._scale)
            state = next_pace(state, self._spent_today, 0, booked, requests, until_s)
        return state.multiplier

    def step(self, low: int, high: int, share: float, pace: PaceState | None) -> int:
        """Play the rows from ``low`` to ``high`` at one share; returns the money booked. ``None``: nothing paces."""
        drawn = self._draws[low:high] < share
        takes = low + np.flatnonzero(drawn & self._bids[low:high])
        if not len(takes):
            return 0
        if self._is_capped:
            return self._one_by_one(takes, pace)
        wins = takes[self._wins[takes]]
        cost = int(self._cost[wins].sum())
        if not self._can_reserve(cost + self._largest_bid, pace):
            return self._one_by_one(takes, pace)
        self.took_part[takes] = True
        self.shown[wins] = True
        self._pay(cost)
        return int(self._bid[takes].sum())

    def _one_by_one(self, takes: npt.NDArray[np.intp], pace: PaceState | None) -> int:
        booked = 0
        columns = (self._at_s, self._user, self._creative, self._bid, self._wins, self._cost)
        for row, at_s, user, creative, bid, wins, cost in zip(
            takes.tolist(), *(column[takes].tolist() for column in columns), strict=True
        ):
            if user != NOBODY and self._caps.bar(user, creative, at_s):
                continue
            if not self._can_reserve(bid, pace):
                continue
            booked += bid
            self.took_part[row] = True
            if wins:
                self.shown[row] = True
                self._pay(cost)
                if user != NOBODY:
                    self._caps.count(user, creative, at_s)
        return booked

    def _lent_micros(self) -> int:
        """Of one budget: with it, as many pieces fit on average as their money is worth, and what live is lost is."""
        if self._scale <= 1.0 or not self._wins.any():
            return 0
        bid, cost = self._bid[self._wins].mean(), self._cost[self._wins].mean()
        return int((1.0 - 1.0 / self._scale) * (bid - cost + self._rng.random() * cost))

    def _can_reserve(self, micros: int, pace: PaceState | None) -> bool:
        """A bid that does not fit as a whole is not made: live none is lowered to what is left."""
        if micros > self.left_micros:
            return False
        return pace is None or affordable_micros(pace, self._spent_today, 0, micros) == micros

    def _pay(self, cost_micros: int) -> None:
        self._spent_today += cost_micros
        self.left_micros -= cost_micros


def _looks_s(begins_s: float, ends_s: float, step_s: float) -> list[float]:
    """When the pace is looked at, both ends of the day among them."""
    first_s = begins_s + min(_LIVE_STEP_S, step_s) * np.arange(_LIVE_STEPS)
    later_s = np.arange(begins_s + min(_LIVE_STEP_S, step_s) * _LIVE_STEPS, ends_s, step_s)
    moments_s = np.concatenate([first_s, later_s])
    return [*moments_s[moments_s < ends_s].tolist(), ends_s]


def _checked_end_s(openings: Openings, terms: PlayTerms, scale: float) -> float:
    if terms.flight.end is None:
        raise ConfigRejected("a flight without end cannot be played", where="flight", hint="give its end")
    if not 0.0 < terms.step_s <= LONGEST_STEP_S:
        raise ConfigRejected(f"a step of {terms.step_s} s", where="step_s", hint=f"give up to {LONGEST_STEP_S:g} s")
    if not (math.isfinite(scale) and scale > 0.0):
        raise ConfigRejected(f"a scale of {scale}", where="scale", hint="give one by the sample rate")
    if len(openings) and not bool(np.all(np.diff(openings.at_s) >= 0.0)):
        raise ConfigRejected("openings are not in order of time", where="at_s", hint="sort them by time")
    return terms.flight.end.timestamp()
