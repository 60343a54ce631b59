"""What a forecast has to beat: a rate times impressions, LightGBM's quantiles on the same columns, last week again."""

from __future__ import annotations

import lightgbm
import numpy as np
from scipy.stats import norm, poisson

from adplat.domain import InternalFault
from adplat.forecast import LEVELS, PastRows
from adplat.statistics import Float64

WEEK = 7


def rate_quantiles(outcomes: Float64, impressions: Float64, ahead: Float64, unit: float = 1.0) -> Float64:
    """``rows x 3``: the overall rate times impressions, with Poisson quantiles; ``unit`` is what one of it is worth."""
    means = ahead * outcomes.sum() / impressions.sum() / unit
    found: Float64 = poisson.ppf(np.array(LEVELS)[None], means[:, None]) * unit
    return found


def quantile_trees(level: float) -> lightgbm.LGBMRegressor:
    """LightGBM's quantile regression at one level, as a rival has it."""
    return lightgbm.LGBMRegressor(
        objective="quantile",
        alpha=level,
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=15,
        min_child_samples=20,
        random_state=1,
        n_jobs=1,
        verbose=-1,
    )


def tree_quantiles(rows: PastRows, outcomes: Float64, ahead: PastRows) -> Float64:
    """``rows x 3``: one LightGBM quantile regression a level, on log impressions and the same columns, sorted."""
    known, unknown = _tree_columns(rows, ahead)
    categories = list(range(1, 1 + len(rows.categories)))
    told = []
    for level in LEVELS:
        model = quantile_trees(level)
        model.fit(known, outcomes, categorical_feature=categories)
        told.append(np.asarray(model.predict(unknown), dtype=np.float64))
    return np.maximum(np.sort(np.stack(told, axis=1), axis=1), 0.0)


def _tree_columns(rows: PastRows, ahead: PastRows) -> tuple[Float64, Float64]:
    if rows.numbers:
        raise InternalFault("numbers are not handed to the trees", hint="add them where these columns are made")
    columns = []
    for part in (rows, ahead):
        parts = [np.log(np.maximum(part.impressions, 1.0))]
        for name, values in part.categories.items():
            place = {value: at for at, value in enumerate(sorted({str(one) for one in rows.categories[name]}))}
            parts.append(np.array([place.get(str(value), -1) for value in values], dtype=np.float64))
        columns.append(np.stack(parts, axis=1))
    return columns[0], columns[1]


def last_week_again(values: Float64, horizon: int) -> Float64:
    """``horizon x 3``: the seasonal naive forecast, its variance growing by the week (Hyndman, Athanasopoulos 2021)."""
    steps = np.arange(horizon)
    middle = values[-WEEK:][steps % WEEK]
    deviation = float(np.std(values[WEEK:] - values[:-WEEK])) * np.sqrt(steps // WEEK + 1.0)
    told: Float64 = np.maximum(middle[:, None] + deviation[:, None] * norm.ppf(LEVELS)[None], 0.0)
    return told
