"""Each effect on a click has its sign, and conversions are late."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.simulator import World
from adplat.simulator.appeal import Appeal
from adplat.simulator.traffic import Requests
from tests.simulator.builders import the_same_moment


def p_click(world: World, requests: Requests, creative: int, exposures: int = 0) -> npt.NDArray[np.float64]:
    rows = np.full(len(requests), creative, dtype=np.int32)
    return world.response.click_probability(requests, rows, np.full(len(requests), exposures))


def first_where(condition: npt.NDArray[np.bool_]) -> int:
    return int(np.flatnonzero(condition)[0])


def test_meeting_a_creative_again_and_again_wears_it_out(small_world: World) -> None:
    moment = the_same_moment(small_world, position=[0])
    rates = [p_click(small_world, moment, 0, exposures)[0] for exposures in (0, 1, 3, 10)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.75 * rates[0]


def test_lower_positions_are_clicked_less(small_world: World) -> None:
    rates = p_click(small_world, the_same_moment(small_world, position=[0, 1, 2, 3]), 0)
    assert list(rates) == sorted(rates, reverse=True)
    assert rates[3] < 0.7 * rates[0]


def test_phones_click_more_than_desktops(small_world: World) -> None:
    phone, desktop = p_click(small_world, the_same_moment(small_world, device=[0, 1]), 0)
    assert phone > desktop


def test_people_click_what_interests_them(small_world: World) -> None:
    people, creatives = small_world.population, small_world.catalogue.creatives
    interest = np.where(people.bot, -9, people.interest[:, creatives.category[0]])
    keen = int(np.argmax(interest))
    twin = small_world.response.click_logit(
        the_same_moment(small_world, user=[keen]), np.array([0], dtype=np.int32), np.zeros(1, dtype=np.int64)
    )
    everyone = the_same_moment(small_world, user=list(np.flatnonzero(~people.bot)))
    logits = small_world.response.click_logit(
        everyone, np.zeros(len(everyone), dtype=np.int32), np.zeros(len(everyone), dtype=np.int64)
    )
    assert twin[0] > np.quantile(logits, 0.9)


def test_a_painted_discount_moves_the_price_sensitive(small_world: World) -> None:
    people, appeal = small_world.population, small_world.response.appeal
    painted = first_where(appeal.thrift_badge & ~appeal.thrift_words)
    bare = first_where(~appeal.thrift_badge & ~appeal.thrift_words)
    thrifty = int(np.argmax(np.where(people.bot, -9, people.price_sensitivity)))
    lavish = int(np.argmin(np.where(people.bot, 9, people.price_sensitivity)))

    def gain(user: int) -> float:
        """The personal part of painted over bare, all else taken out."""
        moment = the_same_moment(small_world, user=[user])
        rows = (np.array([painted], dtype=np.int32), np.array([bare], dtype=np.int32))
        logits = [small_world.response.click_logit(moment, row, np.zeros(1, dtype=np.int64))[0] for row in rows]
        return float(logits[0] - logits[1] - everything_else(user, painted) + everything_else(user, bare))

    def everything_else(user: int, creative: int) -> float:
        creatives, known = small_world.catalogue.creatives, small_world.response
        own: Appeal = known.appeal
        category = creatives.category[creative]
        return float(
            own.total[creative]
            + 0.62 * people.interest[user, category]
            - 0.8 * (people.language[user] != creatives.language[creative])
            + people.youth[user] * (0.32 * own.new_badge[creative] + 0.24 * own.new_words[creative])
            + 0.22 * people.colour_taste[user] * own.warmth[creative]
            + known.busy_hour[12, category]
        )

    assert gain(thrifty) > 0.3 > -0.3 > gain(lavish)


def test_bots_click_absurdly_often_and_never_buy(small_world: World) -> None:
    bot = first_where(small_world.population.bot)
    assert p_click(small_world, the_same_moment(small_world, user=[bot]), 0)[0] > 0.2
    rows = np.array([0], dtype=np.int32)
    assert small_world.response.conversion_probability(np.array([bot], dtype=np.int32), rows)[0] == 0.0


def test_words_that_promise_too_much_sell_less(small_world: World) -> None:
    appeal = small_world.response.appeal
    user = np.array([first_where(~small_world.population.bot)], dtype=np.int32)
    same_ad = small_world.catalogue.creatives.ad
    for row in np.flatnonzero(appeal.dishonest):
        honest = np.flatnonzero((same_ad == same_ad[row]) & (appeal.dishonest == 0))
        if len(honest):
            pair = np.array([row, honest[0]], dtype=np.int32)
            told, kept = small_world.response.conversion_probability(user.repeat(2), pair)
            assert told < kept
            return
    raise AssertionError("the small world holds no exaggerating creative beside an honest one")


def test_conversions_come_hours_or_days_after_the_click(small_world: World) -> None:
    rng = np.random.default_rng(2)
    delay_s, value_micros, kind = small_world.response.draw_conversions(np.zeros(20_000, dtype=np.int32), rng)
    assert delay_s.min() >= 20.0
    assert 1.0 < np.median(delay_s) / 3600 < 5.0
    assert np.mean(delay_s > 86_400) > 0.1
    assert value_micros.min() > 0
    assert np.median(value_micros[kind == 0]) > 5 * np.median(value_micros[kind == 1])
