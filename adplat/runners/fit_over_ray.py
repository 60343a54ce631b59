"""Training one network over Ray Train: each worker runs ``fit_network`` on its part of every batch.

The rows are put into Ray's object store once and mapped by the workers of a machine. Torch's gloo stands between
the backward pass and the step; Ray Train starts the workers, joins them into one group and ends them.
"""

from __future__ import annotations

import logging
import queue
import tempfile
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adplat.domain import InternalFault, Progress
from adplat.runners.ray_machines import RayMachines, last_line

if TYPE_CHECKING:
    from torch import Tensor

    from adplat.ctr import FitTask, Fitted, NetworkFit

_LOOK_S = 0.2


def fit_over(machines: RayMachines) -> NetworkFit:
    """Train networks on these machines, which are started for the first of them."""

    def fit(task: FitTask, progress: Progress) -> Fitted:
        machines.start()
        return _fit(task, machines.workers, progress)

    return fit


def _fit(task: FitTask, workers: int, progress: Progress) -> Fitted:
    import ray
    from ray.train import RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer
    from ray.util.queue import Empty, Queue

    logging.getLogger("ray.train").setLevel(logging.ERROR)
    words = Queue(actor_options={"num_cpus": 0})
    with tempfile.TemporaryDirectory(prefix="adplat-ray-train-") as folder:
        trainer = TorchTrainer(
            train_with_the_others,  # type: ignore[arg-type]  # what rank 0 returns is the run's answer
            train_loop_config={"task": ray.put(task), "words": words},
            torch_config=TorchConfig(backend="gloo"),
            scaling_config=ScalingConfig(num_workers=workers, resources_per_worker={"CPU": 1}),
            run_config=RunConfig(name="fit", storage_path=folder),
        )
        # Not in this thread, where Ray would take Ctrl-C for itself.
        told: queue.SimpleQueue[Fitted | BaseException] = queue.SimpleQueue()
        threading.Thread(target=_run, args=(trainer, told), daemon=True).start()
        answer = None
        while answer is None:
            try:
                progress(*words.get(timeout=_LOOK_S))
            except Empty:
                answer = None if told.empty() else told.get()
    words.shutdown()
    if isinstance(answer, BaseException):
        raise InternalFault(
            f"a worker failed in training: {last_line(answer)}", where="Ray Train", hint="see the lines of the worker"
        ) from answer
    return answer


def _run(trainer: Any, told: queue.SimpleQueue[Fitted | BaseException]) -> None:
    try:
        told.put(trainer.fit().return_value)
    except BaseException as reason:  # noqa: BLE001 - it is raised again in the thread that waits
        told.put(reason)


def train_with_the_others(given: dict[str, Any]) -> Fitted | None:
    """What each worker runs; the first tells how it goes and what came of it."""
    import ray
    from ray.train import get_context

    from adplat.ctr import Crew

    context, words = get_context(), given["words"]
    rank = context.get_world_rank()

    def progress(done: int, total: int, what: str) -> None:
        if rank == 0:
            words.put((done, total, what))

    task: FitTask = ray.get(given["task"])
    fitted = task.run(progress, Crew(rank, context.get_world_size(), average))
    return fitted if rank == 0 else None


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
