"""Conversions get to the click or showing that led to them, in whatever order, batches and number all of it came."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.domain import Attribution, Credit, Decision, Event, EventKind
from adplat.flows.attribute_conversions import AttributionProgress, attribute_conversions, folded_ms
from adplat.storage import EmbeddedValkey
from tests.flows.auctions import send
from tests.flows.fold_rig import GRACE_S, Rig, a_decision
from tests.flows.small_shop import NOON, Shop
from tests.storage.builders import in_metrics

SHOWN, CLICKED, CONVERTED = EventKind.IMPRESSION, EventKind.CLICK, EventKind.CONVERSION
LONG_AFTER_S = 2 * GRACE_S
WINDOWS = Attribution(click_s=100, view_s=50)


def shown_to(number: int, **facts: Any) -> Decision:
    return a_decision(number, **({"ts": NOON, "attribution": WINDOWS} | facts))


def happened(number: int, kind: EventKind, at_s: float) -> Event:
    return Event(f"d{number}:{kind}:{at_s}", kind, f"d{number}", NOON + timedelta(seconds=at_s))


def bought(at_s: float, name: str = "order", *, decision: int | None = None, **named: str) -> Event:
    whom = {"user_key": "u1", "advertiser_id": "a1"} | named if decision is None else {}
    decision_id = "" if decision is None else f"d{decision}"
    return Event(name, CONVERTED, decision_id, NOON + timedelta(seconds=at_s), 129_000_000, "buy", **whom)


def credits_of(rig: Rig, *steps: Decision | Event) -> dict[str, str]:
    """Who got what: the decision of each conversion that counts, the reason of each that does not."""
    send(rig.url, rig.namespace, [*steps])
    rig.fold_all(later_s=LONG_AFTER_S)
    counted = {f"at {(row['ts'] - NOON).total_seconds():g}": row["decision_id"] for row in rows(rig, "conversions")}
    return counted | {row["event_id"]: row["reason"] for row in rows(rig, "unattributed")}


def rows(rig: Rig, table: str) -> list[dict[str, Any]]:
    return list(rig.table(table).rows(named=True))


def test_a_conversion_of_a_user_gets_to_the_last_click_and_counts_there(rig: Rig) -> None:
    first, second = shown_to(1, creative_id="c1"), shown_to(2, creative_id="c2")
    steps = [first, second, happened(1, CLICKED, 10), happened(2, CLICKED, 20), happened(1, SHOWN, 30), bought(60)]
    assert credits_of(rig, *steps) == {"at 60": "d2"}
    totals = rig.ledger.totals_by_creative()
    assert totals["c2"].statistics.conversions == 1
    assert totals["c2"].statistics.value_micros == 129_000_000
    assert rig.stream.read_arms()["c2"].value_micros == 129_000_000
    assert totals["c1"].statistics.conversions == 0
    assert rig.stream.length() == 0


def test_a_click_that_is_told_after_the_conversion_and_happened_before_it_is_the_last_one(rig: Rig) -> None:
    early = [shown_to(1), shown_to(2), happened(1, CLICKED, 10), bought(60)]
    send(rig.url, rig.namespace, early)
    rig.fold_all()
    assert rig.conversions.count_waiting() == 1
    assert credits_of(rig, happened(2, CLICKED, 20), happened(1, CLICKED, 61)) == {"at 60": "d2"}
    assert rig.conversions.count_waiting() == 0


def test_what_is_told_after_the_grace_changes_nothing_even_in_the_same_batch(rig: Rig) -> None:
    send(rig.url, rig.namespace, [shown_to(1), shown_to(2), happened(1, CLICKED, 10), bought(60)])
    time.sleep(0.1)
    send(rig.url, rig.namespace, [happened(2, CLICKED, 20)])
    rig.fold()
    later = folded_ms(rig.fold(), datetime.now(UTC) + timedelta(seconds=1))
    assert attribute_conversions(rig.conversions, later, 0.05) == AttributionProgress(attributed=1)
    assert credits_of(rig) == {"at 60": "d1"}


def test_a_worker_that_is_behind_decides_nothing_before_it_has_passed_the_grace(rig: Rig) -> None:
    steps = [shown_to(1), shown_to(2), happened(1, CLICKED, 10), bought(60), happened(2, CLICKED, 20)]
    send(rig.url, rig.namespace, steps)
    behind = rig.fold(limit=4)
    assert rig.attribute(behind, later_s=LONG_AFTER_S).settled == 0
    assert credits_of(rig) == {"at 60": "d2"}


def test_a_purchase_by_somebody_untouched_is_kept_and_counts_for_nobody(rig: Rig) -> None:
    other = shown_to(1, advertiser_id="a2", campaign_id="k2")
    assert credits_of(rig, other, happened(1, CLICKED, 10), bought(60)) == {"order": "unattributed"}
    [row] = rows(rig, "unattributed")
    assert (row["user_key"], row["advertiser_id"], row["decision_id"]) == ("u1", "a1", "")
    assert (row["ts"], row["value_micros"], row["kind"]) == (NOON + timedelta(seconds=60), 129_000_000, "buy")
    assert sum(one.statistics.conversions for one in rig.ledger.hourly_metrics()) == 0
    assert rig.stream.length() == 0


def test_a_conversion_may_ask_for_a_campaign_or_a_creative(rig: Rig) -> None:
    steps = [shown_to(1), shown_to(2, campaign_id="k2", creative_id="c2")]
    steps += [happened(1, CLICKED, 10), happened(2, CLICKED, 20)]
    asked = [bought(60, "o1", campaign_id="k1"), bought(61, "o2", creative_id="c2"), bought(62, "o3", campaign_id="k3")]
    assert credits_of(rig, *steps, *asked) == {"at 60": "d1", "at 61": "d2", "o3": "unattributed"}


@pytest.mark.parametrize(
    ("touch", "at_s", "outcome"),
    [
        (CLICKED, 100, {"at 100": "d1"}),
        (CLICKED, 101, {"order": "out_of_window"}),
        (SHOWN, 50, {"at 50": "d1"}),
        (SHOWN, 51, {"order": "out_of_window"}),
        (None, 1, {"order": "out_of_window"}),
    ],
)
def test_a_conversion_that_names_its_decision_counts_within_the_campaign_s_window(
    rig: Rig, touch: EventKind | None, at_s: float, outcome: dict[str, str]
) -> None:
    touches = [happened(1, touch, 0)] if touch else []
    assert credits_of(rig, shown_to(1), *touches, bought(at_s, decision=1)) == outcome


def test_a_named_decision_that_was_clicked_in_time_counts_without_waiting(rig: Rig) -> None:
    send(rig.url, rig.namespace, [shown_to(1), happened(1, CLICKED, 0), bought(60, decision=1)])
    rig.fold_all()
    assert rig.table("conversions").height == 1


def test_a_showing_is_not_the_last_word_while_a_click_may_still_be_told(rig: Rig) -> None:
    send(rig.url, rig.namespace, [shown_to(1), happened(1, SHOWN, 0), bought(40, decision=1)])
    rig.fold_all()
    assert rig.conversions.count_waiting() == 1
    assert credits_of(rig, happened(1, CLICKED, 20)) == {"at 40": "d1"}
    assert [row["credit"] for row in rows(rig, "conversions")] == ["click"]


def test_who_may_not_be_recognised_is_attributed_by_decision_and_never_by_user(rig: Rig) -> None:
    nameless = shown_to(1, user_key="")
    steps = [nameless, happened(1, CLICKED, 0), bought(60, "by decision", decision=1), bought(61, "by user")]
    assert credits_of(rig, *steps) == {"at 60": "d1", "by user": "unattributed"}


def test_ids_that_could_be_read_in_two_ways_stay_apart(rig: Rig) -> None:
    mine = shown_to(1, advertiser_id='a", "b', user_key="u")
    steps = [mine, happened(1, CLICKED, 0), bought(60, advertiser_id="a", user_key='b", "u')]
    assert credits_of(rig, *steps) == {"order": "unattributed"}


def test_a_decision_that_was_forgotten_makes_way_for_the_touch_before(rig: Rig) -> None:
    import redis

    send(rig.url, rig.namespace, [shown_to(1), shown_to(2), happened(1, CLICKED, 10), happened(2, CLICKED, 20)])
    with redis.Redis.from_url(rig.url) as client:
        client.delete(f"{rig.namespace}:decision:d2")
    assert credits_of(rig, bought(60)) == {"at 60": "d1"}


def test_two_workers_that_settle_at_once_count_once(rig: Rig) -> None:
    send(rig.url, rig.namespace, [shown_to(1), happened(1, CLICKED, 10), bought(60)])
    rig.fold()
    [waiting] = rig.conversions.due(2**45, 10)
    assert rig.conversions.settle([(waiting.position, Credit.CLICK, "d1")]) == 1
    assert rig.conversions.settle([(waiting.position, Credit.CLICK, "d1")]) == 0
    assert credits_of(rig) == {"at 60": "d1"}


def test_more_conversions_than_fit_into_one_look_are_settled_in_several(rig: Rig) -> None:
    steps = [shown_to(1), happened(1, CLICKED, 0), *(bought(10, f"o{n}") for n in range(7))]
    send(rig.url, rig.namespace, steps)
    later = folded_ms(rig.fold(), NOON) + 10 * 60_000
    looks = [attribute_conversions(rig.conversions, later, GRACE_S, limit=3) for _ in range(4)]
    assert [(look.settled, look.left) for look in looks] == [(3, True), (3, True), (1, False), (0, False)]


# The law: a few users, advertisers and campaigns; whatever is told, in any order, as often as you like.

CAMPAIGNS = {
    "k1": ("a1", Attribution(click_s=100, view_s=50)),
    "k2": ("a1", Attribution(click_s=30, view_s=0)),
    "k3": ("a2", Attribution(click_s=0, view_s=80)),
}
SEEN = [
    shown_to(n, creative_id=f"c{n}", user_key=user, campaign_id=campaign, advertiser_id=CAMPAIGNS[campaign][0],
             attribution=CAMPAIGNS[campaign][1])
    for n, (user, campaign) in enumerate(
        [("u1", "k1"), ("u1", "k2"), ("u1", "k3"), ("u2", "k1"), ("u2", "k3"), ("", "k1"), ("u1", "k1")]
    )
]  # fmt: skip
moments_s = st.integers(0, 160)
decided = st.integers(0, len(SEEN) - 1)
touched = st.builds(happened, decided, st.sampled_from([SHOWN, CLICKED]), moments_s)
converted = st.one_of(
    st.builds(lambda at, n: bought(at, f"{at} of d{n}", decision=n), moments_s, decided),
    st.builds(
        lambda at, user, whose, campaign: bought(
            at, f"{at} of {user} {whose} {campaign}", user_key=user, advertiser_id=whose, campaign_id=campaign
        ),
        moments_s,
        st.sampled_from(["u1", "u2", "u3"]),
        st.sampled_from(["a1", "a2"]),
        st.sampled_from(["", "k1"]),
    ),
)
stories = st.tuples(
    st.lists(touched, max_size=14, unique_by=lambda e: e.event_id),
    st.lists(converted, min_size=1, max_size=6, unique_by=lambda e: e.event_id),
)


def the_model(touches: list[Event], conversions: list[Event]) -> dict[str, str]:
    """Which decision gets each conversion, or why none does: as a person would look it up in a sorted list."""
    decisions = {decision.decision_id: decision for decision in SEEN}
    told = sorted(touches, key=lambda e: (e.ts, e.decision_id), reverse=True)
    found = {}
    for sale in conversions:
        found[sale.event_id] = "out_of_window" if sale.decision_id else "unattributed"
        for kind in (SHOWN, CLICKED):  # the click, where there is one, has the last word
            for touch in told:
                seen = decisions[touch.decision_id]
                window_s = seen.attribution.click_s if kind is CLICKED else seen.attribution.view_s
                is_theirs = (
                    sale.decision_id == seen.decision_id
                    if sale.decision_id
                    else (sale.user_key, sale.advertiser_id) == (seen.user_key, seen.advertiser_id)
                    and sale.campaign_id in ("", seen.campaign_id)
                )
                waited_s = (sale.ts - touch.ts).total_seconds()
                if touch.kind is kind and is_theirs and window_s and 0 <= waited_s <= window_s:
                    found[sale.event_id] = f"{seen.decision_id} by {'click' if kind is CLICKED else 'view'}"
                    break
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories, st.integers(0, 2**32))
def test_any_order_and_repetition_gives_what_a_simple_model_gives(
    shop: Shop, valkey: EmbeddedValkey, tmp_path_factory: pytest.TempPathFactory, empty_database: Path,
    story: tuple[list[Event], list[Event]], seed: int,
) -> None:  # fmt: skip
    touches, conversions = story
    rng = random.Random(seed)
    folder = tmp_path_factory.mktemp("law")
    shutil.copy(empty_database, folder / "adplat.db")
    rig = Rig(shop, valkey, folder.name, folder)
    try:
        steps = [*touches, *conversions] * 2
        rng.shuffle(steps)

        def now_and_then() -> None:
            if rng.random() < 0.3:
                rig.attribute(rig.fold(rng.randrange(1, 9)))

        send(rig.url, rig.namespace, [*SEEN], now_and_then)
        send(rig.url, rig.namespace, steps, now_and_then)
        rig.fold_all(limit=rng.randrange(2, 30), later_s=LONG_AFTER_S)

        wanted = the_model(touches, conversions)
        counted = [name for name in wanted.values() if name.startswith("d")]
        got = [f"{row['decision_id']} by {row['credit']}" for row in rows(rig, "conversions")]
        assert sorted(got) == sorted(counted)
        lost = {row["event_id"]: row["reason"] for row in rows(rig, "unattributed")}
        assert lost == {sale: reason for sale, reason in wanted.items() if not reason.startswith("d")}
        by_creative = {f"c{n}": (0, 0, 0) for n in range(len(SEEN))}
        for decision in SEEN:
            kinds = [touch.kind for touch in touches if touch.decision_id == decision.decision_id]
            mine = sum(name.split()[0] == decision.decision_id for name in counted)
            by_creative[decision.creative_id] = (kinds.count(SHOWN), kinds.count(CLICKED), mine)
        wanted_arms = {name: one for name, one in by_creative.items() if any(one)}
        arms = rig.stream.read_arms()
        assert {n: (a.impressions, a.clicks, a.conversions) for n, a in arms.items()} == wanted_arms
        totals = rig.ledger.totals_by_creative()
        assert {name: total.statistics for name, total in totals.items()} == {n: in_metrics(a) for n, a in arms.items()}
        assert rig.conversions.count_waiting() == 0
    finally:
        rig.close()


def test_windows_are_those_of_the_moment_of_the_decision(rig: Rig) -> None:
    before = shown_to(1)
    after = replace(shown_to(2), attribution=Attribution(click_s=10))
    steps = [before, after, happened(1, CLICKED, 0), happened(2, CLICKED, 0)]
    sales = [bought(60, "o1", decision=1), bought(60, "o2", decision=2)]
    assert credits_of(rig, *steps, *sales) == {"at 60": "d1", "o2": "out_of_window"}
