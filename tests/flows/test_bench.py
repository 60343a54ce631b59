"""Benchmarks: figures follow from results, a page shows them, an unknown name is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adplat.ctr import TrainingOutcome
from adplat.domain import ConfigRejected, Figure, ManualClock, ModelBundle
from adplat.flows import bench, bench_demo, bench_real
from adplat.flows.bench_demo import SeedResult
from adplat.flows.bench_run import BenchRun

NOW = datetime(2026, 9, 7, tzinfo=UTC)


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def seed(number: int, low: float, auc: float) -> SeedResult:
    return SeedResult(number, low + 0.01, low, 0.5, auc, 0.6)


def test_a_claim_over_seeds_needs_nine_in_ten() -> None:
    good = [seed(number, 0.001, 0.62) for number in range(18)]
    bad = [seed(number, -0.001, 0.59) for number in range(18, 20)]
    holding = {figure.figure_id: figure for figure in bench_demo.figures_of([*good, *bad])}
    assert holding["loop.2.bandit_beats_random"].value == 18
    assert holding["loop.2.bandit_beats_random"].holds
    assert holding["loop.2.multimodal_beats_id_only"].holds
    failing = {figure.figure_id: figure for figure in bench_demo.figures_of([*good[1:], *bad, bad[0]])}
    assert not failing["loop.2.bandit_beats_random"].holds
    assert not failing["loop.2.multimodal_beats_id_only"].holds


def test_real_figures_stand_beside_every_baseline() -> None:
    metrics = {"auc": 0.7, "logloss": 0.5, "gauc": 0.65, "ece": 0.02, "pcoc": 1.01, "rows": 900, "positives": 300}
    rival = {"auc": 0.68, "logloss": 0.51, "gauc": 0.6, "ece": 0.1, "pcoc": 1.0, "rows": 900, "positives": 300}
    outcome = TrainingOutcome(ModelBundle("b", "b", "s", NOW), metrics, {"id_only": rival, "lightgbm": metrics})
    figures = {figure.figure_id: figure for figure in bench_real.figures_of("shop", outcome)}
    assert figures["loop.3.shop.auc.id_only"].rival_value == 0.68
    assert all(figure.holds for figure in figures.values())
    worse = TrainingOutcome(outcome.bundle, {**metrics, "auc": 0.6, "pcoc": 1.3}, outcome.baselines)
    failing = {figure.figure_id for figure in bench_real.figures_of("shop", worse) if not figure.holds}
    assert failing == {"loop.3.shop.auc.id_only", "loop.3.shop.auc.lightgbm", "loop.3.shop.pcoc"}
    few = TrainingOutcome(outcome.bundle, {**metrics, "positives": 11}, outcome.baselines)
    assert [figure.figure_id for figure in bench_real.figures_of("shop", few)] == ["loop.3.shop.trains"]


def test_run_bench_keeps_what_was_asked_for_and_writes_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two(run: BenchRun) -> Sequence[Figure]:
        return [
            Figure("a.1", "one", 1.0, "s", "<=", 2.0, n=3, rival="them", rival_value=4.0),
            Figure("b.1", "other", 1.0, "s", "between", (0.5, 1.5), n=3),
        ]

    monkeypatch.setitem(bench.BENCHES, "two", two)
    page = tmp_path / "two.md"
    document = bench.run_bench("two", ManualClock(NOW), quiet, cache_dir=tmp_path, page=page)
    assert [figure["id"] for figure in document["figures"]] == ["a.1", "b.1"]
    text = page.read_text()
    assert "2026-09-07" in text
    assert "`adplat bench two`" in text
    assert "| them 4 |" in text
    assert [
        f["id"] for f in bench.run_bench("two", ManualClock(NOW), quiet, cache_dir=tmp_path, only="b")["figures"]
    ] == ["b.1"]
    with pytest.raises(ConfigRejected, match="no figure begins with"):
        bench.run_bench("two", ManualClock(NOW), quiet, cache_dir=tmp_path, only="c")
    with pytest.raises(ConfigRejected, match="did you mean 'demo'"):
        bench.run_bench("demon", ManualClock(NOW), quiet, cache_dir=tmp_path)
