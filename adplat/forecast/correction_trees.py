"""Three quantiles of past forecasts' scores by LightGBM: trees small enough for a few hundred campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from adplat.domain import ConfigRejected
from adplat.forecast.arrays import Floats

QUANTILES = (0.1, 0.5, 0.9)
ROUNDS = 120
SETTINGS: dict[str, Any] = {
    "objective": "quantile",
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.7,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True)
class ScoreTrees:
    """LightGBM models as their own text, one a quantile."""

    texts: tuple[str, str, str]

    def quantiles(self, features: Floats) -> tuple[Floats, Floats, Floats]:
        """p10, p50 and p90 of each row, in order."""
        low, middle, high = np.sort(np.stack([model.predict(features) for model in self._models]), axis=0)
        return low, middle, high

    @cached_property
    def _models(self) -> list[Any]:
        import lightgbm

        try:
            return [lightgbm.Booster(model_str=text) for text in self.texts]
        except lightgbm.basic.LightGBMError:
            raise ConfigRejected(
                "a correction whose trees cannot be read", where="trees", hint="learn it again"
            ) from None


def fit_score_trees(features: Floats, scores: Floats, copies: int, seed: int) -> ScoreTrees:
    """From ``(copies · N,)`` scores of ``(N, F)`` features. The same trees for the same rows and seed."""
    import lightgbm

    rows = np.tile(features, (copies, 1))
    settings = SETTINGS | {
        "seed": seed,
        "min_data_in_leaf": min(SETTINGS["min_data_in_leaf"] * copies, len(rows) // 10),
    }
    texts = []
    for level in QUANTILES:
        data = lightgbm.Dataset(rows, np.clip(scores, -6.0, 6.0), free_raw_data=True)
        model = lightgbm.train(settings | {"alpha": level}, data, num_boost_round=ROUNDS)
        texts.append(str(model.model_to_string()))
    return ScoreTrees((texts[0], texts[1], texts[2]))
