"""DeepCTR-Torch's DCN with a full matrix (DCN-M), trained by its own ``fit``."""

from __future__ import annotations

from typing import Any

from deepctr_torch.callbacks import EarlyStopping
from deepctr_torch.inputs import SparseFeat
from deepctr_torch.models import DCN

from .batches import RivalData, Split

_SCORING_BATCH = 8192


def fit_deepctr(request: dict[str, Any], data: RivalData) -> dict[str, Any]:
    """Its probabilities a split (``chances``), number of parameters and epochs."""
    settings = request["settings"]
    fields = [
        SparseFeat(name, size, embedding_dim=settings["embedding_dim"])
        for name, size in zip(data.names, data.sizes, strict=True)
    ]
    model = DCN(fields, fields, cross_parameterization="matrix", seed=settings["seed"], **settings["model"])
    model.compile(settings["optimizer"], "binary_crossentropy", metrics=["auc"])
    stopping = EarlyStopping(
        monitor="val_auc", mode="max", patience=settings["early_stop_patience"], restore_best_weights=True
    )
    train, stop = data.splits["train"], data.splits["stop"]
    history = model.fit(
        _columns(data, train),
        train.labels.numpy(),
        batch_size=settings["batch_size"],
        epochs=settings["epochs"],
        verbose=0,
        validation_data=(_columns(data, stop), stop.labels.numpy()),
        callbacks=[stopping],
    )
    chances = {
        name: model.predict(_columns(data, split), _SCORING_BATCH).ravel()
        for name, split in data.splits.items()
        if name != "train"
    }
    return {
        "chances": chances,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "epochs": len(history.epoch),
    }


def _columns(data: RivalData, split: Split) -> dict[str, Any]:
    return {name: split.fields[:, number].numpy() for number, name in enumerate(data.names)}
