"""Stream positions and arm statistics."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import STREAM_START, ArmStatistics, StreamPosition

positions = st.builds(StreamPosition, st.integers(0, 2**48), st.integers(0, 2**32))
arms = st.builds(
    ArmStatistics,
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.integers(0, 10**6).map(float),
    st.integers(0, 10**12),
)


@given(positions)
def test_position_survives_text(position: StreamPosition) -> None:
    assert StreamPosition.parse(str(position)) == position
    assert position >= STREAM_START


def test_positions_order_by_number_not_by_text() -> None:
    assert StreamPosition.parse("9-0") < StreamPosition.parse("10-0")
    assert StreamPosition.parse("5-9") < StreamPosition.parse("5-10")
    assert StreamPosition.parse("7") == StreamPosition(7, 0)


@given(arms, arms, arms)
def test_arm_statistics_add_in_any_order(one: ArmStatistics, two: ArmStatistics, three: ArmStatistics) -> None:
    assert (one + two) + three == one + (two + three) == (three + two) + one
    assert one + ArmStatistics() == one
