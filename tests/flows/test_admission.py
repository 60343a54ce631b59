"""Whoever would wait too long is turned away, and whoever sets no limit never."""

from __future__ import annotations

from adplat.flows.admission import WAITING_SHARE, Admission


def busy(each_ms: float, deciding: int) -> Admission:
    """A service that takes ``each_ms`` for one, with so many inside."""
    admission, now_ms = Admission(), 7e9
    for _ in range(deciding + 1):
        admission.begin(now_ms)
    for _ in range(200):
        now_ms += each_ms
        admission.begin(now_ms)
        admission.end(now_ms)
    admission.end(now_ms + each_ms)
    return admission


def test_the_wait_is_what_those_inside_take() -> None:
    admission = busy(2.0, 10)
    assert admission.deciding == 10
    assert abs(admission.wait_ms - 20.0) < 0.5
    assert admission.may_enter(20.5 / WAITING_SHARE)
    assert not admission.may_enter(19.5 / WAITING_SHARE)
    assert admission.may_enter(None)


def test_an_idle_service_takes_everybody_and_idle_time_is_no_work() -> None:
    admission = Admission()
    assert admission.may_enter(0.0)
    for now_ms in (7e9, 7e9 + 5_000.0):
        admission.begin(now_ms)
        admission.end(now_ms)
    # After a long rest ten come at once; the first is done in two milliseconds.
    for _ in range(10):
        admission.begin(8e9)
    assert admission.wait_ms == 0.0
    admission.end(8e9 + 2.0)
    assert admission.wait_ms == 9 * 2.0


def test_it_follows_a_service_that_becomes_slower() -> None:
    admission, now_ms = busy(1.0, 4), 7e9 + 201.0
    for _ in range(200):
        now_ms += 6.0
        admission.begin(now_ms)
        admission.end(now_ms)
    assert abs(admission.wait_ms - 4 * 6.0) < 2.0
