"""What the multimodal network has to beat, under the same rows, split and measures.

* ``id_only``: the very same network and training without image and text;
* ``lightgbm``: gradient-boosted trees (Ke et al. 2017) over every input flattened, images and texts as
  the vectors the network sees, histories as lengths and content cosines.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from adplat.ctr.examples import Examples, without_content
from adplat.ctr.fit import refuse_one_class

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
_CHUNK = 8192
_CONTENT_COLUMNS = 16  # whitened vectors come in falling order of variance; trees drown in more
_ROUNDS, _PATIENCE = 600, 40


def without_content_examples(examples: Examples) -> Examples:
    """The rows as ``id_only`` sees them."""
    record = examples.record if examples.plain_record is None else examples.plain_record
    return replace(examples, items=without_content(examples.items), record=record)


def lightgbm_logits(train: Examples, later: Examples, seed: int, threads: int) -> Float64:
    """Raw log-odds (N,) of the later rows, early stopped on them like the network.

    Raises TableRejected where the training rows hold one class only.
    """
    import lightgbm

    refuse_one_class(train)
    features, categorical = flattened(train)
    data = lightgbm.Dataset(features, train.labels[:, 0].copy(), categorical_feature=categorical, free_raw_data=False)
    later_features, _ = flattened(later)
    held_out = lightgbm.Dataset(later_features, later.labels[:, 0].copy(), reference=data)
    parameters = {
        "objective": "binary",
        "learning_rate": 0.05,
        "num_leaves": 31,
        "min_data_in_leaf": 40,
        "feature_fraction": 0.7,
        "cat_smooth": 20.0,
        "seed": seed,
        "num_threads": threads,
        "deterministic": True,
        "verbosity": -1,
    }
    booster = lightgbm.train(
        parameters,
        data,
        num_boost_round=_ROUNDS,
        valid_sets=[held_out],
        callbacks=[lightgbm.early_stopping(_PATIENCE, verbose=False)],
    )
    return np.asarray(booster.predict(later_features, raw_score=True), dtype=np.float64)


def flattened(examples: Examples) -> tuple[Float32, list[int]]:
    """(N, columns) and the numbers of the categorical columns."""
    items, rows = examples.items, examples.rows
    categorical = np.concatenate([items.categorical[rows.item], rows.categorical], axis=1).astype(np.float32)
    parts = [
        categorical,
        items.numeric[rows.item],
        items.image[rows.item][:, :_CONTENT_COLUMNS],
        items.text[rows.item][:, :_CONTENT_COLUMNS],
        rows.numeric,
        examples.record,
    ]
    for bags, place in ((items.bags, rows.item), (rows.bags, np.arange(len(rows)))):
        parts += [_many_hot(bags[:, number])[place] for number in range(bags.shape[1])]
    if rows.history.shape[1]:
        parts.append(_history_columns(examples))
    return np.concatenate(parts, axis=1).astype(np.float32), list(range(categorical.shape[1]))


def _many_hot(bag: npt.NDArray[np.int32]) -> Float32:
    """(X, K) indices to (X, up to 64) flags of the values with the lowest index."""
    width = min(int(bag.max(initial=0)) + 1, 65)
    flags = np.zeros((len(bag), width), np.float32)
    row, column = np.nonzero((bag > 0) & (bag < width))
    flags[row, bag[row, column]] = 1.0
    return flags[:, 1:]


def _history_columns(examples: Examples) -> Float32:
    """Per sequence: its length, and the mean and highest cosine of each modality with the target."""
    items, rows = examples.items, examples.rows
    contents = [_unit(content) for content in (items.image, items.text) if content.shape[1]]
    chunks = []
    for start in range(0, len(rows), _CHUNK):
        history, target = rows.history[start : start + _CHUNK], rows.item[start : start + _CHUNK]
        real = history > 0
        columns = [real.sum(2)]
        for content in contents:
            cosine = np.einsum("nsld,nd->nsl", content[history], content[target]) * real
            columns += [cosine.sum(2) / np.maximum(real.sum(2), 1), cosine.max(2, initial=0.0)]
        chunks.append(np.concatenate(columns, axis=1))
    return np.concatenate(chunks).astype(np.float32)


def _unit(content: Float32) -> Float32:
    length = np.linalg.norm(content, axis=1, keepdims=True)
    unit: Float32 = content / np.maximum(length, 1e-6)
    return unit
