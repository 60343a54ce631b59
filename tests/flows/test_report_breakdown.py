"""Breakdowns by attribute: sums are true, totals reconcile, and no two answers leave a few people over."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from adplat.domain import (
    REPORT_METRICS,
    Breakdown,
    BreakdownQuestion,
    ConfigRejected,
    CountedUsers,
    Dimension,
    MetricSums,
    ReleasedCut,
    Report,
    ReportQuestion,
    ReportRow,
    condition_from,
    summed,
)
from adplat.flows.report_breakdown import LEAST, BreakdownParts, report_breakdown

FIRST = date(2026, 3, 2)
DAYS, CAMPAIGNS, LEAST_HERE = 6, ("k1", "k2", "k3"), 8
ATTRIBUTES = ("device", "region", "country", "language")


@dataclass(frozen=True)
class Happened:
    """One impression, perhaps clicked."""

    number: int
    campaign: str
    day: date
    user: str
    creative: str
    placement: str
    told: Mapping[str, str]
    clicks: int
    p_ctr: float | None
    late: int  # its number where the day had been cut already: whoever looks often sees it come in the totals


@dataclass
class Memory:
    """What ReleasedCuts is in SQL, of one process."""

    kept: dict[tuple[str, date, int], ReleasedCut] = field(default_factory=dict)
    known: dict[tuple[str, date, int], int] = field(default_factory=dict)
    events: list[Happened] = field(default_factory=list)
    before_keeping: list[ReleasedCut] = field(default_factory=list)

    def cuts(self, campaign_ids: Sequence[str], since: date, until: date) -> list[ReleasedCut]:
        return [self.kept[key] for key in sorted(self.kept) if key[0] in campaign_ids and since <= key[1] < until]

    def keep(self, cuts: Sequence[ReleasedCut]) -> None:
        for cut in [*self.before_keeping, *cuts]:
            key = (cut.campaign_id, cut.day, cut.number)
            self.kept.setdefault(key, cut)
            self.known.setdefault(key, len(self.events))
        self.before_keeping.clear()


class Market:
    """Some days of campaigns, small enough that many cells hold a few people."""

    def __init__(self, seed: int, least: int = LEAST_HERE) -> None:
        self.draw = random.Random(seed)
        self.events: list[Happened] = []
        self.cuts = Memory(events=self.events)
        for campaign in CAMPAIGNS:
            for number in range(DAYS):
                for _ in range(self.draw.choice((5, 60, 200))):
                    self.happen(campaign, FIRST + timedelta(days=number))
        self.covered_to = datetime(2026, 4, 1, tzinfo=UTC)
        self.least = {CountedUsers.SHOWN: least, CountedUsers.ACTED: max(least // 2, 1)}

    def happen(self, campaign: str, day: date) -> None:
        number = self.draw.randrange(120)
        person = random.Random(number)
        # Regions lie in countries, tablets are rare, and the app is for phones alone.
        region = person.choices(("north", "south", "west", "east", "isle"), (40, 30, 5, 20, 5))[0]
        device = person.choices(("phone", "desktop", "tablet"), (60, 35, 4))[0]
        placement = "app" if device == "phone" and self.draw.random() < 0.8 else "web"
        told = {
            "device": device,
            "region": region,
            "country": "A" if region in {"north", "south", "west"} else "B",
            "language": person.choices(("zh", "en", ""), (80, 15, 5))[0],
        }
        user = "" if number < 4 else f"u{number}"
        clicked = int(self.draw.random() < 0.3)
        late = len(self.events) if (campaign, day, 0) in self.cuts.kept else -1
        event = Happened(len(self.events), campaign, day, user, f"c{number % 2}", placement, told, clicked, 0.25, late)
        self.events.append(event)

    def report(self, question: ReportQuestion) -> Report:
        named = {v for one in question.conditions for v in one.values} or set(CAMPAIGNS)
        sums: dict[tuple[str, ...], list[MetricSums]] = {}
        for one in self.events:
            if one.campaign in named and question.since <= one.day < question.until:
                of = {"day": one.day.isoformat(), "campaign": one.campaign, "advertiser": "a1"}
                sums.setdefault(tuple(of[name] for name in question.dimensions), []).append(told_of([one]))
        rows = tuple(ReportRow(keys, "CNY", summed(sums[keys])) for keys in sorted(sums))
        return Report(question, rows, {"CNY": summed(row.sums for row in rows)}, self.covered_to)

    def audience(self, campaigns: Sequence[str], since: date, until: date, attributes: Sequence[str]) -> pl.DataFrame:
        return pl.DataFrame(
            [
                {
                    "campaign_id": one.campaign,
                    "day": (one.day - date(1970, 1, 1)).days,
                    "user": one.user or None,
                    "cell": f"{one.creative} {one.placement}",
                    **{f"a{number}": one.told[name] for number, name in enumerate(attributes)},
                    "impressions": 1,
                    "clicks": one.clicks,
                    "conversions": 0,
                    "value_micros": 0,
                    "expected_clicks": one.p_ctr,
                }
                for one in self.events
                if one.campaign in campaigns and since <= one.day < until
            ],
            infer_schema_length=None,
        )

    def now(self) -> datetime:
        return self.covered_to

    def ask(self, attribute: str, first: int = 0, days: int = DAYS, *, campaigns: Sequence[str] = (),
            by: tuple[Dimension, ...] = (), counted: CountedUsers = CountedUsers.SHOWN) -> Breakdown:  # fmt: skip
        since = FIRST + timedelta(days=first)
        where = (condition_from(f"campaign={'|'.join(campaigns)}"),) if campaigns else ()
        question = BreakdownQuestion(attribute, since, since + timedelta(days=days), by, where, counted)
        return report_breakdown(BreakdownParts(self.report, self.cuts, self.audience, self, self.least), question)

    def sets_of(self, told: Breakdown) -> list[tuple[MetricSums, frozenset[int]]]:
        """Each row of an answer as what it is: its sums, and the events behind them."""
        question = told.question
        named = {v for one in question.conditions for v in one.values} or set(CAMPAIGNS)
        asked = [one for one in self.events if one.campaign in named and question.since <= one.day < question.until]
        shown = {
            (cut.campaign_id, cut.day): (cut.shown, self.cuts.known[key])
            for key, cut in self.cuts.kept.items()
            if cut.attribute == question.attribute
            and not (cut.counted is CountedUsers.ACTED and question.counted is CountedUsers.SHOWN)
        }
        sets = []
        for row in told.rows:
            of = dict(zip(question.dimensions, row.keys, strict=True))
            behind = []
            for one in asked:
                here = of.get(Dimension.DAY, one.day.isoformat()) == one.day.isoformat()
                here &= of.get(Dimension.CAMPAIGN, one.campaign) == one.campaign
                value = one.told[question.attribute]
                values, known = shown.get((one.campaign, one.day), ({}, 0))
                is_told = value in values and one.number < known
                if here and (value == row.value if is_told else row.value is None):
                    behind.append(one)
            sets.append((row.sums, frozenset(one.number for one in behind)))
        return sets


def told_of(events: Sequence[Happened]) -> MetricSums:
    return MetricSums(len(events), sum(one.clicks for one in events), expected_clicks=0.25 * len(events))


def few_left_over(market: Market, one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether taking one set from another that holds it leaves a few people who were not told by delivery anyway."""
    big, small = (one, other) if len(one) >= len(other) else (other, one)
    if not small < big:
        return False
    left = [market.events[number] for number in big - small]
    return (
        bool(left)
        and len({e.user for e in left} - {""}) < market.least[CountedUsers.SHOWN]
        and not are_cells(market, left)
    )


def are_cells(market: Market, events: Sequence[Happened]) -> bool:
    """Whether these are all that happened in some days, campaigns, creatives and placements: anybody has those."""
    cells = {cell_of(one) for one in events}
    return len(events) == sum(cell_of(one) in cells for one in market.events)


def cell_of(one: Happened) -> tuple[object, ...]:
    return one.campaign, one.day, one.creative, one.placement, one.late


def delivery_sets(market: Market, told: frozenset[int]) -> list[frozenset[int]]:
    """The totals that are closest to a set: all of delivery's cells within it, and all that touch it; and days."""
    by_cell: dict[tuple[object, ...], set[int]] = {}
    for one in market.events:
        by_cell.setdefault(cell_of(one), set()).add(one.number)
    inner = frozenset().union(*(cell for cell in by_cell.values() if cell <= told))
    outer = frozenset().union(*(cell for cell in by_cell.values() if cell & told))
    return [inner, outer]


def an_attack(market: Market, draw: random.Random) -> bool:
    """Two questions that differ in a day, a campaign, an attribute, or in what came between; or one and the totals."""
    attribute = draw.choice(ATTRIBUTES)
    first, days = draw.randrange(3), draw.randrange(1, 4)
    named = tuple(sorted(draw.sample(CAMPAIGNS, draw.randrange(1, 4))))
    both = (Dimension.DAY, Dimension.CAMPAIGN)
    by = draw.choice(((), both[:1], both[1:], both, both))
    one = market.sets_of(market.ask(attribute, first, days, campaigns=named, by=by))
    kind = draw.choice(("day more", "campaign more", "other attribute", "more data", "totals"))
    if kind == "day more":
        other = market.ask(attribute, first, days + 1, campaigns=named, by=by)
    elif kind == "campaign more":
        other = market.ask(attribute, first, days, campaigns=draw.sample(CAMPAIGNS, draw.randrange(1, 4)), by=by)
    elif kind == "other attribute":
        related = {"region": "country", "country": "region"}.get(attribute, draw.choice(ATTRIBUTES))
        other = market.ask(related, first, days, campaigns=named, by=by)
    elif kind == "more data":
        market.happen(draw.choice(named), FIRST + timedelta(days=first))
        other = market.ask(draw.choice(ATTRIBUTES), first, days, campaigns=named, by=by)
    else:
        return any(few_left_over(market, told, known) for _, told in one for known in delivery_sets(market, told))
    two = market.sets_of(other)
    for sums, events in two if kind == "more data" else (*one, *two):
        truth = told_of([market.events[number] for number in events])
        assert (sums.impressions, sums.clicks) == (truth.impressions, truth.clicks)
    ones, others = [events for _, events in one], [events for _, events in two]
    return any(
        few_left_over(market, told, known)
        for rows, against in ((ones, others), (others, ones))
        for told in rows
        for known in (*against, *closest_sums(told, against))
    )


def closest_sums(told: frozenset[int], rows: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Rows added up, which are an answer too: all that lie within a set, and all that touch it."""
    inner = frozenset().union(*(row for row in rows if row <= told))
    outer = frozenset().union(*(row for row in rows if row & told))
    return [inner, outer]


@pytest.mark.parametrize("seed", range(12))
def test_a_hundred_attacks_by_difference_find_nobody(seed: int) -> None:
    market, draw = Market(seed), random.Random(1000 + seed)

    assert sum(an_attack(market, draw) for _ in range(100)) == 0
    assert sum(bool(cut.shown) for cut in market.cuts.kept.values()) >= 5, "a guard that tells nothing guards well"


def test_the_same_attacks_find_people_where_nothing_guards_them() -> None:
    market, draw = Market(0), random.Random(1000)
    guarded, ask = market.least, market.ask

    def unguarded(*args: Any, **more: Any) -> Breakdown:
        market.least = dict.fromkeys(CountedUsers, 1)
        told = ask(*args, **more)
        market.least = guarded  # the attack is judged as ever
        return told

    market.ask = unguarded  # type: ignore[method-assign]

    assert sum(an_attack(market, draw) for _ in range(100)) >= 20


def test_rows_and_the_rest_add_up_to_the_campaigns_own_totals() -> None:
    market = Market(5)

    for by in ((), (Dimension.DAY,), (Dimension.DAY, Dimension.CAMPAIGN)):
        told = market.ask("device", by=by)
        assert summed(row.sums for row in told.rows) == told.totals["CNY"] == told_of(market.events)
        assert {row.value for row in told.rows} <= {"phone", "desktop", "tablet", None}
    assert any(row.value == "phone" for row in told.rows)


def test_a_day_of_which_one_impression_has_no_prediction_tells_no_pcoc() -> None:
    market, pcoc = Market(5), REPORT_METRICS["pcoc"]
    place = next(number for number, one in enumerate(market.events) if one.campaign == "k1" and one.day == FIRST)
    market.events[place] = replace(market.events[place], p_ctr=None)

    told = market.ask("device", by=(Dimension.DAY, Dimension.CAMPAIGN))

    of_day = [row for row in told.rows if row.keys == (FIRST.isoformat(), "k1")]
    assert len(of_day) > 1, "named rows, of which one alone holds it"
    assert {pcoc.of(row.sums) for row in of_day} == {None}, "nor does the rest take what others may have expected"
    others = [row for row in told.rows if row not in of_day]
    assert all(row.sums.expected_clicks == 0.25 * row.sums.impressions for row in others)
    assert told.totals["CNY"].expected_clicks == 0.25 * len(market.events)
    added = market.ask("device")
    assert {pcoc.of(row.sums) for row in added.rows if row.value in {row.value for row in of_day}} == {None}


def test_what_was_told_stays_told_whatever_comes_later() -> None:
    market = Market(5)
    before = market.ask("device", by=(Dimension.DAY,))
    for _ in range(300):
        market.happen("k1", FIRST)

    after = market.ask("device", by=(Dimension.DAY,))
    assert [row for row in after.rows if row.value] == [row for row in before.rows if row.value]
    assert summed(row.sums for row in after.rows).impressions == len(market.events)
    # Another attribute is not told of the campaign's day that grew: the two cuts would differ by those who came.
    assert (
        not market.cuts.kept["k1", FIRST, 0].shown or not market.ask("region", days=1, campaigns=("k1",)).rows[0].value
    )


def test_days_of_which_something_may_come_are_not_told() -> None:
    market = Market(5)
    market.covered_to = datetime(2026, 3, 7, tzinfo=UTC)  # 2 and 3 March are over since three days and more

    told = market.ask("device", by=(Dimension.DAY,))

    assert told.days_to_come == 4
    assert {row.keys[0] for row in told.rows if row.value} <= {"2026-03-02", "2026-03-03"}
    market.covered_to = datetime(2026, 4, 1, tzinfo=UTC)
    assert market.ask("device").days_to_come == 0


def test_who_is_counted_is_settled_by_the_first_question() -> None:
    market = Market(5)
    acted = market.ask("device", counted=CountedUsers.ACTED)

    assert any(row.value for row in acted.rows)
    assert all(row.sums.impressions == 0 for row in acted.rows)
    shown = market.ask("device")
    assert [row.value for row in shown.rows] == [None], "impressions of blocks that were cut by who clicked"
    assert [row.value for row in market.ask("region", counted=CountedUsers.ACTED).rows][-1] is None


def test_two_who_cut_at_once_tell_the_same() -> None:
    one, two = Market(5), Market(5)
    one.ask("region")
    two.cuts.before_keeping = list(one.cuts.kept.values())  # somebody was faster, with another attribute

    two.ask("device")

    numbers = sorted((cut.number, cut.attribute) for cut in two.cuts.kept.values() if cut.day == FIRST)
    assert {attribute for number, attribute in numbers if number == 0} == {"region"}
    assert {attribute for number, attribute in numbers if number == 1} == {"device"}


def test_questions_that_cannot_be_told_are_refused() -> None:
    for by, where in (((Dimension.CREATIVE,), ()), ((), (condition_from("placement=app"),))):
        with pytest.raises(ConfigRejected):
            BreakdownQuestion("device", FIRST, FIRST + timedelta(days=1), by, where)
    with pytest.raises(ConfigRejected, match="at most 92 days"):
        BreakdownQuestion("device", FIRST, FIRST + timedelta(days=93))
    assert LEAST == {CountedUsers.SHOWN: 50, CountedUsers.ACTED: 10}
