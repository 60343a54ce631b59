"""LightGBM over the same indices as categories, stopped early on the same half."""

from __future__ import annotations

from typing import Any

import lightgbm

from .batches import RivalData


def fit_lightgbm(request: dict[str, Any], data: RivalData) -> dict[str, Any]:
    """Its probabilities a split (``chances``), number of leaves as ``parameters``, and rounds as ``epochs``."""
    settings = request["settings"]
    categories = list(range(len(data.names)))
    sets = {
        name: lightgbm.Dataset(
            split.fields.numpy().astype("float32"), split.labels.numpy(), categorical_feature=categories
        )
        for name, split in data.splits.items()
    }
    told = {"objective": "binary", "num_threads": 1, "verbosity": -1, "seed": settings["seed"], **settings["model"]}
    booster = lightgbm.train(
        told,
        sets["train"],
        num_boost_round=settings["epochs"],
        valid_sets=[sets["stop"].set_reference(sets["train"])],
        callbacks=[lightgbm.early_stopping(settings["early_stop_patience"], verbose=False)],
    )
    chances = {
        name: booster.predict(split.fields.numpy().astype("float32"))
        for name, split in data.splits.items()
        if name != "train"
    }
    leaves = sum(tree["num_leaves"] for tree in booster.dump_model()["tree_info"])
    return {"chances": chances, "parameters": leaves, "epochs": booster.best_iteration}
