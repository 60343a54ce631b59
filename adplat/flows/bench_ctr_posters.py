"""MovieLens with posters: later interactions, items never shown, and what pictures and words are worth on them.

Judged rows are drawn from what is there, since the benchmark's own answers are kept elsewhere: five windows of
time, each behind everything it may be trained on, and five folds of items whose every interaction is left out. Each
model is trained to a bundle and scores as ``adplat score`` would. Windows and films differ far more than models do, so
every figure stands beside user and item biases on the very same rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr import KeptBundle, TrainConfig, read_train_config, train_bundle
from adplat.data import Tables, configs_folder, load_training_tables, read_feature_schema
from adplat.domain import FeatureSchema, Figure, Progress
from adplat.flows.bench_real import real_data_folder
from adplat.statistics import auc, paired_difference

Float64 = npt.NDArray[np.float64]
WINDOWS = ((0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.0))
FOLDS = 5
LATER, COLD = "posters, later", "posters, items never shown "
WARM_SHARE = 0.5  # of a held-out item's rows that the warm identifier model is trained on; the others judge
QUICK_EPOCHS, REPLICATES, QUICK_REPLICATES = 2, 300, 20
_FITTED = 0.85  # of the training rows; the later ones stop the training and calibrate
_SEED = 11
# Features by name, of ``configs/schemas/movielens_posters.yaml``.
_FACTS, _IMAGE, _WORDS = ("genres", "year"), ("image",), ("words",)
_IDENTIFIERS = ("user_id", "item_id", "liked")
_PEOPLE = ("age", "gender", "occupation")
MODELS: Mapping[str, tuple[str, ...]] = {
    "identifiers": _IDENTIFIERS,
    "no content": (*_IDENTIFIERS, *_PEOPLE),
    "image alone": (*_IDENTIFIERS, *_PEOPLE, *_IMAGE),
    "words alone": (*_IDENTIFIERS, *_PEOPLE, *_WORDS),
    "without image": (*_IDENTIFIERS, *_PEOPLE, *_FACTS, *_WORDS),
    "without words": (*_IDENTIFIERS, *_PEOPLE, *_FACTS, *_IMAGE),
    "whole": (*_IDENTIFIERS, *_PEOPLE, *_FACTS, *_IMAGE, *_WORDS),
}


@dataclass(frozen=True)
class Judged:
    """Rows of one window or fold: labels, users, the chances of each model (N,), and which rows judge the cold gap."""

    labels: Float64
    users: npt.NDArray[np.int64]
    chances: dict[str, Float64]
    gap: npt.NDArray[np.bool_]

    def auc(self, model: str) -> float:
        """Of all rows."""
        return auc(self.labels, self.chances[model])


@dataclass(frozen=True)
class Posters:
    """The data set and the shipped config; ``epochs`` cuts a quick look short."""

    schema: FeatureSchema
    config: TrainConfig
    rows: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    root: Path
    cache_dir: Path
    progress: Progress

    @classmethod
    def load(cls, cache_dir: Path, progress: Progress, *, quick: bool) -> Posters:
        """Rows in order of time. Raises MissingInput without the data set."""
        config, schema_path = read_train_config(configs_folder() / "ctr" / "movielens_posters.yaml")
        schema, root = read_feature_schema(schema_path), real_data_folder() / "movielens_posters"
        config = replace(config, baselines=(), slices=())
        if quick:
            config = replace(config, training=replace(config.training, epochs=QUICK_EPOCHS))
        told = load_training_tables(schema, replace(config.data, valid_fraction=0.0), root)
        rows = told.rows.sort(schema.time, maintain_order=True)
        return cls(schema, config, rows, told.tables, root, cache_dir, progress)

    def chances(self, features: Sequence[str], train: pl.DataFrame, judged: pl.DataFrame) -> Float64:
        """(N,) click chances of a model that reads ``features`` and was trained on ``train`` (in order of time)."""
        kept = tuple(feature for feature in self.schema.features if feature.name in features)
        schema = replace(self.schema, features=kept)
        cut = int(len(train) * _FITTED)
        tables = Tables(train[:cut], train[cut:], self.tables, self.root)
        with tempfile.TemporaryDirectory(prefix="adplat-bench-") as place:
            outcome = train_bundle(self.config, schema, tables, Path(place), self.cache_dir, self.progress)
            bundle = KeptBundle.open(Path(outcome.bundle.path))
            items = bundle.items_for(judged, self.tables, self.root, self.cache_dir, self.progress)
            return bundle.score(judged, self.tables, items).p_ctr.astype(np.float64)

    def judged(
        self, rows: pl.DataFrame, chances: dict[str, Float64], gap: npt.NDArray[np.bool_] | None = None
    ) -> Judged:
        """``rows`` with what the models say of them."""
        labels, users = rows["click"].to_numpy().astype(np.float64), rows[self.schema.user].to_numpy()
        return Judged(labels, users, chances, np.zeros(len(rows), np.bool_) if gap is None else gap)


def judge_later(cache_dir: Path, progress: Progress, *, quick: bool = False) -> list[Judged]:
    """The whole model and the biases in each window of time. Cost: one training a window."""
    data = Posters.load(cache_dir, progress, quick=quick)
    found = []
    for start, end in WINDOWS[-1:] if quick else WINDOWS:
        train = data.rows[: int(start * len(data.rows))]
        rows = data.rows[int(start * len(data.rows)) : int(end * len(data.rows))]
        whole = data.chances(MODELS["whole"], train, rows)
        found.append(data.judged(rows, {"whole": whole, "biases": biases(train, rows)}))
    return found


def judge_cold_fold(number: int, cache_dir: Path, progress: Progress, *, quick: bool = False) -> Judged:
    """All models on the items of one fold, trained without a single interaction of theirs (but for ``warm``)."""
    data = Posters.load(cache_dir, progress, quick=quick)
    item = data.rows["item_id"].to_numpy()
    shown = np.unique(item)
    fold = np.random.default_rng(_SEED).permutation(len(shown)) % FOLDS
    mine = fold[np.searchsorted(shown, item)] == number
    warm = mine & (np.random.default_rng([_SEED, number]).random(len(item)) < WARM_SHARE)
    train, rows = data.rows.filter(pl.Series(~mine)), data.rows.filter(pl.Series(mine))
    chances = {name: data.chances(features, train, rows) for name, features in MODELS.items()}
    chances["warm"] = data.chances(MODELS["identifiers"], data.rows.filter(pl.Series(~mine | warm)), rows)
    chances["biases"] = biases(train, rows)
    return data.judged(rows, chances, ~warm[mine])


def biases(train: pl.DataFrame, rows: pl.DataFrame) -> Float64:
    """What a logistic regression on users and items as indicators says: the plainest rival, (N,) chances."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder

    names = ["user_id", "item_id"]
    indicators = OneHotEncoder(handle_unknown="ignore").fit(train.select(names).to_numpy())
    fitted = LogisticRegression(max_iter=300).fit(indicators.transform(train.select(names).to_numpy()), train["click"])
    chances: Float64 = fitted.predict_proba(indicators.transform(rows.select(names).to_numpy()))[:, 1]
    return chances


def later_figures(judged: Sequence[Judged]) -> list[Figure]:
    """Later rows: the aim set for the rows kept elsewhere, and the same distance from the biases on these."""
    told, plain = ([one.auc(name) for one in judged] for name in ("whole", "biases"))
    rows = sum(len(one.labels) for one in judged)
    what = f"MovieLens with posters, AUC of later interactions, mean of {len(judged)} windows of time"
    return [
        _beside_biases("ctr.2.later.auc", what, told, plain, 0.725, rows),
        _over_biases("ctr.2.later.over_biases", f"{what}: above the biases", told, plain, 0.0075, rows),
    ]


def cold_figures(folds: Sequence[Judged], *, quick: bool = False) -> list[Figure]:
    """Items never shown: AUC, the share of the cold gap that content gives back, and what each modality adds."""
    rows = sum(len(one.labels) for one in folds)
    told, plain = ([one.auc(name) for one in folds] for name in ("whole", "biases"))
    what = f"MovieLens with posters, AUC of items never shown, mean of {len(folds)} folds of items"
    figures = [
        _beside_biases("ctr.2.cold.auc", what, told, plain, 0.715, rows),
        _over_biases("ctr.2.cold.over_biases", f"{what}: above the biases", told, plain, 0.071, rows),
        _gap_figure(folds),
    ]
    replicates = QUICK_REPLICATES if quick else REPLICATES
    for key, first, second, added in (
        ("image", "image alone", "no content", "the image alone adds to identifiers and facts about users"),
        ("words", "words alone", "no content", "the words alone add to identifiers and facts about users"),
        ("image_left_out", "whole", "without image", "shown apart: the image adds to everything else"),
        ("words_left_out", "whole", "without words", "shown apart: the words add to everything else"),
    ):
        low, value, high = _difference(folds, first, second, replicates)
        what = f"items never shown, what {added}: {value:+.4f} AUC; the lower end of its 95 % interval over users"
        figures.append(Figure(f"ctr.2.{key}", what, low, "AUC", ">=", 0.0, rows, interval=(low, high)))
    return figures


def _gap_figure(folds: Sequence[Judged]) -> Figure:
    cold, warm, whole = (
        np.array([auc(one.labels[one.gap], one.chances[name][one.gap]) for one in folds])
        for name in ("identifiers", "warm", "whole")
    )
    shares = (whole - cold) / (warm - cold)
    what = (
        f"share of the cold gap given back: without the items' interactions identifiers reach {cold.mean():.4f} and "
        f"content {whole.mean():.4f}, identifiers with half of them {warm.mean():.4f} (span of the folds)"
    )
    share = float((whole - cold).mean() / (warm - cold).mean())
    rows = int(sum(one.gap.sum() for one in folds))
    return Figure("ctr.2.gap", what, share, "", ">=", 0.6, rows, interval=(float(shares.min()), float(shares.max())))


def _difference(folds: Sequence[Judged], first: str, second: str, replicates: int) -> tuple[float, float, float]:
    """Lower end, value and upper end of the mean over folds of the difference in AUC; users are drawn."""
    number = np.repeat(np.arange(len(folds)), [len(one.labels) for one in folds])
    labels, users = (np.concatenate([getattr(one, name) for one in folds]) for name in ("labels", "users"))
    one, other = (np.concatenate([fold.chances[name] for fold in folds]) for name in (first, second))

    def mean_auc(labels: Float64, number: npt.NDArray[np.int64], chances: Float64) -> float:
        return float(np.mean([auc(labels[number == k], chances[number == k]) for k in range(len(folds))]))

    rng = np.random.default_rng(_SEED)
    found = paired_difference(mean_auc, [labels, number], one, other, rng, replicates, groups=users)
    return found.low, found.value, found.high


def _beside_biases(
    figure_id: str, what: str, told: Sequence[float], plain: Sequence[float], target: float, rows: int
) -> Figure:
    span, rival = (min(told), max(told)), "user and item biases"
    return Figure(
        figure_id, what, float(np.mean(told)), "AUC", ">=", target, rows,
        interval=span, rival=rival, rival_value=float(np.mean(plain)),
    )  # fmt: skip


def _over_biases(
    figure_id: str, what: str, told: Sequence[float], plain: Sequence[float], target: float, rows: int
) -> Figure:
    gains = np.subtract(told, plain)
    span = (float(gains.min()), float(gains.max()))
    return Figure(figure_id, what, float(gains.mean()), "AUC", ">=", target, rows, interval=span)
