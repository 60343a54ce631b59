"""Sessions, what guards a form, and how tries at passwords fade."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adplat.domain import (
    SessionRules,
    TriedBy,
    TryLimit,
    UserSession,
    form_token,
    form_token_holds,
    session_from,
    session_hash,
    tried_subject,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = SessionRules(idle_s=600.0, longest_s=3600.0)


def a_session(**facts: object) -> UserSession:
    told = {"seen": NOON, "ended": None} | facts
    return UserSession("h", "mei", NOON, expires=NOON + timedelta(hours=1), **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("session", "minutes", "holds"),
    [
        (a_session(), 0, True),
        (a_session(), 9.9, True),
        (a_session(), 10, False),
        (a_session(seen=NOON + timedelta(minutes=55)), 59, True),
        (a_session(seen=NOON + timedelta(minutes=55)), 60, False),
        (a_session(ended=NOON), 0, False),
    ],
)
def test_a_session_ends_when_idle_when_old_and_when_it_was_ended(
    session: UserSession, minutes: float, holds: bool
) -> None:
    assert session.holds_at(NOON + timedelta(minutes=minutes), RULES) is holds


@given(random=st.binary(min_size=32, max_size=32))
def test_a_secret_has_256_bits_and_is_not_its_hash(random: bytes) -> None:
    secret = session_from(random)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert session_hash(secret) not in {secret, form_token(secret)}
    with pytest.raises(ValueError, match="32 random bytes"):
        session_from(random[1:])


@given(one=st.text(), two=st.text())
@example("", "\x00")
def test_a_form_belongs_to_one_session(one: str, two: str) -> None:
    assert form_token_holds(one, form_token(one))
    assert form_token_holds(one, form_token(two)) is (one == two)
    assert not form_token_holds(one, two + "é\ud800")


def test_a_score_is_halved_every_half_life_and_never_grows() -> None:
    limit = TryLimit(most=5.0, half_life_s=60.0)
    assert limit.score_at(4.0, NOON, NOON + timedelta(seconds=60)) == pytest.approx(2.0)
    assert limit.score_at(4.0, NOON, NOON - timedelta(days=1)) == 4.0
    assert limit.score_at(4.0, NOON, NOON + timedelta(days=400)) < 1e-9


def test_what_was_typed_as_a_name_is_not_kept() -> None:
    assert "hunter2" not in tried_subject(TriedBy.USER, "hunter2")
    assert tried_subject(TriedBy.USER, "x") != tried_subject(TriedBy.ADDRESS, "x")
