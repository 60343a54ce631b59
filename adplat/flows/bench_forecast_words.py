"""forecast.3: which variant of a real headline test is clicked more, told from its words, on tests never seen.

Five folds of whole tests (Upworthy); every variant is scored by the model of the four folds without it. The rival, a
ridge on TF-IDF of headline, excerpt and lede with the log-odds as target, is fitted on the same folds. Beside them
stands what anybody could reach: an oracle of the true rates, and one that knows the headlines' effects alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr import counts_of, fit_contrasts, read_train_config
from adplat.data import configs_folder, read_feature_schema, read_table
from adplat.domain import Figure, Interval
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import BenchRun
from adplat.flows.words_ceiling import oracle_order
from adplat.statistics import PairOrder, pair_order

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
FOLDS, SEED = 5, 0
PAIRS_TARGET, CLEAR_TARGET = 0.58, 0.65
_TEXTS = ("headline", "excerpt", "lede")
_SEEN = (*_TEXTS, "eyecatcher_id")


def bench_forecast_words(run: BenchRun) -> Sequence[Figure]:
    """Pairs in order, all and those with |z| > 1.96, with intervals by tests. Cost: five fits, a minute each at most.

    Raises MissingInput where the data are not there.
    """
    if not run.wants("forecast.3"):
        return []
    config, schema_path = read_train_config(configs_folder() / "ctr" / "upworthy.yaml")
    schema = read_feature_schema(schema_path)
    rows = read_table(real_data_folder() / "upworthy" / "tests.parquet")
    groups, reached, trials = counts_of(schema, rows)
    folds = np.random.default_rng(SEED).permutation(int(groups.max()) + 1)[groups] % FOLDS
    scores, plain, variances = np.zeros(len(rows)), np.zeros(len(rows)), []
    wanted = range(1 if run.quick else FOLDS)
    for fold in wanted:
        run.progress(fold, len(wanted), "folds of tests scored")
        train, judged = rows.filter(pl.Series(folds != fold)), rows.filter(pl.Series(folds == fold))
        model = fit_contrasts(config, schema, train, run.cache_dir)
        variances.append(model.fit.unexplained)
        told = judged.drop("clicks", "impressions", "ctr", "winner", "first_place", "significance", strict=False)
        scores[folds == fold] = model.score(told.drop(schema.group), run.cache_dir, run.progress)
        plain[folds == fold] = _tf_idf_ridge(train, judged, *counts_of(schema, train)[1:])
    run.progress(len(wanted), len(wanted), "folds of tests scored")
    shown = np.isin(folds, wanted)
    orders = [
        pair_order(groups[shown], reached[shown], trials[shown], told[shown], np.random.default_rng(SEED))
        for told in (scores, plain)
    ]
    looks, headlines = (_numbered(rows, (schema.group, *columns))[shown] for columns in (_SEEN, _SEEN[:1]))
    variance, judged_rows = float(np.mean(variances)), (reached[shown], trials[shown])
    known = [oracle_order(groups[shown], looks, one, *judged_rows, variance, SEED) for one in (looks, headlines)]
    return [*_figures(*orders), *_oracles(orders[0], *known)]


def _numbered(rows: pl.DataFrame, columns: Sequence[str]) -> Int64:
    """(N,) numbers from 0: equal where all the columns are."""
    cells = rows.select(pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in columns], separator="\0"))
    return np.unique(cells.to_series().to_numpy(), return_inverse=True)[1].astype(np.int64)


def _oracles(own: PairOrder, everything: tuple[float, float], headlines: tuple[float, float]) -> list[Figure]:
    counted = (("pairs", own.pairs, PAIRS_TARGET), ("clear_pairs", own.clear_pairs, CLEAR_TARGET))
    return [
        Figure(
            f"forecast.3.oracle.{name}",
            "the same by one who knows every variant's true rate; outcomes drawn again",
            everything[place],
            "share",
            ">=",
            target,
            n=number,
            seeds=(SEED,),
            rival="one who knows the headlines' effects alone",
            rival_value=headlines[place],
        )
        for place, (name, number, target) in enumerate(counted)
    ]


def _figures(own: PairOrder, rival: PairOrder) -> list[Figure]:
    pairs = (own.right, rival.right, own.pairs, PAIRS_TARGET, "pairs", "pairs of variants of one test")
    clear = (own.clear_right, rival.clear_right, own.clear_pairs, CLEAR_TARGET, "clear_pairs", "the same, |z| > 1.96")
    return [
        _figure(found, beside, number, target, name, what)
        for found, beside, number, target, name, what in (pairs, clear)
        if found is not None and beside is not None
    ]


def _figure(found: Interval, beside: Interval, number: int, target: float, name: str, what: str) -> Figure:
    return Figure(
        f"forecast.3.{name}",
        f"{what} in the right order, tests unseen, from words and image id",
        found.value,
        "share",
        ">=",
        target,
        n=number,
        seeds=(SEED,),
        interval=(found.low, found.high),
        rival="TF-IDF ridge on the same folds",
        rival_value=beside.value,
    )


def _tf_idf_ridge(train: pl.DataFrame, judged: pl.DataFrame, reached: Float64, trials: Float64) -> Float64:
    """The obvious way: no test, no meaning, no weights."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    reader = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    wide: Any = reader.fit_transform(_joined(train))
    outcome = np.log((reached + 0.5) / (trials - reached + 0.5))
    model = Ridge(1.0, solver="lsqr").fit(wide, outcome)
    told: Float64 = np.asarray(model.predict(reader.transform(_joined(judged))), np.float64)
    return told


def _joined(rows: pl.DataFrame) -> list[str]:
    return (
        rows.select(pl.concat_str([pl.col(name).fill_null("") for name in _TEXTS], separator=" ")).to_series().to_list()
    )
