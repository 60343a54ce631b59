"""What past campaigns teach: nothing where there are none, a shift where few say so, trees where many do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from adplat.domain import TOLD_LEVELS, ConfigRejected, Metric
from adplat.forecast import CampaignCorrection, PastCampaigns, fit_correction
from adplat.forecast.campaign_levels import learn_slice_levels
from adplat.forecast.campaign_predictive import CountLaw
from adplat.forecast.correction_document import correction_bytes, correction_id, correction_of_bytes


def past(number: int, *, bias: float = 0.0, width: float = 0.3, markets: int = 1, seed: int = 0) -> PastCampaigns:
    """Clicks ``exp(bias)`` times what the raw law expects, with deviation ``width``; the law says 0.3. Where the first
    feature is 1, another half of bias comes on top."""
    rng = np.random.default_rng(seed)
    mean = np.exp(rng.uniform(2.0, 8.0, number))
    special = rng.integers(0, 2, number)
    market = rng.integers(0, markets, number)
    of_market = rng.normal(0.0, 0.3, markets) if markets > 1 else np.zeros(1)
    logs = bias + 0.5 * special + of_market[market] + width * rng.standard_normal(number)
    starts = rng.uniform(0.0, 100.0, number)
    return PastCampaigns(
        ("special", "log_mean"),
        np.column_stack([special, np.log(mean)]).astype(np.float64),
        special.astype(np.int64),
        {Metric.CLICKS: CountLaw(mean, np.full(number, 0.3))},
        {Metric.CLICKS: rng.poisson(mean * np.exp(logs)).astype(np.float64)},
        market.astype(np.int64),
        starts,
        starts + 1.0,
    )


def silent(done: int, total: int, what: str) -> None:
    pass


def covered(correction: CampaignCorrection, rows: PastCampaigns, low: int = 2, high: int = 6) -> float:
    told = correction.quantiles(Metric.CLICKS, rows.laws[Metric.CLICKS], rows.features, rows.slices)
    actual = rows.actual[Metric.CLICKS]
    return float(np.mean((actual >= told[:, low]) & (actual <= told[:, high])))


def test_without_past_campaigns_the_raw_law_is_told() -> None:
    rows = past(50)
    law = rows.laws[Metric.CLICKS]
    told = CampaignCorrection().quantiles(Metric.CLICKS, law, rows.features, rows.slices)
    assert np.array_equal(told, law.at_scores(np.tile(ndtri(np.array(TOLD_LEVELS)), (50, 1))))


def test_many_past_campaigns_mend_middle_and_width_of_each_kind() -> None:
    correction = fit_correction(past(1_500, bias=-0.7, width=0.6), silent)
    rows = past(3_000, bias=-0.7, width=0.6, seed=1)
    assert covered(CampaignCorrection(), rows) < 0.5
    assert covered(correction, rows) == pytest.approx(0.8, abs=0.03)
    assert covered(correction, rows, 0, 8) == pytest.approx(0.95, abs=0.02)
    for kind in (0, 1):
        part = rows.take(np.flatnonzero(rows.slices == kind))
        assert covered(correction, part) == pytest.approx(0.8, abs=0.05)


def test_few_past_campaigns_shift_by_less_than_they_were_off() -> None:
    correction = fit_correction(past(40, bias=-0.7), silent)
    one = correction.metrics[Metric.CLICKS]
    assert one.trees is None
    assert -0.45 / 0.3 < one.offset < -0.1 / 0.3
    rows = past(2_000, bias=-0.7, seed=1)
    assert covered(CampaignCorrection(), rows) + 0.1 < covered(correction, rows) < 0.95


def test_one_past_campaign_changes_next_to_nothing() -> None:
    rows = past(1, bias=-3.0)
    told = fit_correction(rows, silent).quantiles(Metric.CLICKS, rows.laws[Metric.CLICKS], rows.features, rows.slices)
    plain = CampaignCorrection().quantiles(Metric.CLICKS, rows.laws[Metric.CLICKS], rows.features, rows.slices)
    assert told[0, 4] > 0.6 * plain[0, 4]


def test_a_market_of_its_own_is_learned_from_its_own_campaigns() -> None:
    history = past(2_000, markets=20)
    correction = fit_correction(history, silent)
    here = past(120, bias=1.0, seed=5)
    rows = past(2_000, bias=1.0, seed=6)
    assert covered(correction.adapted(here), rows) > covered(correction, rows) + 0.2


def test_outcomes_that_are_not_known_yet_teach_nothing() -> None:
    rows = past(50)
    rows.actual[Metric.CLICKS][:] = np.nan
    assert not fit_correction(rows, silent).metrics


def test_a_correction_is_the_same_after_writing_and_reading() -> None:
    correction = fit_correction(past(400, bias=-0.7), silent)
    content = correction_bytes(correction)
    again = correction_of_bytes(content, where="here")
    rows = past(30, seed=2)
    law = rows.laws[Metric.CLICKS]
    assert np.array_equal(
        again.quantiles(Metric.CLICKS, law, rows.features, rows.slices),
        correction.quantiles(Metric.CLICKS, law, rows.features, rows.slices),
    )
    assert correction_bytes(again) == content
    assert correction_id(again) == correction_id(correction) != ""
    assert correction_id(CampaignCorrection()) == ""


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": "adplat campaign correction 1"}'])
def test_what_is_no_correction_is_refused(content: bytes) -> None:
    with pytest.raises(ConfigRejected, match="no whole campaign correction"):
        correction_of_bytes(content, where="here")


def test_levels_of_a_law_that_is_too_narrow_are_further_out() -> None:
    rng = np.random.default_rng(3)
    u = ndtr(1.5 * rng.standard_normal(4_000))
    levels = learn_slice_levels(u, u, np.zeros(4_000, dtype=np.int64), np.arange(4_000)).at(np.array([0]))[0]
    assert ndtri(levels) == pytest.approx(1.5 * ndtri(np.array(TOLD_LEVELS)), abs=0.15)


def test_campaigns_of_few_markets_that_err_alike_say_less() -> None:
    rng = np.random.default_rng(4)
    markets = np.repeat(np.arange(5), 200)
    u = ndtr(1.0 + 0.1 * rng.standard_normal(5)[markets] * 5.0 + 0.3 * rng.standard_normal(1_000))
    none = np.zeros(1_000, dtype=np.int64)
    alike = learn_slice_levels(u, u, none, markets).at(np.array([0]))[0]
    apart = learn_slice_levels(u, u, none, np.arange(1_000)).at(np.array([0]))[0]
    assert 0.5 < alike[4] < apart[4] - 0.1


def test_a_slice_of_three_campaigns_is_told_as_all_others() -> None:
    rng = np.random.default_rng(3)
    u = rng.random(1_000)
    u[:3] = 0.999
    slices = np.where(np.arange(1_000) < 3, 1, 0)
    levels = learn_slice_levels(u, u, slices, np.arange(1_000)).at(np.array([0, 1, 7]))
    assert levels[1] == pytest.approx(levels[0], abs=0.03)
    assert levels[2] == pytest.approx(levels[0], abs=0.03)
