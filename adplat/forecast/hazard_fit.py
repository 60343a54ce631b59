"""Fits the network to what auctions say, each by the likelihood of just that.

With ``whole`` bins won and ``share`` of the next one (see :meth:`PriceGrid.reached`), the chance that a price lies
beyond ``b`` is ``S(b) = S_whole · (1 − share · h_whole)``. An auction in ``(lower, upper]`` adds
``ln(S(lower) − S(upper))``, a told price ``ln(S_k · h_k)`` of its bin, a loss ``ln S(bid)``. The bins beyond a lost bid
get no word from it, so the network leans on other auctions there, and at the very end on the whole's curve, from which
it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adplat.domain import Progress
from adplat.forecast.censored_prices import CensoredPrices
from adplat.forecast.context_coding import ContextCoding, Int32
from adplat.forecast.hazard_network import HazardNetwork
from adplat.forecast.price_grid import PriceGrid
from adplat.forecast.win_curve import WinCurve

if TYPE_CHECKING:
    import torch

Float64 = npt.NDArray[np.float64]
TOLD, LOST, BOUNDED = 0, 1, 2
STEPS_AN_EPOCH, LEAST_BATCH = 50, 64


@dataclass(frozen=True, slots=True)
class HazardSettings:
    """How the network is fitted.

    Args:
        bins: of prices, about.
        width, hidden: of the network.
        rate, weight_decay: of AdamW; the rate falls to nothing over ``epochs``.
        batch: auctions a step, at most; fewer where there are few, for 50 steps an epoch.
        patience: epochs without a better held-out likelihood before the end.
        seed: of first weights and of the order of auctions.
    """

    bins: int = 60
    width: int = 16
    hidden: int = 96
    rate: float = 1e-2
    weight_decay: float = 1e-4
    batch: int = 4096
    epochs: int = 12
    patience: int = 3
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Ends:
    """Censored prices as the likelihood reads them, columns (N,): the places of both bounds on the grid."""

    kind: npt.NDArray[np.int64]
    low_bin: npt.NDArray[np.int64]
    low_share: Float64
    high_bin: npt.NDArray[np.int64]
    high_share: Float64
    weights: Float64


def ends_on(grid: PriceGrid, prices: CensoredPrices) -> Ends:
    """Where each auction's bounds lie; a told price below the first bin counts to it, one beyond the last is a loss."""
    low_bin, low_share = grid.reached(prices.lower)
    high_bin, high_share = grid.reached(np.where(np.isinf(prices.upper), 0.0, prices.upper))
    told_bin = np.maximum(grid.bin_of(prices.lower), 0)
    told = prices.told & (told_bin < grid.bins)
    kind = np.where(told, TOLD, np.where(prices.open_above | prices.told, LOST, BOUNDED))
    # Bounds that the grid cannot tell apart say what a price in that bin says.
    same = (kind == BOUNDED) & (low_bin == high_bin) & (low_share == high_share)
    kind = np.where(same, np.where(low_bin < grid.bins, TOLD, LOST), kind)
    low_bin = np.where(prices.told, told_bin, low_bin)
    return Ends(kind, low_bin, np.where(kind == TOLD, 0.0, low_share), high_bin, high_share, prices.weights)


def base_hazards(grid: PriceGrid, curve: WinCurve) -> Float64:
    """(K,) log-odds of the hazards of the whole's curve, kept off 0 and 1."""
    left = 1.0 - curve.win_probability(grid.edges_micros)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazards = np.where(left[:-1] > 0.0, 1.0 - left[1:] / left[:-1], 0.5)
    hazards = np.clip(hazards, 1e-6, 1.0 - 1e-6)
    return np.log(hazards) - np.log1p(-hazards)


def fit_network(
    coding: ContextCoding,
    base: Float64,
    train: tuple[Int32, Ends],
    later: tuple[Int32, Ends],
    settings: HazardSettings,
    progress: Progress,
) -> HazardNetwork:
    """The weights with the best likelihood of ``later``, which no step was taken on; both are codes and ends."""
    import torch

    generator = torch.Generator().manual_seed(settings.seed)
    module = _module(coding, base, settings, generator)
    optimiser = torch.optim.AdamW(
        module.parameters(), lr=settings.rate, weight_decay=settings.weight_decay, foreach=True
    )
    codes, ends = _tensors(*train)
    batch = min(settings.batch, max(len(codes) // STEPS_AN_EPOCH, LEAST_BATCH))
    batches = -(-len(codes) // batch)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.epochs * batches)
    best, kept, waited = _mean_likelihood(module, *later), _arrays(module), 0
    for epoch in range(settings.epochs):
        order = torch.randperm(len(codes), generator=generator)
        for number, rows in enumerate(torch.split(order, batch)):
            loss = -_log_likelihood(module, codes[rows], [part[rows] for part in ends])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it so
            optimiser.step()
            falling.step()
            if number % 50 == 0:
                progress(epoch * batches + number, settings.epochs * batches, "fitting the landscape")
        reached = _mean_likelihood(module, *later)
        if reached > best:
            best, kept, waited = reached, _arrays(module), 0
        else:
            waited += 1
            if waited >= settings.patience:
                break
    progress(settings.epochs * batches, settings.epochs * batches, "fitting the landscape")
    return HazardNetwork(**kept)


def _module(coding: ContextCoding, base: Float64, settings: HazardSettings, generator: torch.Generator) -> Any:
    import torch

    offsets = np.cumsum([0, *(column.codes for column in coding.columns)])
    wide, bins = len(coding.columns) * settings.width, len(base)

    def drawn(*shape: int, scale: float) -> torch.nn.Parameter:
        return torch.nn.Parameter(scale * torch.randn(*shape, generator=generator))

    module = torch.nn.Module()
    module.register_buffer("offsets", torch.as_tensor(offsets[:-1]))
    for name, parameter in {
        "base": torch.nn.Parameter(torch.as_tensor(base, dtype=torch.float32)),
        "rows": drawn(int(offsets[-1]), settings.width, scale=0.1),
        "hidden": drawn(settings.hidden, wide, scale=wide**-0.5),
        "hidden_bias": torch.nn.Parameter(torch.zeros(settings.hidden)),
        # Nothing at first: the first guess is the whole's curve.
        "out": torch.nn.Parameter(torch.zeros(bins, settings.hidden)),
        "straight": torch.nn.Parameter(torch.zeros(bins, wide)),
    }.items():
        module.register_parameter(name, parameter)
    return module


def _log_likelihood(module: Any, codes: torch.Tensor, ends: list[torch.Tensor]) -> torch.Tensor:
    """The weighted mean of the auctions' log-likelihoods."""
    import torch
    from torch.nn.functional import logsigmoid, pad

    kind, low_bin, low_share, high_bin, high_share, weights = ends
    rows = module.rows[codes + module.offsets].flatten(1)
    bent = torch.relu(rows @ module.hidden.T + module.hidden_bias)
    log_odds = module.base + rows @ module.straight.T + bent @ module.out.T
    left = pad(torch.cumsum(logsigmoid(-log_odds), 1), (1, 0))  # (B, K + 1): ln S at each edge
    padded = pad(log_odds, (0, 1))  # beyond the last edge there is no bin, and every share is 0

    def beyond(whole: torch.Tensor, share: torch.Tensor) -> torch.Tensor:
        """ln S(b)."""
        hazard = torch.sigmoid(padded.gather(1, whole[:, None])[:, 0])
        return left.gather(1, whole[:, None])[:, 0] + torch.log1p(-share * hazard)

    lost = beyond(low_bin, low_share)
    # ln S_k + ln h_k; of a told price low_bin is its bin.
    told = left.gather(1, low_bin[:, None])[:, 0] + logsigmoid(padded.gather(1, low_bin[:, None])[:, 0])
    # ln(S(l) − S(u)) = ln S(l) + ln(1 − S(u) / S(l)); other rows must not feed infinite slopes into it.
    is_bounded = kind == BOUNDED
    fall = torch.where(is_bounded, beyond(high_bin, high_share) - lost, -1.0).clamp(max=-1e-7)
    bounded = lost + torch.log(-torch.expm1(fall))
    each = torch.where(kind == TOLD, told, torch.where(is_bounded, bounded, lost))
    return (weights * each).sum() / weights.sum()


def _mean_likelihood(module: Any, codes: Int32, ends: Ends, at_once: int = 50_000) -> float:
    import torch

    every, parts = _tensors(codes, ends)
    total = 0.0
    with torch.no_grad():
        for rows in torch.split(torch.arange(len(every)), at_once):
            some = [part[rows] for part in parts]
            total += float(_log_likelihood(module, every[rows], some)) * float(some[-1].sum())
    return total / float(ends.weights.sum())


def _tensors(codes: Int32, ends: Ends) -> tuple[torch.Tensor, list[torch.Tensor]]:
    import torch

    whole = [torch.as_tensor(part) for part in (ends.kind, ends.low_bin, ends.high_bin)]
    real = [torch.as_tensor(part, dtype=torch.float32) for part in (ends.low_share, ends.high_share, ends.weights)]
    return torch.as_tensor(codes.astype(np.int64)), [whole[0], whole[1], real[0], whole[2], real[1], real[2]]


def _arrays(module: Any) -> dict[str, Any]:
    learned = {name: value.detach().numpy().copy() for name, value in module.named_parameters()}
    return learned | {"offsets": module.offsets.numpy().astype(np.int32)}
