from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from adplat.ctr.checkpoint import Checkpoints
from adplat.ctr.fit import Fitted, fit_network
from adplat.domain import ConfigRejected
from tests.ctr.builders import quick_fit, quick_model
from tests.ctr.test_fit import SHAPE, examples, quiet

MODEL = quick_model(dropout=0.2, embedding_dropout=0.1, batch_norm=True)
FIT = quick_fit(epochs=4, batch=50, patience=4, decay=0.5, negatives=0.7)


class Stopped(Exception):
    """The run ends here, as a kill would end it."""


def same_weights(one: Fitted, other: Fitted) -> bool:
    mine, theirs = one.network.state_dict(), other.network.state_dict()
    return repr(one.reports) == repr(other.reports) and all(torch.equal(mine[name], theirs[name]) for name in mine)


@pytest.mark.parametrize("tables", ["whole", "rows"])
@pytest.mark.parametrize("stop_at", [1, 5, 17, 33])
def test_a_stopped_run_goes_on_to_the_same_weights(
    tmp_path: Path, tables: str, stop_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit, train, later = replace(FIT, tables=tables), examples(0), examples(1)
    straight = fit_network(SHAPE, MODEL, fit, train, later, 3, quiet)
    every_three = Checkpoints(tmp_path, every_batches=3)
    written: list[int] = []
    save = Checkpoints.save

    def save_until(self: Checkpoints, *told: object) -> None:
        save(self, *told)  # type: ignore[arg-type]
        written.append(1)
        if len(written) == max(stop_at // 3, 1):
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "save", save_until)
        with pytest.raises(Stopped):
            fit_network(SHAPE, MODEL, fit, train, later, 3, quiet, every_three)
    again = fit_network(SHAPE, MODEL, fit, train, later, 3, quiet, every_three)
    assert same_weights(straight, again)
    epochs: list[str] = []
    finished = fit_network(SHAPE, MODEL, fit, train, later, 3, lambda *told: epochs.append(told[2]), every_three)
    assert same_weights(straight, finished)
    assert not epochs


LONG = replace(FIT, epochs=40, patience=40)


def test_a_killed_process_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from adplat.ctr.checkpoint import Checkpoints\n"
        "from adplat.ctr.fit import fit_network\n"
        "from tests.ctr.test_checkpoint import LONG, MODEL\n"
        "from tests.ctr.test_fit import SHAPE, examples, quiet\n"
        "kept = Checkpoints(Path(sys.argv[1]), every_batches=4)\n"
        "fit_network(SHAPE, MODEL, LONG, examples(0), None, 3, quiet, kept)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], env=environment)
    checkpoints = Checkpoints(tmp_path, every_batches=4)
    while not checkpoints.path.exists() and child.poll() is None:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    told: list[str] = []
    again = fit_network(SHAPE, MODEL, LONG, examples(0), None, 3, lambda *word: told.append(word[2]), checkpoints)
    assert len(again.reports) == 40 > len(told) - 1
    assert same_weights(fit_network(SHAPE, MODEL, LONG, examples(0), None, 3, quiet), again)


@pytest.mark.parametrize(
    "change", [{"rate": 0.5}, {"embedding_penalty": 0.1}, {"batch": 51}], ids=["rate", "penalty", "batch"]
)
def test_the_checkpoint_of_another_run_is_refused(tmp_path: Path, change: dict[str, float]) -> None:
    fit_network(SHAPE, MODEL, FIT, examples(0), None, 3, quiet, Checkpoints(tmp_path))
    with pytest.raises(ConfigRejected, match="another config, seed or table"):
        fit_network(SHAPE, MODEL, replace(FIT, **change), examples(0), None, 3, quiet, Checkpoints(tmp_path))
    with pytest.raises(ConfigRejected, match="another config, seed or table"):
        fit_network(SHAPE, MODEL, FIT, examples(9), None, 3, quiet, Checkpoints(tmp_path))


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    kept = Checkpoints(tmp_path)
    fit_network(SHAPE, MODEL, replace(FIT, epochs=1), examples(0), None, 3, quiet, kept)
    kept.path.write_bytes(kept.path.read_bytes()[:200])
    with pytest.raises(ConfigRejected, match="cannot be read"):
        fit_network(SHAPE, MODEL, replace(FIT, epochs=1), examples(0), None, 3, quiet, kept)


WORKER = """
import sys; from pathlib import Path
import torch; import torch.distributed as dist
from adplat.ctr.checkpoint import Checkpoints
from adplat.ctr.epoch import Crew
from adplat.ctr.fit import fit_network
from tests.ctr.test_checkpoint import TOGETHER
from tests.ctr.test_fit import SHAPE, examples, quiet
from tests.ctr.builders import quick_model
rank, folder = int(sys.argv[1]), Path(sys.argv[2])
dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
def average(tensors):
    for tensor in tensors:
        dist.all_reduce(tensor)
        tensor.div_(2)
kept = Checkpoints(folder, f"worker{rank}")
fit_network(SHAPE, quick_model(), TOGETHER, examples(0), examples(1), 3, quiet, kept, Crew(rank, 2, average))
"""
TOGETHER = quick_fit(epochs=2, batch=60)


def test_two_workers_with_averaged_gradients_are_one(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, str(rank), str(tmp_path)], env=environment) for rank in (0, 1)
    ]
    alone = fit_network(SHAPE, quick_model(), TOGETHER, examples(0), examples(1), 3, quiet, Checkpoints(tmp_path))
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0]
    first, second = (load_file(tmp_path / f"worker{rank}.safetensors") for rank in (0, 1))
    for name, value in alone.network.state_dict().items():
        assert torch.equal(first[f"best.{name}"], second[f"best.{name}"]), name
        assert torch.allclose(first[f"best.{name}"], value, atol=1e-5), name


def test_half_precision_learns_the_same() -> None:
    train, later = examples(0, 2000), examples(1)
    fit = quick_fit(epochs=30, patience=30)
    areas = [
        max(
            report.auc
            for report in fit_network(SHAPE, quick_model(), replace(fit, bf16=bf16), train, later, 0, quiet).reports
        )
        for bf16 in (False, True)
    ]
    assert areas[1] == pytest.approx(areas[0], abs=0.02)
