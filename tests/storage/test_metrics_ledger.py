"""Each stretch of the stream is added exactly once, and the sums are right."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.domain import STREAM_START, ArmStatistics, InternalFault, MetricsLedger, StreamPosition
from adplat.storage import Database, SqlMetricsLedger, open_database

from .builders import BEIJING, NOON, about, arm_statistics, in_metrics

Cell = tuple[datetime, str, str, str, str]


def a_cell(creative_id: str = "c1", hour: datetime = NOON, placement: str = "feed") -> Cell:
    return (hour, "a1", "k1", creative_id, placement)


ONE = ArmStatistics(impressions=10, clicks=2, conversions=1, expected_clicks=1.5, value_micros=7_000_000)


def test_it_is_the_port_and_starts_at_the_start(database: Database) -> None:
    port: MetricsLedger = SqlMetricsLedger(database)

    assert port.covered_to() == STREAM_START


def test_cells_add_up_and_the_position_moves_with_them(database: Database) -> None:
    ledger = SqlMetricsLedger(database)
    first, second = StreamPosition(1_700_000_000_000, 3), StreamPosition(1_700_000_000_001, 0)

    assert ledger.add(STREAM_START, first, {a_cell(): ONE}, {a_cell(): 900})
    assert ledger.add(first, second, {a_cell(): ONE, a_cell("c2"): ONE}, {a_cell(): 100, a_cell("c3"): 5})

    assert ledger.covered_to() == second
    [one, two, three] = ledger.hourly_metrics()
    assert (one.creative_id, one.statistics, one.spend_micros) == ("c1", ONE + ONE, 1000)
    assert (two.creative_id, two.statistics, two.spend_micros) == ("c2", ONE, 0)
    assert (three.creative_id, three.statistics, three.spend_micros) == ("c3", ArmStatistics(), 5)
    assert one.hour == NOON
    assert str(one.hour.tzinfo) == "UTC"


def test_a_stretch_that_was_added_is_not_added_again(database: Database) -> None:
    ledger = SqlMetricsLedger(database)
    ledger.add(STREAM_START, StreamPosition(5), {a_cell(): ONE}, {})

    assert not ledger.add(STREAM_START, StreamPosition(5), {a_cell(): ONE}, {})
    assert not ledger.add(StreamPosition(4), StreamPosition(6), {a_cell(): ONE}, {})

    assert ledger.covered_to() == StreamPosition(5)
    assert ledger.totals_by_creative()["c1"].statistics == ONE


def test_an_hour_in_another_zone_is_the_same_cell(database: Database) -> None:
    ledger = SqlMetricsLedger(database)
    ledger.add(STREAM_START, StreamPosition(1), {a_cell(): ONE}, {})

    ledger.add(StreamPosition(1), StreamPosition(2), {a_cell(hour=NOON.astimezone(BEIJING)): ONE}, {})

    [cell] = ledger.hourly_metrics()
    assert cell.statistics == ONE + ONE


def test_reports_are_cut_by_time_and_campaign_and_summed_by_creative(database: Database) -> None:
    ledger = SqlMetricsLedger(database)
    later = NOON + timedelta(hours=1)
    cells = {a_cell(): ONE, a_cell(hour=later): ONE, a_cell(placement="story"): ONE, a_cell("c2"): ONE}
    ledger.add(STREAM_START, StreamPosition(1), cells, {a_cell(): 3, a_cell(hour=later): 4})

    assert [m.hour for m in ledger.hourly_metrics(since=later)] == [later]
    assert len(ledger.hourly_metrics(until=later)) == 3
    assert ledger.hourly_metrics(campaign_id="other") == []
    totals = ledger.totals_by_creative()
    assert totals["c1"].statistics == ONE + ONE + ONE
    assert totals["c1"].spend_micros == 7
    assert ledger.totals_by_creative(until=later)["c1"].statistics == ONE + ONE
    assert isinstance(totals["c2"].statistics.impressions, int)


@pytest.mark.parametrize("hour", [NOON.replace(tzinfo=None), NOON.replace(minute=1)])
def test_a_cell_that_is_no_full_aware_hour_is_refused(database: Database, hour: datetime) -> None:
    with pytest.raises(InternalFault, match="full hour"):
        SqlMetricsLedger(database).add(STREAM_START, StreamPosition(1), {a_cell(hour=hour): ONE}, {})


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.dictionaries(st.sampled_from("xyz"), arm_statistics, max_size=3), max_size=5))
def test_the_order_and_the_cutting_do_not_matter(database: Database, parts: list[dict[str, ArmStatistics]]) -> None:
    ledger = SqlMetricsLedger(database)
    before = {name: total.statistics for name, total in ledger.totals_by_creative().items()}
    for part in parts:
        at = ledger.covered_to()
        cells = {a_cell(name): statistics for name, statistics in part.items()}
        assert ledger.add(at, StreamPosition(at.milliseconds + 1), cells, {})

    after = ledger.totals_by_creative()
    for name in "xyz":
        expected = sum((part.get(name, ArmStatistics()) for part in parts), before.get(name, ArmStatistics()))
        assert about(after[name].statistics if name in after else ArmStatistics(), in_metrics(expected))


def _race(url: str, ready: Callable[[], object], rounds: int) -> int:
    """Move the position ``rounds`` times against others; answers how often this one won."""
    database = open_database(url)
    ledger = SqlMetricsLedger(database)
    won = 0
    ready()
    while (at := ledger.covered_to()).milliseconds < rounds:
        won += ledger.add(at, StreamPosition(at.milliseconds + 1), {a_cell(): ONE}, {a_cell(): 1})
    database.close()
    return won


def test_of_many_threads_one_wins_each_stretch(url: str) -> None:
    rounds, workers = 30, 4
    barrier = threading.Barrier(workers)
    wins: list[int] = []
    threads = [threading.Thread(target=lambda: wins.append(_race(url, barrier.wait, rounds))) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    database = open_database(url)
    total = SqlMetricsLedger(database).totals_by_creative()["c1"]
    database.close()
    assert sum(wins) == rounds
    assert total.statistics.impressions == rounds * ONE.impressions
    assert total.spend_micros == rounds


RACER = """
import sys
from datetime import datetime
from adplat.domain import ArmStatistics, StreamPosition
from adplat.storage import SqlMetricsLedger, open_database
url, rounds = sys.argv[1], int(sys.argv[2])
cell = (datetime.fromisoformat("2026-03-01T12:00:00+00:00"), "a1", "k1", "c1", "feed")
ledger, won = SqlMetricsLedger(open_database(url)), 0
print("ready", flush=True)
sys.stdin.readline()
while (at := ledger.covered_to()).milliseconds < rounds:
    won += ledger.add(at, StreamPosition(at.milliseconds + 1), {cell: ArmStatistics(1)}, {})
print(won)
"""


def test_of_two_processes_one_wins_each_stretch(url: str) -> None:
    rounds = 40
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, url, str(rounds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    answers = []
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        answer, _ = racer.communicate(timeout=60)
        answers.append(int(answer))

    database = open_database(url)
    total = SqlMetricsLedger(database).totals_by_creative()["c1"]
    database.close()
    assert sum(answers) == rounds
    assert total.statistics.impressions == rounds
