"""What can be asked of a rival: fit and predict, time its forward pass, time its training."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .batches import LABEL, RivalData, Split, TensorBatches

Request = dict[str, Any]
_SCORING_BATCH = 8192
_OPEN: dict[str, Any] = {}


def answer(request: Request) -> dict[str, Any]:
    """The answer to one request; a failure is told, not raised, so that the parent can say what happened."""
    torch.set_num_threads(int(request.get("threads", 1)))
    try:
        return _COMMANDS[request["command"]](request)
    except Exception as reason:  # noqa: BLE001 - whatever a foreign package raises belongs to the parent
        return {"error": f"{type(reason).__name__}: {reason}"}


def fit(request: Request) -> dict[str, Any]:
    """Train on ``train``, stop on ``stop``, write the probabilities of every split to ``scores`` (npz)."""
    data = RivalData.read(Path(request["data"]))
    start = time.perf_counter()
    if request["package"] == "fuxictr":
        told = _fit_fuxictr(request, data)
    elif request["package"] == "deepctr-torch":
        from .deepctr_models import fit_deepctr

        told = fit_deepctr(request, data)
    else:
        from .lightgbm_model import fit_lightgbm

        told = fit_lightgbm(request, data)
    np.savez(Path(request["scores"]), **told.pop("chances"))
    return {**told, "seconds": time.perf_counter() - start}


def _fit_fuxictr(request: Request, data: RivalData) -> dict[str, Any]:
    model = _built(request, data)
    settings = request["settings"]
    batch = int(settings["batch_size"])
    model.fit(
        TensorBatches(data.names, data.splits["train"], batch, shuffle=True),
        epochs=int(settings["epochs"]),
        validation_data=TensorBatches(data.names, data.splits["stop"], _SCORING_BATCH, shuffle=False),
    )
    chances = {
        name: model.predict(TensorBatches(data.names, split, _SCORING_BATCH, shuffle=False))
        for name, split in data.splits.items()
        if name != "train"
    }
    return {"chances": chances, "parameters": _parameters(model), "epochs": model._epoch_index + 1}


def _built(request: Request, data: RivalData) -> Any:
    from .fuxictr_models import build

    return build(request["model"], data.names, data.sizes, request["settings"], Path(request["folder"]))


def _parameters(model: Any) -> int:
    return sum(weight.numel() for weight in model.parameters())


def open_model(request: Request) -> dict[str, Any]:
    """Keep a FuxiCTR model (its checkpoint where there is one) and ``rows`` rows of ``split`` for ``forward``."""
    data = RivalData.read(Path(request["data"]))
    model = _built(request, data)
    trained = Path(model.checkpoint).is_file()
    if trained:
        model.load_weights(model.checkpoint)
    split, rows = data.splits[request["split"]], int(request["rows"])
    part = Split(split.fields[:rows], split.labels[:rows])
    (batch,) = TensorBatches(data.names, part, rows, shuffle=False)
    batch.pop(LABEL)
    _OPEN.update(model=model.eval(), batch={name: column.contiguous() for name, column in batch.items()}, rows=rows)
    return {"trained": trained, "parameters": _parameters(model)}


def forward(request: Request) -> dict[str, Any]:
    """Milliseconds of each warm forward pass of the opened rows within ``seconds``."""
    model, batch, until = _OPEN["model"], _OPEN["batch"], time.perf_counter() + float(request["seconds"])
    taken: list[float] = []
    with torch.inference_mode():
        model(batch)
        while time.perf_counter() < until or not taken:
            start = time.perf_counter()
            model(batch)
            taken.append(1e3 * (time.perf_counter() - start))
    return {"ms": taken, "rows": _OPEN["rows"]}


def train_speed(request: Request) -> dict[str, Any]:
    """Rows a second of FuxiCTR's own ``train_step`` over ready batches, warm, for ``seconds``.

    The batches are cut before the clock starts: what its file loader costs is not counted against it.
    """
    if "speed" not in _OPEN or _OPEN["speed_key"] != (request["model"], request["data"]):
        data = RivalData.read(Path(request["data"]))
        model = _built(request, data)
        model._max_gradient_norm = 10.0  # what ``fit`` sets by default
        model.train()
        batches = list(TensorBatches(data.names, data.splits["train"], request["settings"]["batch_size"], shuffle=True))
        full = [batch for batch in batches if len(batch[LABEL]) == request["settings"]["batch_size"]]
        _OPEN.update(speed=(model, full), speed_key=(request["model"], request["data"]))
        for batch in full[:3]:
            model.train_step(batch)
    model, batches = _OPEN["speed"]
    rows, start = 0, time.perf_counter()
    while time.perf_counter() - start < float(request["seconds"]):
        batch = batches[(rows // len(batches[0][LABEL])) % len(batches)]
        model.train_step(batch)
        rows += len(batch[LABEL])
    return {"rows_per_s": rows / (time.perf_counter() - start), "rows": rows}


def experiment_statistics(request: Request) -> dict[str, Any]:
    """Limits and p-values by statsmodels and tea-tasting."""
    from .experiment_statistics import experiment_statistics as told

    return told(request)


def forecast_prophet(request: Request) -> dict[str, Any]:
    """A daily series by Prophet."""
    from .series_prophet import forecast_prophet as told

    return told(request)


def _bandit(command: str) -> Callable[[Request], dict[str, Any]]:
    def told(request: Request) -> dict[str, Any]:
        from . import bandit_players

        found: dict[str, Any] = getattr(bandit_players, command)(request)
        return found

    return told


_COMMANDS = {
    "fit": fit,
    "open": open_model,
    "forward": forward,
    "train_speed": train_speed,
    "experiment_statistics": experiment_statistics,
    "forecast_prophet": forecast_prophet,
    "play_bandit": _bandit("play_bandit"),
    "open_bandit": _bandit("open_bandit"),
    "time_bandit": _bandit("time_bandit"),
}
