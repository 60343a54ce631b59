"""Verdicts refuse to be less than honest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adplat.domain import (
    Finding,
    Interval,
    ManualClock,
    Severity,
    SystemClock,
    Verdict,
)


def test_only_a_block_makes_a_verdict_say_no() -> None:
    warn = Finding("size", Severity.WARN, "large")
    assert Verdict("c1", (warn,)).passes
    assert not Verdict("c1", (warn, Finding("word", Severity.BLOCK, "banned"))).passes


def test_interval_excludes() -> None:
    assert Interval(1.0, 0.5, 1.5).excludes(0.0)
    assert not Interval(1.0, -0.5, 1.5).excludes(0.0)


def test_clocks_speak_utc() -> None:
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    clock = ManualClock(start)
    clock.advance(90)
    assert clock.now() == start + timedelta(seconds=90)
    assert SystemClock().now().tzinfo is UTC
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 3, 1))  # noqa: DTZ001 - the missing zone is the point
