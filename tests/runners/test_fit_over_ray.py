from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from adplat.ctr import FitTask, NetworkFit, verify_bundle
from adplat.domain import InternalFault
from adplat.flows.train_model import train_model
from adplat.runners import RayMachines, fit_over
from tests.ctr.builders import quick_fit, quick_model, shop_folder
from tests.ctr.test_fit import SHAPE, examples, quiet
from tests.flows.test_train_model import CLOCK, shop_config

# Sums of gradients are taken in another order; over these epochs weights differ by 4e-7.
TOLERANCE = 1e-5
# Nothing is drawn while it trains: each worker draws by itself, so that dropout alone makes another network.
PLAIN = {
    "embedding": 4,
    "tower": 3,
    "interest": 4,
    "hidden": [8],
    "cross_layers": 1,
    "record": "ordered",
    "dropout": 0.0,
    "modality_dropout": 0.0,
}


@pytest.fixture(scope="module")
def crew(machines: RayMachines) -> Iterator[NetworkFit]:
    """Two workers of one Ray Train run."""
    with RayMachines(2) as mine:
        yield fit_over(mine)


def task(seed: int = 3) -> FitTask:
    return FitTask(SHAPE, quick_model(), quick_fit(epochs=3, batch=60), examples(0), examples(1), seed)


def test_two_workers_train_the_network_of_one(crew: NetworkFit) -> None:
    for seed in (3, 4):  # the second network finds the workers waiting
        spoken: list[str] = []
        alone = task(seed).run(quiet)
        shared = crew(task(seed), lambda done, total, what, spoken=spoken: spoken.append(what))
        for name, value in alone.network.state_dict().items():
            assert torch.allclose(shared.network.state_dict()[name], value, atol=TOLERANCE), name
        assert shared.epochs == alone.epochs
        for one, other in zip(shared.reports, alone.reports, strict=True):
            assert (one.loss, one.logloss, one.auc) == pytest.approx(
                (other.loss, other.logloss, other.auc), abs=TOLERANCE
            )
        assert sum("epoch" in what for what in spoken) == 3
        assert not shared.network.training


def test_a_refit_runs_for_exactly_the_epochs_given(crew: NetworkFit) -> None:
    given = replace(task(), later=None)
    assert crew(given, quiet).epochs == given.run(quiet).epochs == 3


def test_the_rest_of_a_bundle_is_made_as_with_one_worker(crew: NetworkFit, tmp_path: Path) -> None:
    data, config = shop_folder(tmp_path / "data"), shop_config(tmp_path, model=PLAIN, baselines=["id_only"])
    made = [
        train_model(
            config, data, tmp_path / name, cache_dir=tmp_path / "cache", clock=CLOCK, progress=quiet, network_fit=fit
        )
        for name, fit in (("alone", None), ("shared", crew))
    ]
    alone, shared = made
    assert verify_bundle(Path(shared.bundle.path)) == shared.bundle
    for one, other in ((alone.metrics, shared.metrics), (alone.baselines["id_only"], shared.baselines["id_only"])):
        for figure in ("auc", "logloss"):
            assert one[figure] == pytest.approx(other[figure], abs=1e-4), figure
    assert shared.metrics["epochs"] == alone.metrics["epochs"]


def test_a_worker_that_fails_is_our_fault_and_said_so(crew: NetworkFit) -> None:
    nothing = replace(examples(0), labels=np.zeros((600, 1), np.float32))
    with pytest.raises(InternalFault, match="a worker failed in training"):
        crew(replace(task(), train=nothing), quiet)
