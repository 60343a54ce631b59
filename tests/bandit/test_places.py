"""What places of a page are worth, from sums that arms and places share."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pytest

from adplat.bandit import PLACES, Count, Knowledge, PlaceEffects, learn_places, place_clicks
from adplat.domain import PLACE_STARTS, ArmStatistics, of_click, of_impression, place_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Float64 = npt.NDArray[np.float64]


def a_log(
    expected: Float64, rates: Float64, factors: Float64, seed: int = 0
) -> tuple[dict[str, ArmStatistics], dict[str, tuple[float, ...]]]:
    """Arms that stood with ``expected`` (arms, places) clicks in each place, and their clicks by the truth."""
    clicks = np.random.default_rng(seed).poisson(rates[:, None] * factors * expected)
    arms = {
        f"c{n}": ArmStatistics(
            impressions=round(row.sum() / 0.02),
            clicks=int(got.sum()),
            expected_clicks=float(row.sum()),
            expected_by_place=tuple(np.pad(row, (0, len(PLACE_STARTS) - len(row))).tolist()),
        )
        for n, (row, got) in enumerate(zip(expected, clicks, strict=True))
    }
    by_place = np.pad(clicks.sum(axis=0), (0, len(PLACE_STARTS) - expected.shape[1])).astype(float)
    return arms, {PLACES: tuple(by_place.tolist())}


def posterior_means(known: Knowledge, names: list[str], strength: float = 10.0) -> Float64:
    rows = known.rows_of(names)
    found: Float64 = (strength + known.counts[Count.CLICKS, rows]) / (
        strength + known.counts[Count.EXPECTED_CLICKS, rows]
    )
    return found


def test_positions_belong_to_places() -> None:
    assert [place_of(position) for position in (0, 1, 2, 3, 4, 5, 6, 9, 10, 19, 20, 1000)] == [
        0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7,
    ]  # fmt: skip
    assert place_clicks([0, 0, 3, 7]).tolist() == [2, 0, 0, 1, 0, 1, 0, 0]
    assert place_clicks([]).tolist() == [0.0] * len(PLACE_STARTS)


def test_factors_are_found_although_good_arms_stand_in_good_places() -> None:
    truth = np.array([1.5, 0.9, 0.5, 0.3])
    rates = np.linspace(0.6, 1.6, 12)
    # The better the arm, the more it stood on top.
    shares = np.array([np.exp(-0.8 * np.abs(np.arange(4) - 3 * (1 - n / 11))) for n in range(12)])
    expected = 4000 * shares / shares.sum(axis=1, keepdims=True)
    arms, sums = a_log(expected, rates, truth)
    found = np.array(learn_places(Knowledge.of(arms, sums=sums)).factors)[:4]
    assert found / found[0] == pytest.approx(truth / truth[0], rel=0.05)
    naive = np.array(sums[PLACES])[:4] / expected.sum(axis=0)
    assert abs(naive[3] / naive[0] - 0.2) > 2 * abs(found[3] / found[0] - 0.2)


def test_an_arm_shown_mostly_at_the_bottom_is_judged_fairly() -> None:
    truth = np.array([1.0, 0.6, 0.3, 0.15])
    top, bottom = np.array([900.0, 60, 30, 10]), np.array([10.0, 30, 60, 900])
    expected = np.stack([top, bottom, *[np.full(4, 250.0)] * 6])
    arms, sums = a_log(expected, np.array([1.0, 1.2, *[1.0] * 6]), truth)
    raw = Knowledge.of(arms, sums=sums)
    known = learn_places(raw).corrected(raw)
    unfair, fair = posterior_means(raw, ["c0", "c1"]), posterior_means(known, ["c0", "c1"])
    assert unfair[1] < 0.4 * unfair[0]
    assert fair[1] > fair[0]
    assert fair[1] / fair[0] == pytest.approx(1.2, rel=0.2)


def test_how_far_the_model_is_off_everywhere_is_no_matter_of_places() -> None:
    arms, sums = a_log(np.full((6, 4), 500.0), np.full(6, 2.0), np.ones(4))
    known = Knowledge.of(arms, sums=sums)
    effects = learn_places(known)
    assert np.array(effects.factors[:4]) == pytest.approx(np.ones(4), abs=0.1)
    changed = effects.corrected(known)
    assert changed.counts[Count.EXPECTED_CLICKS].sum() == pytest.approx(known.counts[Count.EXPECTED_CLICKS].sum())


def test_few_clicks_move_a_place_little_and_a_place_where_nothing_stood_not_at_all() -> None:
    arms, sums = a_log(np.array([[900.0, 0.5, 0.0, 1.0]] * 4), np.ones(4), np.ones(4))
    factors = learn_places(Knowledge.of(arms, sums={PLACES: (sums[PLACES][0], 0.0, 0.0, 8.0, 0, 0, 0, 0)})).factors
    assert factors[1] == pytest.approx(20 / 22, abs=0.01)
    assert factors[2] == factors[4] == 1.0
    assert factors[3] == pytest.approx(28 / 24, abs=0.02)


@pytest.mark.parametrize("sums", [{}, {PLACES: ()}, {PLACES: (3.0, 0, 0, 0, 0, 0, 0, 0)}])
def test_without_two_places_nothing_is_corrected(sums: dict[str, tuple[float, ...]]) -> None:
    known = Knowledge.of({"c1": of_impression(0.5, NOON) + of_click(0.5, None, NOON, NOON)}, sums=sums)
    assert learn_places(known) == PlaceEffects.NONE
    assert PlaceEffects.NONE.corrected(known) is known
    assert learn_places(Knowledge()) == PlaceEffects.NONE


def test_neither_the_order_of_arms_nor_of_events_matters() -> None:
    rng = np.random.default_rng(4)
    story = [(f"c{rng.integers(5)}", float(rng.uniform(0.01, 0.2)), int(rng.integers(12))) for _ in range(400)]
    clicked = [entry for entry in story if rng.random() < entry[1]]

    def known_of(entries: list[tuple[str, float, int]]) -> Knowledge:
        arms: dict[str, ArmStatistics] = {}
        for name, p_ctr, position in entries:
            arms[name] = arms.get(name, ArmStatistics()) + of_impression(p_ctr, NOON, position)
        for name, p_ctr, _ in clicked:
            arms[name] += of_click(p_ctr, None, NOON, NOON)
        return Knowledge.of(arms, sums={PLACES: tuple(place_clicks([entry[2] for entry in clicked]).tolist())})

    straight, turned = known_of(story), known_of([story[i] for i in rng.permutation(len(story))])
    names = [f"c{n}" for n in range(5)]
    one, two = learn_places(straight), learn_places(turned)
    assert one.factors == pytest.approx(two.factors, rel=1e-9)
    assert posterior_means(one.corrected(straight), names) == pytest.approx(
        posterior_means(two.corrected(turned), names), rel=1e-9
    )


def test_expected_clicks_of_statistics_without_places_stay_as_they_are() -> None:
    arms, sums = a_log(np.full((3, 2), 400.0), np.ones(3), np.array([1.5, 0.5]))
    known = Knowledge.of({**arms, "old": ArmStatistics(900, 9, 0, 12.5)}, sums=sums)
    changed = learn_places(known).corrected(known)
    [row] = known.rows_of(["old"])
    assert changed.counts[Count.EXPECTED_CLICKS, row] == 12.5
