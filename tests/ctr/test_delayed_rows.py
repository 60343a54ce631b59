"""Late conversions through a whole training run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file
from scipy.special import logit

from adplat.ctr import KeptBundle, judge, recalibrate, run_gates, train_bundle
from adplat.ctr.delay_config import DelayConfig
from adplat.ctr.delay_trial import delay_trials
from adplat.ctr.gates import ConversionRows
from adplat.data import Tables
from adplat.domain import ConfigRejected, FeatureSchema, Outcome
from tests.ctr.builders import START_S, quick_config, quick_fit, shop_rows, shop_schema, shop_tables

AS_OF_S = START_S + 80_000


def late_shop() -> FeatureSchema:
    plain = shop_schema()
    kept = tuple(feature for feature in plain.features if feature.name not in ("title", "picture"))
    outcomes = (Outcome("click", "click"), Outcome("conversion", "paid", delay="paid_s"))
    return replace(plain, features=kept, outcomes=outcomes)


def late_tables(root: Path, count: int = 3000) -> Tables:
    """Those who like loud things pay hours later; a part of that is after the log was read."""
    rows = shop_rows(count)
    rng = np.random.default_rng(5)
    waited = rng.exponential(np.where(rows["item"].to_numpy() % 2, 20_000.0, 500.0))
    rows = rows.with_columns(paid_s=pl.Series(np.where(rows["paid"].to_numpy() == 1, waited, np.nan)).fill_nan(None))
    return Tables(rows[: count * 4 // 5], rows[count * 4 // 5 :], shop_tables(), root)


def delayed(method: str = "survival", **told: object) -> DelayConfig:
    as_of = str(np.datetime64(AS_OF_S, "s"))
    return DelayConfig(method=method, as_of=as_of, window_days=0.5, by=("genre_of",), **told)  # type: ignore[arg-type]


def test_what_arrives_later_changes_no_weight_and_no_history(tmp_path: Path) -> None:
    tables = late_tables(tmp_path)
    arrived = (pl.col("ts") + pl.col("paid_s") <= AS_OF_S) | pl.col("paid_s").is_null()
    forget = [
        pl.when(arrived).then(pl.col("paid")).otherwise(0).alias("paid"),
        pl.when(arrived).then(pl.col("paid_s")).alias("paid_s"),
    ]
    assert tables.valid is not None
    ignorant = replace(tables, rows=tables.rows.with_columns(forget), valid=tables.valid.with_columns(forget))
    assert ignorant.valid is not None
    assert int(ignorant.valid["paid"].sum()) < int(tables.valid["paid"].sum())
    config = quick_config(delayed=replace(delayed(), by=("item",)), training=quick_fit(epochs=1, batch=512))
    weights = []
    for name, given in (("all", tables), ("ignorant", ignorant)):
        outcome = train_bundle(config, late_shop(), given, tmp_path / name, tmp_path / "cache")
        folder = Path(outcome.bundle.path)
        weights.append(load_file(folder / "weights.safetensors"))
    assert all(np.array_equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_ours_is_nearer_to_the_oracle_than_labels_as_seen(tmp_path: Path) -> None:
    tables = late_tables(tmp_path, 8000)
    judged = tables.rows[-600:]
    quick = quick_fit(epochs=2, batch=512)
    config = quick_config(delayed=replace(delayed(), by=("item",)), training=quick)
    trials = delay_trials(
        config, late_shop(), tables, judged, ("vanilla", "survival", "oracle"), tmp_path, lambda *_: None
    )
    vanilla, ours, oracle = (trial.p_raw.mean() for trial in trials)
    assert abs(ours - oracle) < 0.5 * abs(vanilla - oracle)


def test_an_unknown_group_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    config = quick_config(delayed=delayed())
    with pytest.raises(ConfigRejected, match="'genre_of' is no categorical feature"):
        train_bundle(config, late_shop(), late_tables(tmp_path), tmp_path / "out", tmp_path / "cache")
    assert not list(tmp_path.glob("out/*"))


def fresh_tables(root: Path, kept: float, hours: float) -> Tables:
    """The next day as seen ``hours`` after its middle; only a share ``kept`` of those who paid before still pay."""
    late = late_tables(root, 9000)
    assert late.valid is not None
    rows = pl.concat([late.rows, late.valid]).with_columns(ts=pl.col("ts") + 86_400)
    until = AS_OF_S + 43_200 + int(hours * 3600)
    rows = rows.filter(pl.col("ts") <= until)
    stays = pl.Series(np.random.default_rng(8).random(len(rows)) < kept)
    seen = stays & (pl.col("ts") + pl.col("paid_s") <= until)
    paid = pl.when(seen).then(pl.col("paid")).otherwise(0)
    return Tables(rows.with_columns(paid=paid, paid_s=pl.when(seen).then(pl.col("paid_s"))), None, shop_tables(), root)


@pytest.fixture(scope="module")
def late_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("late")
    config = quick_config(delayed=replace(delayed(), by=("item",)), training=quick_fit(epochs=3, batch=256))
    return Path(train_bundle(config, late_shop(), late_tables(root, 9000), root / "bundles", root).bundle.path)


def test_a_bundle_keeps_its_delays_and_follows_conversions_by_them(late_bundle: Path, tmp_path: Path) -> None:
    kept = KeptBundle.open(late_bundle)
    assert kept.delays is not None
    shifts = []
    for share in (1.0, 0.4):
        fresh = fresh_tables(tmp_path, share, hours=3)
        made = recalibrate(kept, late_bundle, fresh, tmp_path / str(share), tmp_path, lambda *_: None)
        again = KeptBundle.open(Path(made.bundle.path))
        assert again.delays is not None and made.conversion_shift is not None
        shifts.append(made.conversion_shift)
        moved = logit(again.score(fresh.rows, shop_tables(), again.items).p_cvr)
        before = logit(kept.score(fresh.rows, shop_tables(), kept.items).p_cvr)
        assert moved - before == pytest.approx(made.conversion_shift, abs=1e-3)
    # Many conversions are still to come on both days; only on the second there are fewer of them.
    assert abs(shifts[0]) < 0.35
    assert shifts[1] < shifts[0] - 0.5


def test_conversions_to_come_are_counted_in_by_the_gates(late_bundle: Path, tmp_path: Path) -> None:
    kept = KeptBundle.open(late_bundle)
    found = {}
    for share in (1.0, 0.4):
        fresh = fresh_tables(tmp_path, share, hours=3)
        judged = judge([kept], fresh.rows, [shop_tables()], tmp_path, tmp_path, lambda *_: None)
        assert judged.late is not None and judged.scores[0].p_cvr is not None
        clicked = judged.clicked > 0
        rows = ConversionRows(judged.late[0][clicked], judged.late[1][clicked], judged.scores[0].p_cvr[clicked])
        rng = np.random.default_rng(0)
        report = run_gates(judged.clicked, judged.scores[0].p_ctr, {}, None, rng, conversions=rows)
        found[share] = report.gates[-1]
        as_seen = judged.scores[0].p_cvr[clicked].sum() / fresh.rows.filter(pl.Series(clicked))["paid"].sum()
        assert as_seen > 1.15 * (found[share].value or 0.0)
    assert found[1.0].name == "conversion pcoc" and found[1.0].passes
    assert not found[0.4].passes and "conversions" in found[0.4].figure


def test_too_few_conversions_are_not_judged() -> None:
    rng = np.random.default_rng(1)
    labels, chances = (rng.random(4000) < 0.3).astype(float), np.full(4000, 0.3)
    few = ConversionRows(np.r_[np.ones(5), np.zeros(500)], np.ones(505), np.full(505, 0.5))
    gate = run_gates(labels, chances, {}, None, rng, conversions=few).gates[-1]
    assert gate.passes and not gate.decided and "too few" in gate.figure
