"""Training one network: epochs, early stopping on a later split, best weights kept, checkpoints on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from adplat import statistics
from adplat.ctr.checkpoint import Checkpoints, EpochReport, Position, run_identity
from adplat.ctr.config import FitConfig, ModelConfig
from adplat.ctr.epoch import ALONE, Crew, Passing, as_tensors, state_of
from adplat.ctr.examples import Examples, assemble, take_rows
from adplat.ctr.losses import entire_space_loss
from adplat.ctr.network import Network
from adplat.ctr.optimisers import Optimisers
from adplat.ctr.shape import NetworkShape
from adplat.domain import Progress, TableRejected

Float64 = npt.NDArray[np.float64]
_SCORING_BATCH = 8192
# A person hears about the inside of an epoch only where it is long.
_BATCHES_BETWEEN_WORDS = 100


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
    checkpoints: Checkpoints | None = None,
    crew: Crew = ALONE,
    watch: Callable[[EpochReport], object] = lambda _report: None,
) -> Fitted:
    """Train one network. Without ``later`` it runs for exactly ``fit.epochs``.

    The same seed, data and thread count give the same weights, also over a kill and another start with the same
    ``checkpoints``. A ``crew`` of workers, each calling this with the same arguments but its rank, trains
    one network together. ``watch`` hears of every epoch and may raise to end the fit. Torch's global generator is
    left as it was.

    Raises:
        TableRejected: no rows, or only one class to learn from.
        ConfigRejected: the checkpoint is of another run.
    """
    refuse_one_class(train)
    torch.set_num_threads(fit.threads)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(shape, model)
        _start_at_mean_rates(network, train)
        # Workers draw alike until here, so that they start from one network, and each by itself from now on.
        torch.manual_seed(seed + 1_000_003 * crew.rank)
        optimisers = Optimisers(network, fit, by_rows=crew.count == 1)
        identity = run_identity(shape, model, fit, train, seed) if checkpoints else ""
        run = _Run(network, optimisers, checkpoints, identity, Position(rate=fit.rate), state_of(network))
        run.resume()
        passing = Passing(network, optimisers, train, fit, seed, crew)
        while not run.position.done and run.position.epoch <= fit.epochs:
            at = run.position
            loss = passing.run(at.epoch, at.batch, at.total, at.rows, _Inside(run, fit, len(train), progress))
            report = _report(at.epoch, loss, network, later)
            run.end_epoch(report, fit, later is not None)
            progress(at.epoch, fit.epochs, _told(report))
            watch(report)
    network.load_state_dict(run.best)
    return Fitted(network.eval(), run.position.best_epoch, run.position.reports)


@dataclass
class _Run:
    """The state of one fit between two batches."""

    network: Network
    optimisers: Optimisers
    checkpoints: Checkpoints | None
    identity: str
    position: Position
    best: dict[str, Tensor]

    def resume(self) -> None:
        """Go on where the checkpoint stands, if there is one."""
        found = self.checkpoints.load(self.identity) if self.checkpoints else None
        if found is None:
            return
        self.position, kept = found
        self.network.load_state_dict(_under("network.", kept))
        self.best = _under("best.", kept)
        self.optimisers.load(_under("optimiser.", kept), self.position.rate)
        torch.set_rng_state(kept["generator"])

    def keep(self) -> None:
        """Write the checkpoint, if one is wanted."""
        if self.checkpoints is None:
            return
        parts = {"network.": self.network.state_dict(), "best.": self.best, "optimiser.": self.optimisers.state()}
        tensors = {start + name: value for start, part in parts.items() for name, value in part.items()}
        # Tables and their copies may share memory with nothing else in a safetensors file.
        self.checkpoints.save(self.identity, self.position, tensors | {"generator": torch.get_rng_state()})

    def end_epoch(self, report: EpochReport, fit: FitConfig, judged: bool) -> None:
        """Judge the epoch: the best weights stay, an idle epoch slows the rate, too many of them end the run."""
        at = self.position
        gain = float(at.epoch) if not judged else _gain(report, fit)
        gain = -np.inf if np.isnan(gain) else gain
        at = replace(at, epoch=at.epoch + 1, batch=0, total=0.0, rows=0, reports=(*at.reports, report))
        if at.best_gain is None or gain > at.best_gain:
            self.best = state_of(self.network)
            at = replace(at, best_epoch=report.epoch, best_gain=gain, idle=0)
        else:
            self.optimisers.slow(fit.decay)
            at = replace(at, idle=at.idle + 1, rate=self.optimisers.rate)
        self.position = replace(at, done=at.idle >= fit.patience or at.epoch > fit.epochs)
        self.keep()


@dataclass
class _Inside:
    """What happens after each batch: now and then a checkpoint and a word to the person who waits."""

    run: _Run
    fit: FitConfig
    rows: int
    progress: Progress

    def __call__(self, batch: int, total: float, rows: int) -> None:
        run = self.run
        run.position = replace(run.position, batch=batch, total=total, rows=rows)
        if run.checkpoints and batch % run.checkpoints.every_batches == 0:
            run.keep()
        if batch % _BATCHES_BETWEEN_WORDS == 0:
            epoch = run.position.epoch
            told = f"training: epoch {epoch}, {rows:,} of {self.rows:,} rows"
            self.progress(epoch - 1, self.fit.epochs, told)


def _under(start: str, kept: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(start): value for name, value in kept.items() if name.startswith(start)}


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


def _start_at_mean_rates(network: Network, train: Examples) -> None:
    """Heads begin at the mean click rate and the mean conversion rate of clicks: rare events need no epochs to
    find out that they are rare."""
    clicked = train.labels[:, 0]
    rates = [clicked.mean()]
    if train.labels.shape[1] > 1:
        late = train.conversion
        label, weight = (train.labels[:, 1], np.ones(len(train))) if late is None else late.pairs()
        rates.append((clicked * weight * label).sum() / max(float((clicked * weight).sum()), 1.0))
    rate = np.clip(np.array(rates, dtype=np.float64), 1e-4, 1 - 1e-4)
    with torch.no_grad():
        network.heads.bias.copy_(torch.from_numpy(np.log(rate / (1.0 - rate))))


def _report(epoch: int, loss: float, network: Network, later: Examples | None) -> EpochReport:
    if later is None:
        return EpochReport(epoch, loss, float("nan"), float("nan"))
    clicks = later.labels[:, 0].astype(np.float64)
    logits = predict_logits(network, later)
    chances = 1.0 / (1.0 + np.exp(-logits[:, 0]))
    both = 0.0 < clicks.sum() < len(clicks)
    area = statistics.auc(clicks, chances) if both else float("nan")
    late = None if later.conversion is None else torch.from_numpy(later.conversion.stacked().astype(np.float64))
    labels = torch.from_numpy(later.labels.astype(np.float64))
    whole = float(entire_space_loss(torch.from_numpy(logits), labels, conversion=late))
    return EpochReport(epoch, loss, statistics.logloss(clicks, chances), area, whole)


def _gain(report: EpochReport, fit: FitConfig) -> float:
    if fit.monitor == "auc":
        return report.auc
    return -(report.logloss if fit.monitor == "logloss" else report.entire_space)


def _told(report: EpochReport) -> str:
    later = "" if np.isnan(report.logloss) else f", later logloss {report.logloss:.4f}, AUC {report.auc:.4f}"
    return f"training: epoch {report.epoch}, loss {report.loss:.4f}{later}"
