"""What was done stays told, newest first."""

from __future__ import annotations

from datetime import timedelta

from adplat.domain import AuditEntry, AuditTrail
from adplat.storage import Database, SqlAuditTrail

from .builders import NOON


def test_entries_come_back_newest_first(database: Database) -> None:
    trail = SqlAuditTrail(database)
    port: AuditTrail = trail

    port.record(NOON, "li", "deploy", "b1", {"reason": "春季"})
    port.record(NOON - timedelta(hours=1), "wang", "pause", "c1", {})

    assert trail.entries() == [
        AuditEntry(NOON - timedelta(hours=1), "wang", "pause", "c1", {}),
        AuditEntry(NOON, "li", "deploy", "b1", {"reason": "春季"}),
    ]
    assert len(trail.entries(limit=1)) == 1


def test_what_was_done_to_one_subject_is_told_oldest_first(database: Database) -> None:
    trail: AuditTrail = SqlAuditTrail(database)
    for actor, subject in (("li", "spring"), ("wang", "autumn"), ("mei", "spring")):
        trail.record(NOON, actor, "experiment start", subject, {})
    assert [entry.actor for entry in trail.about("spring")] == ["li", "mei"]
    assert trail.about("nothing") == []


def test_one_deed_to_each_of_many_is_told_at_once(database: Database) -> None:
    trail: AuditTrail = SqlAuditTrail(database)
    for actor, action, subject in (
        ("li", "start", "spring"),
        ("wang", "start", "autumn"),
        ("mei", "start", "spring"),
        ("mei", "stop", "spring"),
        ("mei", "start", "winter"),
    ):
        trail.record(NOON, actor, action, subject, {})

    told = trail.about_each(["spring", "autumn", "summer"], "start")

    assert {name: [one.actor for one in entries] for name, entries in told.items()} == {
        "spring": ["li", "mei"],
        "autumn": ["wang"],
    }
    assert trail.about_each([], "start") == {}


def test_subjects_whose_making_names_a_thing_are_found_newest_first(database: Database) -> None:
    trail: AuditTrail = SqlAuditTrail(database)
    for action, subject, report in (
        ("schedule add", "s1", "r1"),
        ("schedule add", "s2", "r2"),
        ("schedule add", "s3", "r1"),
        ("schedule remove", "s4", "r1"),
    ):
        trail.record(NOON, "mei", action, subject, {"report": report})
    trail.record(NOON, "mei", "schedule add", "s5", {})

    assert trail.subjects_naming("schedule add", "report", "r1") == ["s3", "s1"]
    assert trail.subjects_naming("schedule add", "report", "r1", limit=1) == ["s3"]
    assert trail.subjects_naming("schedule add", "report", "r'3") == []
