"""A report by an attribute of users: each campaign's day is cut once, kept, and only then told.

What may be told, and why differences of answers tell no more, stands in ``adplat.privacy.report_groups``. A day is cut
once no event of it is waited for any more. Where the lake has other rows of a block than when it was first cut (events
that came late, people who were forgotten), it is never cut again: the two cuts would differ by those few.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl

from adplat.domain import (
    Breakdown,
    BreakdownQuestion,
    BreakdownRow,
    Clock,
    ConfigRejected,
    CountedUsers,
    Dimension,
    InternalFault,
    MetricSums,
    ReleasedCut,
    ReleasedCuts,
    Report,
    ReportQuestion,
    ReportRow,
    summed,
)
from adplat.privacy import LEAST_USERS, LEAST_USERS_WHO_ACTED, SeenRow, group_of, values_to_tell

SETTLED_AFTER_DAYS = 3
MOST_BLOCKS = 5_000
_ROUNDS = 8
_SUMS = ("impressions", "clicks", "conversions", "value_micros", "expected_clicks")
_EPOCH = date(1970, 1, 1)

Block = tuple[str, date]
Audience = Callable[[Sequence[str], date, date, Sequence[str]], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class BreakdownParts:
    """``report`` answers as the viewer sees it, ``audience`` reads the lake; ``cuts`` are everybody's."""

    report: Callable[[ReportQuestion], Report]
    cuts: ReleasedCuts
    audience: Audience
    clock: Clock
    least_users: Mapping[CountedUsers, int]


LEAST = {CountedUsers.SHOWN: LEAST_USERS, CountedUsers.ACTED: LEAST_USERS_WHO_ACTED}


def report_breakdown(parts: BreakdownParts, question: BreakdownQuestion) -> Breakdown:
    """The report. Raises ConfigRejected: an attribute that is none, or too many campaigns and days."""
    totals = parts.report(question.blocks())
    blocks = {(row.keys[1], date.fromisoformat(row.keys[0])): row for row in totals.rows}
    if len(blocks) > MOST_BLOCKS:
        raise ConfigRejected(
            f"a report by attribute over {len(blocks):,} days of campaigns",
            where=f"{question.since} to {question.until}",
            hint="name campaigns, or ask for fewer days",
        )
    settled = [block for block in blocks if _is_settled(block[1], totals.covered_to)]
    told = _cut(parts, question, settled)
    return Breakdown(
        question,
        tuple(_rows(question, blocks, told)),
        {currency: _counted(sums, question.counted) for currency, sums in totals.totals.items()},
        parts.least_users[question.counted],
        len({day for _, day in blocks} - {day for _, day in settled}),
        totals.covered_to,
        {name: names for name, names in totals.labels.items() if Dimension(name) in question.dimensions},
    )


def _is_settled(day: date, covered_to: datetime | None) -> bool:
    ends = datetime.combine(day, time(0), UTC) + timedelta(days=1 + SETTLED_AFTER_DAYS)
    return covered_to is not None and ends <= covered_to


def _cut(parts: BreakdownParts, question: BreakdownQuestion, blocks: Sequence[Block]) -> dict[Block, ReleasedCut]:
    """What holds for each block, which may have been told long ago, or is kept now; none where the lake has nothing."""
    wanted = set(blocks)
    owners = _owners(parts, question) if wanted else {}
    empty: set[Block] = set()
    for _ in range(_ROUNDS):
        earlier = _earlier(parts.cuts, wanted)
        told = {block: cut for block in wanted for cut in earlier.get(block, ()) if cut.attribute == question.attribute}
        lacking = sorted(wanted - told.keys() - empty)
        if not lacking:
            return told
        made, nothing = _cut_now(parts, question, lacking, earlier, owners)
        empty |= nothing
        parts.cuts.keep(made)
    raise InternalFault(
        "others cut the same days again and again", where=question.attribute, hint="ask once more in a moment"
    )


def _owners(parts: BreakdownParts, question: BreakdownQuestion) -> dict[str, str]:
    by = (Dimension.CAMPAIGN, Dimension.ADVERTISER)
    asked = ReportQuestion(question.since, question.until, by, "UTC", question.conditions, with_names=False)
    return {row.keys[0]: row.keys[1] for row in parts.report(asked).rows}


def _earlier(cuts: ReleasedCuts, blocks: Iterable[Block]) -> dict[Block, list[ReleasedCut]]:
    campaigns, days = {block[0] for block in blocks}, [block[1] for block in blocks]
    found: defaultdict[Block, list[ReleasedCut]] = defaultdict(list)
    if days:
        for cut in cuts.cuts(sorted(campaigns), min(days), max(days) + timedelta(days=1)):
            found[cut.campaign_id, cut.day].append(cut)
    return found


def _cut_now(
    parts: BreakdownParts,
    question: BreakdownQuestion,
    blocks: Sequence[Block],
    earlier: Mapping[Block, Sequence[ReleasedCut]],
    owners: Mapping[str, str],
) -> tuple[list[ReleasedCut], set[Block]]:
    """New cuts, and the blocks of which the lake has nothing: those are not kept, since nothing is told of them."""
    known = sorted({cut.attribute for block in blocks for cut in earlier.get(block, ())})
    attributes = [question.attribute, *(name for name in known if name != question.attribute)]
    days = [day for _, day in blocks]
    frame = parts.audience(
        sorted({campaign for campaign, _ in blocks}), min(days), max(days) + timedelta(days=1), attributes
    )
    by_block: dict[Block, list[dict[str, Any]]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        by_block[row["campaign_id"], _EPOCH + timedelta(days=row["day"])].append(row)
    made = [
        _one_cut(parts, question, block, by_block[block], earlier.get(block, ()), attributes, owners[block[0]])
        for block in blocks
        if block in by_block
    ]
    return made, {block for block in blocks if block not in by_block}


def _one_cut(
    parts: BreakdownParts,
    question: BreakdownQuestion,
    block: Block,
    rows: Sequence[Mapping[str, Any]],
    earlier: Sequence[ReleasedCut],
    attributes: Sequence[str],
    advertiser_id: str,
) -> ReleasedCut:
    # Who is counted was settled when the block was first cut: two rules over the same people would leave a few over.
    counted = earlier[0].counted if earlier else question.counted
    fingerprint = _fingerprint(rows)
    shown: dict[str, MetricSums] = {}
    if all(cut.fingerprint == fingerprint for cut in earlier):
        places = {name: f"a{number}" for number, name in enumerate(attributes)}
        told = [(places[cut.attribute], list(cut.shown)) for cut in earlier]
        acted = [row for row in rows if counted is CountedUsers.SHOWN or row["clicks"] or row["conversions"]]
        seen = [
            SeenRow(row["user"], row["a0"], tuple(group_of(row[place], values) for place, values in told), row["cell"])
            for row in acted
        ]
        # Predictions are told of a whole block or not at all: which value lacks one may be the doing of one person.
        is_predicted = all(row["expected_clicks"] is not None for row in rows)
        for value in values_to_tell(seen, parts.least_users[counted]):
            sums = summed(_sums(row) for row in acted if row["a0"] == value)
            shown[value] = _counted(sums if is_predicted else replace(sums, expected_clicks=None), counted)
    return ReleasedCut(
        block[0],
        advertiser_id,
        block[1],
        len(earlier),
        question.attribute,
        counted,
        parts.clock.now(),
        fingerprint,
        shown,
    )


def _fingerprint(rows: Iterable[Mapping[str, Any]]) -> str:
    """Of who did what where, whatever attributes were read with it."""
    sums: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * 4)
    for row in rows:
        told = sums[row["user"] or "", row["cell"]]
        for place, name in enumerate(_SUMS[:4]):
            told[place] += row[name]
    return hashlib.sha256(repr(sorted(sums.items())).encode()).hexdigest()


def _rows(
    question: BreakdownQuestion, blocks: Mapping[Block, ReportRow], told: Mapping[Block, ReleasedCut]
) -> Iterable[BreakdownRow]:
    totals: defaultdict[tuple[tuple[str, ...], str], MetricSums] = defaultdict(MetricSums)
    shown: defaultdict[tuple[tuple[str, ...], str], dict[str, MetricSums]] = defaultdict(dict)
    for block, row in blocks.items():
        keys = tuple(row.keys[0] if one is Dimension.DAY else row.keys[1] for one in question.dimensions)
        place = (keys, row.currency)
        totals[place] += row.sums
        cut = told.get(block)
        if cut is None or (cut.counted is CountedUsers.ACTED and question.counted is CountedUsers.SHOWN):
            continue  # of those only clicks and conversions may be told
        for value, sums in cut.shown.items():
            shown[place][value] = shown[place].get(value, MetricSums()) + sums
    for place in sorted(totals):
        keys, currency = place
        told_here = {value: _counted(sums, question.counted) for value, sums in shown[place].items()}
        for value in sorted(told_here):
            yield BreakdownRow(keys, currency, value, told_here[value])
        rest = _counted(totals[place], question.counted).less(summed(told_here.values()))
        yield BreakdownRow(keys, currency, None, rest)


def _sums(row: Mapping[str, Any]) -> MetricSums:
    return MetricSums(**{name: row[name] for name in _SUMS})


def _counted(sums: MetricSums, counted: CountedUsers) -> MetricSums:
    """What is told: no spend, and of those who acted no impressions."""
    if counted is CountedUsers.ACTED:
        return MetricSums(clicks=sums.clicks, conversions=sums.conversions, value_micros=sums.value_micros)
    return MetricSums(
        sums.impressions, sums.clicks, sums.conversions, sums.expected_clicks, value_micros=sums.value_micros
    )
