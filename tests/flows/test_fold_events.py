"""Folding: each event counts exactly once in lake, SQL and Redis, wherever the worker is stopped."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.data import training_rows
from adplat.domain import STREAM_START, ArmStatistics, Decision, Event, EventKind
from adplat.features import Histories, item_hash, pack_user, unpack_user
from adplat.flows.fold_events import FoldProgress, drop_unfinished_parts
from adplat.storage import (
    EmbeddedValkey,
)
from tests.flows.fold_rig import STEPS, DiesAt, Killed, Rig, a_decision, an_event
from tests.flows.small_shop import NOON, Shop

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
            SHOWN: ArmStatistics(impressions=1, expected_clicks=0.125),
            CLICKED: ArmStatistics(clicks=1),
            CONVERTED: ArmStatistics(conversions=1, value_micros=event.value_micros),
        }[event.kind]
        sums[decision.creative_id] = sums.get(decision.creative_id, ArmStatistics()) + add
    return sums


def assert_counted_once(rig: Rig, decisions: list[Decision], events: list[Event]) -> None:
    wanted = expected_arms(decisions, events)
    assert rig.stream.read_arms() == wanted
    totals = rig.ledger.totals_by_creative()
    assert {name: total.statistics for name, total in totals.items()} == wanted
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
    # A context that says nonsense must not stop the fold.
    assert (second["hour"], second["device"], second["p_cvr"], second["consent"]) == (NOON.hour, "7.0", None, False)
    rows = training_rows(rig.lake.root.parent)
    assert rows["click"].to_list() == [1, 0]


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
        rig.fold(limit=9, **{part: DiesAt(getattr(rig, part), call, after=after)})
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
                rig.fold(limit, **{part: DiesAt(getattr(rig, part), call, after=after)})
            except Killed:
                continue
        rig.fold_all(limit=5)
        assert_counted_once(rig, decisions, events)
    finally:
        rig.close()


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
    rig.send(
        [a_decision(1)],
        [Event(f"d1:{kind}", kind, "d1", NOON, price_micros=5 * (kind != "impression")) for kind in kinds],
    )
    rig.fold_all()
    assert rig.stream.read_arms() == {"c1": ArmStatistics(impressions=1, expected_clicks=0.125)}
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
