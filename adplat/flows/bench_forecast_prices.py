"""Real prices, censored: how well each model foretells what later auctions cost.

The protocol, after Wang et al. (Functional bid landscape forecasting, ECML PKDD 2016) and Ren et al. (Deep landscape
forecasting, KDD 2019): an auction's price is known to us; a model learns from the first two thirds only what a bidder
would have seen, the price where a simulated bid reached it and ``price > bid`` where not; on the last third, won or
lost, it is judged by the average negative log probability of the price (ANLP), in whole fen. The file holds no bids, so
they are drawn: ``linear`` bids follow the predicted click rate (as the literature's do, so what is censored depends on
the context), ``free`` ones are even over all prices and depend on nothing.

Every model's probabilities are mixed with 0.1 % spread evenly over the 300 possible prices, so that none pays an
infinite price for one auction; what a model leaves beyond its last price is spread over the prices above that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.stats import gamma

from adplat.data import read_table
from adplat.domain import Figure, InternalFault, MissingInput
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import BenchRun
from adplat.flows.import_data import import_data
from adplat.forecast import Auctions, CensoredPrices, HazardSettings, fit_landscape, kaplan_meier, prices_of_auctions

Float64 = npt.NDArray[np.float64]

TICK = 10.0  # one fen for a thousand impressions, in micros for one
MOST_PRICE = 300
MIXED = 1e-3
TRAIN_SHARE = 2 / 3
SEEDS = (1, 2, 3)
SETTINGS = HazardSettings(bins=320, rate=2e-3, epochs=20)


@dataclass(frozen=True)
class Scores:
    """Negative log probability of each later price, by model; one bidder and seed."""

    ours: Float64
    kaplan_meier: Float64
    gamma: Float64


def price_figures(run: BenchRun) -> list[Figure]:
    """Two bidders by our landscape, Kaplan–Meier and a Gamma law."""
    price, p_ctr = _auctions(run)
    seeds = SEEDS[:1] if run.quick else SEEDS
    figures = []
    for name, bidder in BIDDERS.items():
        if not run.wants(f"forecast.2.ipinyou.{name}"):
            continue
        found = []
        for number, seed in enumerate(seeds):
            run.progress(number, len(seeds), f"real prices behind {name} bids")
            found.append(_scored(price, p_ctr, bidder(price, p_ctr, np.random.default_rng(seed)), seed))
        run.progress(len(seeds), len(seeds), f"real prices behind {name} bids")
        figures += _figures(name, seeds, found)
    return figures


def linear_bids(price: Float64, p_ctr: Float64, rng: np.random.Generator) -> Float64:
    """In proportion to the predicted click rate, half of the auctions won or so, with some noise."""
    bids = np.median(price) * p_ctr / p_ctr.mean() * rng.lognormal(0.0, 0.5, len(price))
    whole: Float64 = np.maximum(np.round(bids / TICK), 1.0) * TICK
    return whole


def free_bids(price: Float64, _p_ctr: Float64, rng: np.random.Generator) -> Float64:
    """Any price as likely as another."""
    return TICK * rng.integers(1, MOST_PRICE + 1, len(price)).astype(np.float64)


BIDDERS: dict[str, Callable[[Float64, Float64, np.random.Generator], Float64]] = {
    "linear": linear_bids,
    "free": free_bids,
}


def _auctions(run: BenchRun) -> tuple[Float64, Float64]:
    source = real_data_folder() / "ipinyou" / "2997.auctions.txt"
    if not source.is_file():
        raise MissingInput("the iPinYou auctions are not here", where=str(source), hint="set ADPLAT_DATA")
    with TemporaryDirectory() as folder:
        out = Path(folder) / "auctions"
        import_data("ipinyou", source, out, schema_path=None, progress=run.progress)
        rows = read_table(out / "rows.parquet")
    rows = rows.filter(rows["price_micros"] > 0)  # one was free
    return rows["price_micros"].to_numpy().astype(np.float64), rows["p_ctr"].to_numpy()


def _scored(price: Float64, p_ctr: Float64, bids: Float64, seed: int) -> Scores:
    cut = int(TRAIN_SHARE * len(price))
    won = bids >= price
    seen = prices_of_auctions(bids[:cut], won[:cut], np.where(won[:cut], price[:cut], np.nan))
    landscape = fit_landscape(
        Auctions(seen, bids[:cut], won[:cut], {"p_ctr": p_ctr[:cut]}), np.random.default_rng(seed), settings=SETTINGS
    )
    if landscape.by_context is None:
        raise InternalFault("no landscape by context came of the real prices", hint="look at the trial of the fit")
    later = price[cut:]
    contexts = {"p_ctr": p_ctr[cut:]}
    every = np.arange(1, MOST_PRICE + 1) * TICK
    curve = kaplan_meier(seen)
    by_price = np.diff(curve.win_probability(np.append(0.0, every)))
    shape, scale = _gamma_law(seen)
    by_gamma = np.diff(gamma.cdf(np.append(0.0, every), shape, scale=scale))
    place = np.round(later / TICK).astype(np.int64) - 1
    # The end of our grid is the highest bid or price seen; what lies beyond it is spread like the curve's rest.
    end = float(landscape.by_context.grid.edges_micros[-1])
    beyond = 1.0 - landscape.by_context.win_probability(np.full(len(later), end), contexts)
    ours = landscape.by_context.price_probability(later, contexts)
    return Scores(
        _loss(ours + _spread(beyond, later, end)),
        _loss(by_price[place] + _spread(np.full(len(later), 1.0 - by_price.sum()), later, curve.prices_micros[-1])),
        _loss(by_gamma[place] / by_gamma.sum()),
    )


def _spread(rest: Float64, later: Float64, end: float) -> Float64:
    """What a model leaves beyond its last price, evenly on the prices above it."""
    above = MOST_PRICE - end / TICK
    return np.where(later > end, rest / max(above, 1.0), 0.0)


def _loss(probability: Float64) -> Float64:
    losses: Float64 = -np.log((1.0 - MIXED) * np.maximum(probability, 0.0) + MIXED / MOST_PRICE)
    return losses


def _gamma_law(seen: CensoredPrices) -> tuple[float, float]:
    """Shape and scale of maximum likelihood, losses counted as what they say."""
    told, bounds = seen.lower[seen.told], seen.lower[seen.open_above]

    def missing(at: Float64) -> float:
        shape, scale = np.exp(at)
        return -float(gamma.logpdf(told, shape, scale=scale).sum() + gamma.logsf(bounds, shape, scale=scale).sum())

    found = minimize(missing, np.array([0.0, np.log(told.mean())]), method="Nelder-Mead", options={"xatol": 1e-4})
    if not found.success:
        raise InternalFault("the Gamma law of prices did not settle", hint="look at the prices")
    return float(np.exp(found.x[0])), float(np.exp(found.x[1]))


def _figures(name: str, seeds: tuple[int, ...], found: list[Scores]) -> list[Figure]:
    ours = float(np.mean([scores.ours.mean() for scores in found]))
    figures = []
    for slug, rival in (("kaplan_meier", "Kaplan–Meier"), ("gamma", "Gamma law")):
        losses = [getattr(scores, slug) for scores in found]
        theirs = float(np.mean([loss.mean() for loss in losses]))
        gains = np.mean([loss - scores.ours for loss, scores in zip(losses, found, strict=True)], axis=0)
        figures.append(
            Figure(
                f"forecast.2.ipinyou.{name}.{slug}",
                f"ANLP of later prices behind {name} bids: the rival's {theirs:.3f} less ours {ours:.3f}",
                theirs - ours,
                "nats",
                ">=",
                0.0,
                n=len(gains) * len(seeds),
                seeds=seeds,
                interval=_interval(gains),
                rival=rival,
                rival_value=theirs,
            )
        )
    return figures


def _interval(gains: Float64) -> tuple[float, float]:
    error = float(gains.std(ddof=1) / np.sqrt(len(gains)))
    return float(gains.mean()) - 1.96 * error, float(gains.mean()) + 1.96 * error
