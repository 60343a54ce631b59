"""The chain of the audit trail tells every change but one: a whole forgery, which an anchor tells."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import (
    CHAIN_START,
    ActorKind,
    AuditAnchor,
    AuditChain,
    AuditEntry,
    AuditRecord,
    actor_kind,
    audit_hash,
    in_words,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENTRY = AuditEntry(NOON, "mei", "pause", "k1", {"reason": "春季"}, ActorKind.PERSON, "a1")


def chained(entries: list[AuditEntry]) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    previous = CHAIN_START
    for number, entry in enumerate(entries, start=1):
        records.append(AuditRecord(number, entry, previous, audit_hash(number, entry, previous)))
        previous = records[-1].sha256
    return records


def head_of(records: list[AuditRecord]) -> AuditAnchor:
    return AuditAnchor(records[-1].number, records[-1].sha256, len(records)) if records else AuditAnchor()


def faults(records: list[AuditRecord], head: AuditAnchor | None, anchors: dict[int, str] | None = None) -> list[str]:
    chain = AuditChain(anchors or {})
    chain.read(records)
    chain.close(head)
    return chain.faults


TEN = chained([replace(ENTRY, subject=f"k{number}") for number in range(10)])


def test_the_hash_is_what_the_documentation_says() -> None:
    canonical = (
        '{"action":"pause","actor":"mei","advertiser_id":"a1","at":"2026-03-01T12:00:00.000000+00:00",'
        '"detail":{"reason":"\\u6625\\u5b63"},"form":1,"kind":"person","number":1,'
        f'"previous":"{CHAIN_START}","reason":"\\u6625\\u5b63","subject":"k1"}}'
    )
    assert audit_hash(1, ENTRY, CHAIN_START) == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_chain_that_nobody_touched_holds() -> None:
    assert faults(TEN, head_of(TEN), {3: TEN[2].sha256, 10: TEN[9].sha256}) == []
    assert faults([], AuditAnchor()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: replace(entry, at=entry.at + timedelta(microseconds=1)),
        lambda entry: replace(entry, actor="li"),
        lambda entry: replace(entry, action="resume"),
        lambda entry: replace(entry, subject="k1 "),
        lambda entry: replace(entry, detail={"reason": "春"}),
        lambda entry: replace(entry, detail={**entry.detail, "x": ""}),
        lambda entry: replace(entry, kind=ActorKind.BANDIT),
        lambda entry: replace(entry, advertiser_id="a2"),
        lambda entry: replace(entry, advertiser_id=None),
    ],
)
@given(place=st.integers(0, 9))
def test_an_edited_record_is_told(change: Callable[[AuditEntry], AuditEntry], place: int) -> None:
    edited = [*TEN[:place], replace(TEN[place], entry=change(TEN[place].entry)), *TEN[place + 1 :]]
    assert faults(edited, head_of(TEN)) == [f"record {place + 1} was changed"]


@given(place=st.integers(0, 9))
def test_an_edited_record_with_a_right_hash_breaks_what_follows(place: int) -> None:
    entry = replace(TEN[place].entry, actor="li")
    forged = replace(TEN[place], entry=entry, sha256=audit_hash(place + 1, entry, TEN[place].previous))
    assert len(faults([*TEN[:place], forged, *TEN[place + 1 :]], head_of(TEN))) == 1


@given(place=st.integers(0, 9))
def test_a_removed_record_is_told(place: int) -> None:
    assert faults([*TEN[:place], *TEN[place + 1 :]], head_of(TEN))


@given(place=st.integers(0, 10))
def test_an_inserted_record_is_told(place: int) -> None:
    before = TEN[place - 1].sha256 if place else CHAIN_START
    number = place  # between two numbers, or before the first one
    inserted = AuditRecord(number, ENTRY, before, audit_hash(number, ENTRY, before))
    assert faults([*TEN[:place], inserted, *TEN[place:]], head_of(TEN))


@given(one=st.integers(0, 9), two=st.integers(0, 9))
def test_records_that_changed_places_are_told(one: int, two: int) -> None:
    moved = list(TEN)
    moved[one], moved[two] = moved[two], moved[one]
    assert bool(faults(moved, head_of(TEN))) is (one != two)


@given(kept=st.integers(0, 9))
def test_a_tail_that_was_cut_off_is_told_by_the_head_and_without_it_by_an_anchor(kept: int) -> None:
    assert faults(TEN[:kept], head_of(TEN))
    assert faults(TEN[:kept], None)
    assert faults(TEN[:kept], head_of(TEN[:kept])) == []  # who moves the head too is told by nothing inside
    assert faults(TEN[:kept], head_of(TEN[:kept]), {10: TEN[9].sha256})


def test_a_whole_forgery_is_told_by_an_anchor_alone() -> None:
    forged = chained([replace(record.entry, actor="li") for record in TEN])
    assert faults(forged, head_of(forged)) == []
    assert faults(forged, head_of(forged), {5: TEN[4].sha256}) == ["record 5 is not the one that was anchored"]


def test_the_same_moment_in_another_zone_is_the_same_record() -> None:
    beijing = replace(ENTRY, at=NOON.astimezone(timezone(timedelta(hours=8))))
    assert audit_hash(1, beijing, CHAIN_START) == audit_hash(1, ENTRY, CHAIN_START)


def test_who_acted_is_told_by_the_name() -> None:
    told = {"mei": "person", "job 12": "job", "worker": "service", "bandit linucb": "bandit", "jobst": "person"}
    assert {name: actor_kind(name).value for name in told} == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            {"period": "fixed", "until": None, "by": ["day", "campaign"], "filters": []},
            "period: fixed; by: day, campaign",
        ),
        ({"devices": (), "hours": (0, 1), "own": {"is_on": False}}, "hours: 0, 1; own: is_on: false"),
        ({"devices": ()}, "–"),
        ([], "–"),
        (ActorKind.JOB, "job"),
        ("{'as': 'it is'}", "{'as': 'it is'}"),
    ],
)
def test_what_stands_in_a_detail_is_told_in_words(value: object, told: str) -> None:
    assert in_words(value) == told
