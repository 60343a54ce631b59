"""Folding: each event counts exactly once in lake, SQL and Redis, wherever the worker is stopped."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.data import training_rows
from adplat.domain import (
    STREAM_START,
    ArmStatistics,
    AuctionKind,
    AuctionTerms,
    ClosedRequest,
    Decision,
    Event,
    EventKind,
    PlacedDecision,
    of_click,
    of_conversion,
    of_impression,
)
from adplat.features import (
    Histories,
    StoredProfile,
    item_hash,
    load_items,
    pack_served_inputs,
    pack_user,
    unpack_user,
)
from adplat.flows.fold_events import FoldProgress, drop_unfinished_parts
from adplat.storage import EmbeddedValkey, SqlMetricsLedger, open_database
from tests.flows.auctions import PRICE, RANKED_PRICE, send, some_auctions
from tests.flows.fold_rig import STEPS, DiesAt, Killed, Rig, a_decision, an_event
from tests.flows.small_shop import NOON, Shop
from tests.storage.builders import about, in_metrics

LATER = NOON + timedelta(days=1)


SHOWN, CLICKED, CONVERTED = EventKind.IMPRESSION, EventKind.CLICK, EventKind.CONVERSION


def some_traffic(count: int = 12) -> tuple[list[Decision], list[Event]]:
    """Every decision shown, every third clicked, every sixth bought; two users, three creatives."""
    decisions = [a_decision(n, f"c{1 + n % 3}", f"u{n % 2}") for n in range(count)]
    events = [an_event(n, SHOWN, 1) for n in range(count)]
    events += [an_event(n, CLICKED, 5) for n in range(0, count, 3)]
    events += [an_event(n, CONVERTED, 7200, value_micros=10, conversion_kind="buy") for n in range(0, count, 6)]
    return decisions, events


def expected_arms(decisions: list[Decision], events: list[Event]) -> dict[str, ArmStatistics]:
    known = {decision.decision_id: decision for decision in decisions}
    sums: dict[str, ArmStatistics] = {}
    for event in events:
        decision = known[event.decision_id]
        add = {
            SHOWN: of_impression(0.125, decision.ts) + ArmStatistics(spend_micros=decision.price_micros),
            CLICKED: of_click(0.125, decision.p_cvr[0] if decision.p_cvr else None, decision.ts, event.ts),
            CONVERTED: of_conversion(event.value_micros, decision.ts),
        }[event.kind]
        sums[decision.creative_id] = sums.get(decision.creative_id, ArmStatistics()) + add
    return sums


def assert_counted_once(rig: Rig, decisions: list[Decision], events: list[Event]) -> None:
    wanted = expected_arms(decisions, events)
    found = rig.stream.read_arms()
    assert found.keys() == wanted.keys() and all(about(found[name], wanted[name]) for name in wanted)
    totals = rig.ledger.totals_by_creative()
    assert {name: total.statistics for name, total in totals.items()} == {
        name: in_metrics(one) for name, one in wanted.items()
    }
    assert sum(total.spend_micros for total in totals.values()) == 1500 * sum(e.kind is SHOWN for e in events)
    for table, kind in (("impressions", SHOWN), ("clicks", CLICKED), ("conversions", CONVERTED)):
        assert sorted(rig.table(table)["decision_id"]) == sorted(e.decision_id for e in events if e.kind is kind)
    clicked = {(d.user_key, d.creative_id, d.ts) for d in decisions for e in events
               if e.kind is CLICKED and e.decision_id == d.decision_id}  # fmt: skip
    blobs = rig.stream.read_users(sorted({decision.user_key for decision in decisions}))
    found = set()
    for key, blob in blobs.items():
        vector = unpack_user(blob, rig.encoding.digest)
        found |= {
            (key, item, time) for item, time in zip(vector.history[0], vector.history_time_s[0], strict=True) if item
        }
    assert found == {(key, item_hash(creative), int(ts.timestamp())) for key, creative, ts in clicked}
    assert rig.stream.length() == 0


def test_everything_is_counted_once_and_the_stream_is_empty_after(rig: Rig) -> None:
    decisions, events = some_traffic()
    rig.send(decisions, events)
    progress = rig.fold()
    assert (progress.entries, progress.events, progress.trimmed) == (30, 18, 30)
    assert progress.lag_s < 60
    assert progress.folded_to == rig.stream.folded_to() == rig.ledger.covered_to()
    rig.fold_all()
    assert_counted_once(rig, decisions, events)
    assert rig.fold().entries == 0


def test_the_lake_has_the_columns_that_training_reads(rig: Rig) -> None:
    rig.send([a_decision(1), a_decision(2, user_key="", p_cvr=(), context={"hour": "noon", "device": 7.0})],
             [an_event(1, SHOWN, 1), an_event(2, SHOWN, 1), an_event(1, CLICKED, 4)])  # fmt: skip
    rig.fold()
    first, second = rig.table("impressions").sort("decision_id").rows(named=True)
    assert first["ts"] == NOON + timedelta(seconds=2)
    assert (first["device"], first["hour"], first["weekday"], first["consent"]) == ("ios", 20, NOON.weekday(), True)
    assert (first["p_ctr"], first["p_cvr"], first["propensity"], first["price_micros"]) == (0.125, 0.5, 0.6, 1500)
    # A context that says nonsense must not stop the fold; the model knew no such hour, and training sees none.
    assert (second["hour"], second["device"], second["p_cvr"], second["consent"]) == (None, "7.0", None, False)
    rows = training_rows(rig.lake.root.parent)
    assert rows["click"].to_list() == [1, 0]


def test_what_stood_for_choice_is_kept_for_what_was_shown(rig: Rig) -> None:
    rig.send([a_decision(1), a_decision(2), a_decision(3)], [an_event(1, SHOWN, 1), an_event(2, CLICKED, 2)])
    rig.fold()
    (kept,) = rig.table("choices").rows(named=True)
    assert kept == {
        "decision_id": "d1",
        "ts": NOON + timedelta(seconds=2),
        "candidates": ["c1", "c2"],
        "p_ctr": [0.125, 0.25],
        "propensities": [0.6, 0.4],
        "experiments": [],
    }


def test_the_experiments_of_a_decision_stand_with_what_was_shown_and_what_was_bid(rig: Rig) -> None:
    tested = ("pictures:new", "choosers:usual")
    rig.send([a_decision(1, experiments=tested), a_decision(2)], [an_event(n, SHOWN, 1) for n in (1, 2)])
    bid = ClosedRequest("r3", "u1", (PlacedDecision(a_decision(3, price_micros=0, experiments=tested), 9, (), LATER),))
    send(rig.url, rig.namespace, [bid, an_event(3, EventKind.LOSS, 1)])
    rig.fold()
    for table, told in (("impressions", [list(tested), []]), ("choices", [list(tested), []]), ("bids", [list(tested)])):
        assert rig.table(table).sort("ts")["experiments"].to_list() == told


def test_online_histories_are_those_of_training(rig: Rig) -> None:
    decisions, events = some_traffic(30)
    # Shown at the moment of the decision, so that the rows' time is the decision's.
    events = [replace(e, ts=NOON + timedelta(seconds=int(e.decision_id[1:]))) if e.kind is SHOWN else e for e in events]
    rig.send(decisions, events)
    rig.fold_all(limit=7)
    trained = Histories.from_rows(rig.encoding.schema, training_rows(rig.lake.root.parent))
    hashes, times = trained.all_of(["u0", "u1"], rig.encoding.layout.history_length)
    for place, (_, blob) in enumerate(sorted(rig.stream.read_users(["u0", "u1"]).items())):
        vector = unpack_user(blob, rig.encoding.digest)
        assert vector.history.tolist() == hashes[place].tolist()
        assert vector.history_time_s.tolist() == times[place].tolist()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("part", "call"), STEPS, ids=[call for _, call in STEPS])
def test_a_kill_at_any_step_counts_nothing_twice_and_loses_nothing(rig: Rig, part: str, call: str, after: bool) -> None:
    decisions, events = some_traffic()
    rig.send(decisions, events)
    rig.fold(limit=9)
    with pytest.raises(Killed):
        dying = {part: DiesAt(getattr(rig, part), call, after=after)}
        while True:
            rig.attribute(rig.fold(limit=9, **dying), **dying)
    # The next worker may cut the stream into other batches.
    rig.fold_all(limit=11)
    assert_counted_once(rig, decisions, events)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=st.lists(st.tuples(st.sampled_from(STEPS), st.booleans(), st.integers(1, 12)), max_size=5))
def test_any_series_of_kills_counts_everything_once(
    shop: Shop,
    valkey: EmbeddedValkey,
    tmp_path_factory: pytest.TempPathFactory,
    empty_database: Path,
    deaths: list[tuple[tuple[str, str], bool, int]],
) -> None:
    folder = tmp_path_factory.mktemp("kills")
    shutil.copy(empty_database, folder / "adplat.db")
    rig = Rig(shop, valkey, folder.name, folder)
    try:
        decisions, events = some_traffic()
        rig.send(decisions, events)
        for (part, call), after, limit in deaths:
            drop_unfinished_parts(rig.ledger, rig.lake)
            try:
                dying = {part: DiesAt(getattr(rig, part), call, after=after)}
                rig.attribute(rig.fold(limit, **dying), **dying)
            except Killed:
                continue
        rig.fold_all(limit=5)
        assert_counted_once(rig, decisions, events)
    finally:
        rig.close()


def test_what_a_killed_worker_did_not_trim_goes_although_nothing_new_comes(rig: Rig) -> None:
    rig.send(*some_traffic())
    with pytest.raises(Killed):
        rig.fold(stream=DiesAt(rig.stream, "trim", after=False))
    left = rig.stream.length()
    assert left > 0
    assert rig.fold().trimmed == left
    assert rig.stream.length() == 0


def test_whoever_loses_the_race_counts_nothing(rig: Rig) -> None:
    decisions, events = some_traffic()
    rig.send(decisions, events)

    class Overtaken(DiesAt):
        """Between reading and adding, another worker folds everything."""

        def __getattr__(self, name: str) -> Any:
            if name == self._call:
                rig.fold()
            return getattr(self._part, name)

    assert rig.fold(ledger=Overtaken(rig.ledger, "add", after=False)).lost_race
    rig.fold_all()
    assert_counted_once(rig, decisions, events)


def test_a_profile_of_another_schema_starts_anew(rig: Rig) -> None:
    rig.stream.write_users({"u1": pack_user(rig.encoding.user_vector({"gender": "f"}), "0" * 64)})
    rig.send([a_decision(1)], [an_event(1, SHOWN), an_event(1, CLICKED)])
    assert rig.fold().histories_restarted == 1
    assert_counted_once(rig, [a_decision(1)], [an_event(1, SHOWN), an_event(1, CLICKED)])


def test_users_without_consent_leave_no_history(rig: Rig) -> None:
    rig.send([a_decision(1, user_key="")], [an_event(1, SHOWN), an_event(1, CLICKED)])
    rig.fold()
    assert rig.stream.read_users([""]) == {}
    assert rig.table("clicks").height == 1


def test_how_an_auction_ended_counts_for_no_creative(rig: Rig) -> None:
    kinds = (EventKind.WIN, EventKind.BILLING, EventKind.LOSS, EventKind.IMPRESSION)
    bid = ClosedRequest("r1", "u1", (PlacedDecision(a_decision(1, price_micros=0), 900, (), LATER),))
    told = [Event(f"d1:{kind}", kind, "d1", NOON, price_micros=5 * (kind != "impression")) for kind in kinds]
    send(rig.url, rig.namespace, [bid, *told])
    rig.fold_all()
    wanted = of_impression(0.125, a_decision(1).ts) + ArmStatistics(spend_micros=5)
    assert rig.stream.read_arms() == {"c1": wanted}
    assert len(rig.table("impressions")) == 1


def test_an_empty_stream_is_no_progress(rig: Rig) -> None:
    assert rig.fold() == FoldProgress(folded_to=STREAM_START)
    assert drop_unfinished_parts(rig.ledger, rig.lake) == 0


def test_parts_that_no_worker_wrote_are_left_alone(rig: Rig) -> None:
    decisions, events = some_traffic(3)
    rig.lake.write("clicks", pl.DataFrame({"decision_id": ["old"], "ts": [NOON]}), "day-2026-02-28")
    rig.send(decisions, events)
    assert drop_unfinished_parts(rig.ledger, rig.lake) == 0
    rig.fold()
    assert "old" in rig.table("clicks")["decision_id"]


def test_how_an_auction_ended_is_no_conversion_and_is_paid_for_when_billed(rig: Rig) -> None:
    billed = some_auctions(8)
    send(rig.url, rig.namespace, [*billed.sent])
    progress = rig.fold()
    # Six of the eight stories tell how the auction ended; the decisions and the ranked one stand there too.
    assert (progress.auctions, progress.malformed) == (6, 0)
    rig.fold_all()  # who bought without naming a decision still waits
    totals = rig.ledger.totals_by_creative().values()
    assert sum(total.statistics.conversions for total in totals) == 1
    assert sum(total.spend_micros for total in totals) == 4 * PRICE + RANKED_PRICE


def test_spend_is_booked_in_the_hour_of_the_bill(rig: Rig) -> None:
    bid = a_decision(1, price_micros=0)
    told = [an_event(1, SHOWN), an_event(1, EventKind.BILLING, 3600, price_micros=640)]
    send(rig.url, rig.namespace, [ClosedRequest("r1", "u1", (PlacedDecision(bid, 900, (), LATER),)), *told])
    rig.fold()
    first, second = rig.ledger.hourly_metrics()
    assert (first.spend_micros, first.statistics.impressions) == (0, 1)
    assert (second.spend_micros, second.statistics) == (640, ArmStatistics())
    assert second.hour - first.hour == timedelta(hours=1)
    assert rig.stream.read_arms() == {"c1": of_impression(0.125, bid.ts) + ArmStatistics(spend_micros=640)}


@pytest.mark.parametrize("first", [EventKind.WIN, EventKind.BILLING, EventKind.LOSS])
def test_a_bid_has_one_row_from_whatever_is_told_first(rig: Rig, first: EventKind) -> None:
    terms = AuctionTerms(AuctionKind.FIRST_PRICE, 950, "CNY", "pmp-1")
    bid = a_decision(1, price_micros=0, bid_micros=900, terms=terms)
    kinds = [first, *(k for k in (EventKind.WIN, EventKind.BILLING, EventKind.LOSS) if k is not first)]
    told = [
        an_event(1, kind, 9, min_to_win_micros=100 + place, loss_reason=102 if kind is EventKind.LOSS else None)
        for place, kind in enumerate(kinds)
    ]
    send(rig.url, rig.namespace, [ClosedRequest("r1", "u1", (PlacedDecision(bid, 900, (), LATER),)), *told])
    rig.fold_all(limit=2)
    [row] = rig.table("bids").rows(named=True)
    assert row == {
        "request_id": "r1", "ts": bid.ts, "campaign_id": "k1", "bid_micros": 900, "won": first is not EventKind.LOSS,
        "min_to_win_micros": 100, "placement": "feed", "decision_id": "d1",
        "auction": "first_price", "currency": "CNY", "deal_id": "pmp-1", "has_fixed_price": False, "value_micros": 950,
        "loss_reason": 102 if first is EventKind.LOSS else None, "experiments": [], "device": "ios",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "auction", "told"),
    [
        (EventKind.WIN, AuctionKind.SECOND_PRICE, 640),
        (EventKind.BILLING, AuctionKind.SECOND_PRICE, 640),
        (EventKind.WIN, AuctionKind.FIRST_PRICE, None),
        (EventKind.LOSS, AuctionKind.SECOND_PRICE, None),
    ],
)
def test_what_a_second_price_win_cost_is_what_would_have_won(
    rig: Rig, kind: EventKind, auction: AuctionKind, told: int | None
) -> None:
    bid = a_decision(1, price_micros=0, bid_micros=900, terms=AuctionTerms(auction, 950, "CNY"))
    price = 0 if kind is EventKind.LOSS else 640
    event = an_event(1, kind, 9, price_micros=price)
    send(rig.url, rig.namespace, [ClosedRequest("r1", "u1", (PlacedDecision(bid, 900, (), LATER),)), event])
    rig.fold_all(limit=2)
    assert rig.table("bids")["min_to_win_micros"].to_list() == [told]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("part", "call"), STEPS, ids=[call for _, call in STEPS])
def test_what_cannot_be_read_is_put_aside_once_and_stops_nothing(rig: Rig, part: str, call: str, after: bool) -> None:
    decisions, events = some_traffic()
    with redis.Redis.from_url(rig.url) as client:
        stream = f"{rig.namespace}:stream"
        bad = [client.xadd(stream, {"decision": b"?"})]
        rig.send(decisions, events)
        bad += [client.xadd(stream, {"event": b"\x80"}), client.xadd(stream, {"decision": b"?", "more": b"\xff"})]
        with pytest.raises(Killed):
            dying = {part: DiesAt(getattr(rig, part), call, after=after)}
            rig.attribute(rig.fold(limit=31, **dying), **dying)
        rig.fold_all(limit=7)
        assert [fields[b"position"] for _, fields in client.xrange(f"{stream}:dead")] == bad
    assert_counted_once(rig, decisions, events)


def test_a_database_that_was_set_back_puts_nothing_aside_again(rig: Rig, tmp_path: Path, empty_database: Path) -> None:
    with redis.Redis.from_url(rig.url) as client:
        client.xadd(f"{rig.namespace}:stream", {"decision": b"?"})
        with pytest.raises(Killed):
            rig.fold(stream=DiesAt(rig.stream, "trim", after=False))
        shutil.copy(empty_database, tmp_path / "restored.db")
        restored = open_database(f"sqlite:///{tmp_path / 'restored.db'}")
        rig.send([a_decision(1)], [])
        progress = rig.fold(ledger=SqlMetricsLedger(restored))
        restored.close()
        assert (progress.entries, progress.malformed) == (2, 0)
        assert client.xlen(f"{rig.namespace}:stream:dead") == 1


def test_a_batch_of_nothing_readable_is_folded_too(rig: Rig) -> None:
    with redis.Redis.from_url(rig.url) as client:
        client.xadd(f"{rig.namespace}:stream", {"decision": b"?"})
    progress = rig.fold()
    assert (progress.entries, progress.events, progress.malformed, progress.trimmed) == (1, 0, 1, 1)
    assert rig.fold().entries == 0


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("part", "call"), STEPS)
def test_what_a_decision_was_scored_with_is_in_the_lake_once_wherever_the_worker_is_killed(
    rig: Rig, part: str, call: str, *, after: bool
) -> None:
    served = {n: packed_inputs(rig, f"c{n}") for n in (1, 2, 3)}
    bought = [an_event(1, kind, 10) for kind in (SHOWN, CLICKED, CONVERTED)]
    rig.send([a_decision(n, f"c{n}") for n in served], bought, served)
    dying = {part: DiesAt(getattr(rig, part), call, after=after)}
    with pytest.raises(Killed):
        rig.attribute(rig.fold(limit=6, **dying), **dying)
    # The next worker cuts the stream into other batches.
    rig.fold_all(limit=1)
    rows = rig.table("served_features").sort("ts").rows(named=True)
    assert [(row["decision_id"], row["creative_id"], row["place"]) for row in rows] == [
        (f"d{n}", f"c{n}", 0) for n in served
    ]
    assert {row["profile"] for row in rows} == {"used"} and {row["p_ctr"] for row in rows} == {0.125}


def test_served_inputs_of_another_version_are_left_out_and_stop_nothing(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.send([a_decision(1), a_decision(2, "c2")], [an_event(1, SHOWN, 1)], {1: b"old", 2: packed_inputs(rig, "c2")})
    assert rig.fold().entries == 3
    assert rig.table("served_features")["decision_id"].to_list() == ["d2"]
    assert rig.table("impressions")["decision_id"].to_list() == ["d1"]
    [told] = [record for record in caplog.records if "cannot be replayed" in record.message]
    assert told.__dict__["decision_id"] == "d1"


def packed_inputs(rig: Rig, creative_id: str) -> bytes:
    encoding, items = rig.encoding, load_items(rig.bundle)
    user, rows = encoding.user_vector({"user_key": "u1"}), items.rows_of([creative_id])
    inputs = encoding.candidate_rows(user, {"hour": 20}, items, rows)
    return pack_served_inputs(
        encoding.layout, user, inputs, items, [creative_id],
        profile=StoredProfile.USED, attributes={}, folded_to="0-0",
    )  # fmt: skip
