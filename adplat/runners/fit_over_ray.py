"""Training networks over Ray Train: each worker runs ``fit_network`` on its part of every batch.

One Ray Train run serves all networks of a command, because starting its workers takes longer than many a fit. The
rows of a network are put into Ray's object store once and mapped by the workers of a machine; torch's gloo stands
between the backward pass and the step.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from adplat.domain import InternalFault, Progress
from adplat.runners.ray_machines import RayMachines, last_line

if TYPE_CHECKING:
    from torch import Tensor

    from adplat.ctr import FitTask, Fitted, NetworkFit

_LOOK_S = 0.1
_END_S = 30.0


def fit_over(machines: RayMachines) -> NetworkFit:
    """Train networks on these machines, which are started for the first of them and wait for the next."""
    crews: list[_Crew] = []

    def fit(task: FitTask, progress: Progress) -> Fitted:
        if not crews:
            machines.start()
            crews.append(machines.keep(_working(machines.workers)))
        return crews[0].fit(task, progress)

    return fit


class Board:
    """Where the caller and the workers leave word for each other: an actor of its own."""

    def __init__(self) -> None:
        self._tasks: list[Any] = []
        self._words: list[Any] = []

    def give(self, task: list[Any] | None) -> None:
        """The next task, wrapped so that Ray hands on the reference alone; ``None`` sends everybody home."""
        self._tasks = [*(None for _ in self._tasks), (task,)]

    def task(self, number: int) -> Any:
        """``(task,)``, or ``None`` where it is not there yet."""
        return self._tasks[number] if number < len(self._tasks) else None

    def say(self, word: Any) -> None:
        """Words of progress, or the network that was fitted."""
        self._words.append(word)

    def hear(self) -> list[Any]:
        """All that was said since the last call."""
        words, self._words = self._words, []
        return words


class _Crew:
    """The caller's side of one run of Ray Train."""

    def __init__(self, board: Any, ended: Future[None]) -> None:
        self._board, self._ended = board, ended

    def fit(self, task: FitTask, progress: Progress) -> Fitted:
        """Raises InternalFault where a worker failed."""
        import ray

        kept = ray.put(task)
        ray.get(self._board.give.remote([kept]))
        while True:
            over = self._ended.done()  # asked first: what was said before the end is then heard
            for word in ray.get(self._board.hear.remote()):
                if not isinstance(word, tuple):
                    fitted: Fitted = word
                    return fitted
                progress(*word)
            if over:
                reason = self._ended.exception()
                raise InternalFault(
                    f"a worker failed in training: {last_line(reason or EOFError('it ended early'))}",
                    where="Ray Train",
                    hint="train without --workers, or see Ray's logs of the worker",
                ) from reason
            time.sleep(_LOOK_S)


@contextmanager
def _working(workers: int) -> Iterator[_Crew]:
    import ray
    from ray.train import RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    logging.getLogger("ray.train").setLevel(logging.ERROR)
    board: Any = ray.remote(num_cpus=0)(Board).remote()
    with tempfile.TemporaryDirectory(prefix="adplat-ray-train-") as folder:
        trainer = TorchTrainer(
            work_for,
            train_loop_config={"board": board},
            torch_config=TorchConfig(backend="gloo"),
            scaling_config=ScalingConfig(num_workers=workers, resources_per_worker={"CPU": 1}),
            run_config=RunConfig(name="fit", storage_path=folder),
        )
        # Not in the main thread, where Ray would take Ctrl-C for itself.
        ended: Future[None] = Future()
        thread = threading.Thread(target=_run, args=(trainer, ended), daemon=True)
        thread.start()
        yield _Crew(board, ended)
        # In order where all went well; after an error or Ctrl-C the end of Ray ends them too.
        ray.get(board.give.remote(None))
        thread.join(_END_S)


def _run(trainer: Any, ended: Future[None]) -> None:
    try:
        trainer.fit()
    except BaseException as reason:  # noqa: BLE001 - it is raised again in the thread that waits
        ended.set_exception(reason)
    else:
        ended.set_result(None)


def work_for(given: dict[str, Any]) -> None:
    """What each worker runs: one task after the other; the first tells how it goes and what came of it."""
    import ray
    from ray.train import get_context

    from adplat.ctr import Crew

    context, board = get_context(), given["board"]
    rank = context.get_world_rank()
    crew = Crew(rank, context.get_world_size(), average)

    def progress(done: int, total: int, what: str) -> None:
        if rank == 0:
            board.say.remote((done, total, what))

    number = 0
    while True:
        found = ray.get(board.task.remote(number))
        if found is None:
            time.sleep(_LOOK_S)
            continue
        if found[0] is None:
            return
        task: FitTask = ray.get(found[0][0])
        fitted = task.run(progress, crew)
        if rank == 0:
            ray.get(board.say.remote(fitted))
        number += 1


def average(tensors: Sequence[Tensor]) -> None:
    """Replace them by their mean over the workers: one message for all, since each costs a round trip."""
    import torch
    from torch import distributed

    if not tensors:
        return
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    parts = torch.split(flat, [tensor.numel() for tensor in tensors])
    for tensor, part in zip(tensors, parts, strict=True):
        tensor.copy_(part.view_as(tensor))
