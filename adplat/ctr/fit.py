"""The training loop: shuffled batches of arrays, early stopping on a later split, best weights kept."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from adplat import statistics
from adplat.ctr.config import FitConfig, ModelConfig
from adplat.ctr.corruption import corrupt
from adplat.ctr.examples import Examples, Inputs, assemble, take_rows
from adplat.ctr.losses import entire_space_loss
from adplat.ctr.network import Network
from adplat.ctr.shape import NetworkShape
from adplat.domain import Progress, TableRejected

Float64 = npt.NDArray[np.float64]
_SCORING_BATCH = 8192


@dataclass(frozen=True)
class EpochReport:
    """Mean training loss of one epoch and what the later split said (NaN without one)."""

    epoch: int
    loss: float
    logloss: float
    auc: float


@dataclass(frozen=True)
class Fitted:
    """A trained network, how many epochs made it, and the story of its epochs."""

    network: Network
    epochs: int
    reports: tuple[EpochReport, ...]


def fit_network(
    shape: NetworkShape,
    model: ModelConfig,
    fit: FitConfig,
    train: Examples,
    later: Examples | None,
    seed: int,
    progress: Progress,
) -> Fitted:
    """Train one network. Without ``later`` it runs for exactly ``fit.epochs``.

    The same seed, data and thread count give the same weights. Torch's global generator is left as it was.

    Raises:
        TableRejected: no rows, or only one class to learn from.
    """
    refuse_one_class(train)
    torch.set_num_threads(fit.threads)
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(shape, model)
        _start_at_mean_rates(network, train)
        optimiser = _optimiser(network, fit)
        best, best_epoch, best_gain, idle = copy.deepcopy(network.state_dict()), 0, -np.inf, 0
        reports: list[EpochReport] = []
        for epoch in range(1, fit.epochs + 1):
            loss = _epoch(network, optimiser, train, fit, rng)
            report = _report(epoch, loss, network, later)
            reports.append(report)
            progress(epoch, fit.epochs, _told(report))
            gain = float(epoch) if later is None else report.auc if fit.monitor == "auc" else -report.logloss
            if gain > best_gain:
                best, best_epoch, best_gain, idle = copy.deepcopy(network.state_dict()), epoch, gain, 0
                continue
            idle += 1
            for group in optimiser.param_groups:
                group["lr"] *= fit.decay
            if idle >= fit.patience:
                break
    network.load_state_dict(best)
    return Fitted(network.eval(), best_epoch, tuple(reports))


def refuse_one_class(train: Examples) -> None:
    """Raises TableRejected where there is nothing to tell apart."""
    clicks = int(train.labels[:, 0].sum())
    if not 0 < clicks < len(train):
        raise TableRejected(
            f"{clicks} of {len(train)} training rows are positive",
            where="click",
            hint="give rows of both outcomes",
        )


def predict_logits(network: nn.Module, examples: Examples) -> Float64:
    """Uncalibrated logits (N, H) of all rows."""
    network.eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(examples), _SCORING_BATCH):
            part = slice(start, start + _SCORING_BATCH)
            inputs = assemble(examples.items, take_rows(examples.rows, part), examples.record[part])
            parts.append(network(as_tensors(inputs)).numpy().astype(np.float64))
    return np.concatenate(parts)


def as_tensors(inputs: Inputs) -> dict[str, torch.Tensor]:
    """The same memory as tensors."""
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in inputs.items()}


def _start_at_mean_rates(network: Network, train: Examples) -> None:
    """Heads begin at the mean click rate and the mean conversion rate of clicks: rare events need no epochs to
    find out that they are rare."""
    clicked = train.labels[:, 0]
    rates = [clicked.mean()]
    if train.labels.shape[1] > 1:
        rates.append((clicked * train.labels[:, 1]).sum() / max(float(clicked.sum()), 1.0))
    rate = np.clip(np.array(rates, dtype=np.float64), 1e-4, 1 - 1e-4)
    with torch.no_grad():
        network.heads.bias.copy_(torch.from_numpy(np.log(rate / (1.0 - rate))))


def _optimiser(network: Network, fit: FitConfig) -> torch.optim.Optimizer:
    tables = {id(weight) for weight in network.embedding_weights()}
    dense = [weight for weight in network.parameters() if id(weight) not in tables]
    return torch.optim.AdamW(
        [
            {"params": dense, "weight_decay": fit.weight_decay},
            {"params": network.embedding_weights(), "weight_decay": 0.0},
        ],
        lr=fit.rate,
    )


def _epoch(
    network: Network,
    optimiser: torch.optim.Optimizer,
    train: Examples,
    fit: FitConfig,
    rng: np.random.Generator,
) -> float:
    network.train()
    total = 0.0
    kept = _kept_rows(train.labels[:, 0], fit.negatives, rng)
    for index in _shuffled_batches(kept, fit.batch, rng):
        inputs = assemble(train.items, take_rows(train.rows, index), train.record[index])
        corrupt(inputs, network.shape, network.config, rng)
        labels = train.labels[index]
        # A kept negative stands for those left out of this epoch, so the loss keeps its mean.
        weights = np.where(labels[:, 0] > 0.5, 1.0, 1.0 / fit.negatives).astype(np.float32)
        loss = entire_space_loss(network(as_tensors(inputs)), torch.from_numpy(labels), torch.from_numpy(weights))
        total += float(loss.detach()) * len(index)
        if fit.embedding_penalty:
            squares = torch.stack([weight.square().sum() for weight in network.embedding_weights()]).sum()
            loss = loss + 0.5 * fit.embedding_penalty * squares
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves Tensor.backward untyped
        optimiser.step()
    return total / len(kept)


def _kept_rows(clicked: npt.NDArray[np.float32], negatives: float, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """All positives and a fresh share of the negatives: rare clicks need not be paid for with every row."""
    if negatives >= 1.0:
        return np.arange(len(clicked))
    return np.flatnonzero((clicked > 0.5) | (rng.random(len(clicked)) < negatives))


def _shuffled_batches(
    rows: npt.NDArray[np.int64], batch: int, rng: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    order = rng.permutation(rows)
    for start in range(0, len(rows), batch):
        index = order[start : start + batch]
        # One lonely row cannot be batch-normalised; it comes again in the next epoch's shuffle.
        if len(index) > 1 or len(rows) == 1:
            yield index


def _report(epoch: int, loss: float, network: Network, later: Examples | None) -> EpochReport:
    if later is None:
        return EpochReport(epoch, loss, float("nan"), float("nan"))
    clicks = later.labels[:, 0].astype(np.float64)
    chances = 1.0 / (1.0 + np.exp(-predict_logits(network, later)[:, 0]))
    both = 0.0 < clicks.sum() < len(clicks)
    area = statistics.auc(clicks, chances) if both else float("nan")
    return EpochReport(epoch, loss, statistics.logloss(clicks, chances), area)


def _told(report: EpochReport) -> str:
    later = "" if np.isnan(report.logloss) else f", later logloss {report.logloss:.4f}, AUC {report.auc:.4f}"
    return f"training: epoch {report.epoch}, loss {report.loss:.4f}{later}"
