"""The gates say yes to a calibrated model, no to each way of being wrong, and tell a bad model from too few rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logit

from adplat.ctr import GateLimits, GateReport, run_gates
from adplat.ctr.gates import Gate, ece_of_a_true_model
from adplat.domain import TableRejected
from adplat.statistics import Float64, relative_ece

ROWS = 120_000


def a_market(rows: int = ROWS, seed: int = 3) -> tuple[Float64, Float64, Float64]:
    """True chances, clicks drawn from them, and the chances of a model that knows half of what there is."""
    rng = np.random.default_rng(seed)
    known, unknown = rng.normal(size=(2, rows)) * 0.6
    truth = expit(-2.5 + known + unknown)
    labels = (rng.random(rows) < truth).astype(np.float64)
    # Averaged over what it does not know, a logistic model is a flatter one (MacKay 1992).
    half = expit((-2.5 + known) / np.sqrt(1 + np.pi * 0.36 / 8))
    return truth, labels, half


def gated(labels: Float64, chances: Float64, live: Float64 | None = None, **slices: np.ndarray) -> GateReport:
    return run_gates(labels, chances, slices, live, np.random.default_rng(1))


def gate(report: GateReport, name: str) -> Gate:
    return next(gate for gate in report.gates if gate.name == name)


def test_the_truth_passes_and_beats_half_of_it() -> None:
    truth, labels, half = a_market()
    thirds = {f"third={n}": np.arange(ROWS) % 3 == n for n in range(3)}

    report = run_gates(labels, truth, thirds, half, np.random.default_rng(1))

    assert report.passes
    assert report.failed == ()
    assert gate(report, "relative ece").decided
    assert gate(report, "normalised entropy").decided
    assert (report.rows, report.positives) == (ROWS, int(labels.sum()))
    assert [gate.name for gate in report.gates] == ["pcoc", "slice pcoc", "relative ece", "normalised entropy"]


def test_a_level_that_is_off_fails_the_pcoc_gate_alone() -> None:
    truth, labels, _ = a_market()

    report = gated(labels, np.clip(truth * 1.03, 0, 1))

    assert report.failed == ("pcoc",)
    assert gate(report, "slice pcoc").value is None
    assert gate(report, "pcoc").value == pytest.approx(1.03, abs=0.01)


def test_scores_too_steep_fail_the_ece_gate_though_their_level_is_right() -> None:
    truth, labels, _ = a_market()
    level = brentq(lambda shift: expit(1.5 * logit(truth) + shift).sum() - labels.sum(), -5, 5)

    assert gated(labels, expit(1.5 * logit(truth) + level)).failed == ("relative ece",)


def test_only_a_slice_that_is_surely_wrong_fails_the_slice_gate() -> None:
    truth, labels, _ = a_market()
    wrong, few = np.arange(ROWS) < 20_000, np.arange(ROWS) >= ROWS - 60
    skewed = np.where(wrong, truth * 1.2, np.where(few, truth * 1.2, truth * 0.965))

    assert gated(labels, skewed, wrong=wrong, rest=~wrong).failed == ("slice pcoc",)
    assert "wrong" in gate(gated(labels, skewed, wrong=wrong, rest=~wrong), "slice pcoc").figure
    assert gate(gated(labels, skewed, few=few), "slice pcoc").passes


def test_many_slices_of_a_true_model_rarely_fail_together() -> None:
    """With 40 slices one in three reports would fail at 1 % each; corrected, at most one in a hundred does."""
    failures = 0
    for seed in range(40):
        truth, labels, _ = a_market(8_000, seed)
        # The band is a single point here, so that a true model stands at its very edge.
        limits = GateLimits(slice_pcoc=(1.0, 1.0), pcoc=(0, 9), relative_ece=9)
        slices = {str(n): np.arange(8_000) % 40 == n for n in range(40)}
        report = run_gates(labels, truth, slices, None, np.random.default_rng(seed), limits=limits)
        failures += "slice pcoc" in report.failed
    assert failures <= 2


def test_a_slice_without_clicks_fails_only_when_clicks_were_sure_to_come() -> None:
    truth, labels, _ = a_market()
    quiet = np.arange(ROWS) < 2_000
    labels = np.where(quiet, 0.0, labels)

    assert "slice pcoc" in gated(labels, truth, quiet=quiet).failed
    assert gate(gated(labels, truth, quiet=np.arange(ROWS) < 8), "slice pcoc").passes
    assert gate(gated(labels, truth, quiet=np.arange(ROWS) < 8), "slice pcoc").value is None


def test_the_live_bundle_has_to_be_beaten() -> None:
    truth, labels, half = a_market()

    worse = gated(labels, half, live=truth)
    assert "normalised entropy" in worse.failed
    assert gate(worse, "normalised entropy").decided
    same = gated(labels, truth, live=truth)
    assert same.failed == ("normalised entropy",)
    assert not gate(same, "normalised entropy").decided


def test_where_nothing_is_live_the_base_rate_has_to_be_beaten() -> None:
    _, labels, half = a_market()
    base = np.full(ROWS, labels.mean())

    assert "normalised entropy" not in gated(labels, half).failed
    noise = np.random.default_rng(2).normal(size=ROWS) * 0.02
    assert "normalised entropy" in gated(labels, np.clip(base + noise, 0.001, 1)).failed


def test_too_few_rows_are_said_to_be_too_few() -> None:
    truth, labels, half = a_market(400)

    report = gated(labels, truth, live=half)

    assert not gate(report, "pcoc").decided
    assert "do not tell on which side" in gate(report, "pcoc").figure
    assert not gate(report, "relative ece").decided


def test_the_noise_floor_is_the_ece_that_true_chances_show() -> None:
    markets = [a_market(5_000, seed) for seed in range(60)]
    shown = [relative_ece(labels, truth) for truth, labels, _ in markets]
    told = np.array([ece_of_a_true_model(truth, 20) for truth, _, _ in markets])
    assert told[:, 0].mean() == pytest.approx(np.mean(shown), rel=0.05)
    assert told[:, 1].mean() == pytest.approx(np.std(shown), rel=0.3)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_one_class_cannot_be_judged(label: float) -> None:
    with pytest.raises(TableRejected):
        gated(np.full(50, label), np.full(50, 0.3))


def test_the_report_is_plain_data() -> None:
    truth, labels, _ = a_market(5_000)
    told = gated(labels, truth).as_json()
    assert {"passes", "failed", "rows", "positives", "gates"} == set(told)
    assert {"name", "passes", "decided", "value", "limit", "figure"} == set(told["gates"][0])
