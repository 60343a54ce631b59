from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from adplat.ctr import FitTask, NetworkFit
from adplat.domain import InternalFault
from adplat.runners import RayMachines, fit_over
from tests.ctr.builders import quick_fit, quick_model
from tests.ctr.test_fit import SHAPE, examples, quiet

# Sums of gradients are taken in another order; over these epochs weights differ by 4e-7.
TOLERANCE = 1e-5


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


def test_a_worker_that_fails_is_our_fault_and_said_so(crew: NetworkFit) -> None:
    nothing = replace(examples(0), labels=np.zeros((600, 1), np.float32))
    with pytest.raises(InternalFault, match="a worker failed in training"):
        crew(replace(task(), train=nothing), quiet)
