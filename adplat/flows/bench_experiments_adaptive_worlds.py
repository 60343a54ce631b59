"""Tests that a bandit runs, many at once: worlds of known click rates, played in batches by our Thompson sampling.

The policy learns after every batch, as the bidding service does; within one its propensities stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from adplat.bandit import Context, Count, Knowledge, ThompsonWithoutPrior
from adplat.experiments import AdaptiveRows
from adplat.statistics import Float64

CHUNK = 100  # tests whose rows are held in memory together


@dataclass(frozen=True, slots=True)
class BanditWorld:
    """``rates[c][a]``: click rate of arm a in context c; contexts come with ``shares``, each with its own bandit."""

    name: str
    what: str
    rates: tuple[tuple[float, ...], ...]
    shares: tuple[float, ...]
    batches: int
    batch: int
    floor: float

    @property
    def arms(self) -> int:
        """How many."""
        return len(self.rates[0])

    @property
    def rounds(self) -> int:
        """Rows of one test."""
        return self.batches * self.batch

    @property
    def truth(self) -> Float64:
        """(k,) click rate of each arm if all rows were its own."""
        found: Float64 = np.asarray(self.shares) @ np.asarray(self.rates)
        return found


@dataclass(frozen=True, slots=True)
class Played:
    """Batches of tests in one context: ``(tests, batches, k)`` each."""

    shown: Float64
    clicks: Float64
    propensities: Float64


def play_batches(world: BanditWorld, tests: int, rng: np.random.Generator) -> Played:
    """A world of one context, in counts."""
    shape = (tests, world.batches, world.arms)
    shown, clicks, propensities = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for batch in range(world.batches):
        told = _propensities(world, shown.sum(axis=1), clicks.sum(axis=1), rng)
        counts = rng.multinomial(world.batch, told)
        propensities[:, batch], shown[:, batch] = told, counts
        clicks[:, batch] = rng.binomial(counts, world.rates[0])
    return Played(shown, clicks, propensities)


def play_rows(world: BanditWorld, tests: int, rng: np.random.Generator) -> Iterator[AdaptiveRows]:
    """Tests of a world with contexts, row by row."""
    names = tuple(f"arm {place}" for place in range(world.arms))
    rates = np.asarray(world.rates)
    for start in range(0, tests, CHUNK):
        count = min(CHUNK, tests - start)
        known = np.zeros((2, count, len(rates), world.arms))  # showings and clicks
        shape = (count, world.batches, world.batch)
        chosen, clicked, told = np.zeros(shape, np.int64), np.zeros(shape), np.zeros((*shape, world.arms))
        every = np.arange(count)[:, None]
        for batch in range(world.batches):
            by_context = np.stack(
                [
                    _propensities(world, known[0, :, context], known[1, :, context], rng)
                    for context in range(len(rates))
                ],
                axis=1,
            )
            contexts = rng.choice(len(rates), size=(count, world.batch), p=world.shares)
            told[:, batch] = by_context[every, contexts]
            picked = (told[:, batch].cumsum(axis=2) < rng.random((count, world.batch, 1))).sum(axis=2)
            picked = np.minimum(picked, world.arms - 1)
            clicked[:, batch] = rng.random((count, world.batch)) < rates[contexts, picked]
            chosen[:, batch] = picked
            np.add.at(known[0], (every, contexts, picked), 1.0)
            np.add.at(known[1], (every, contexts, picked), clicked[:, batch])
        for test in range(count):
            yield AdaptiveRows(names, chosen[test].ravel(), clicked[test].ravel(), told[test].reshape(-1, world.arms))


def _propensities(world: BanditWorld, shown: Float64, clicks: Float64, rng: np.random.Generator) -> Float64:
    """(tests, k) of the policy, test by test."""
    policy = ThompsonWithoutPrior(exploration_floor=world.floor)
    names = [str(place) for place in range(world.arms)]
    rows = {name: place for place, name in enumerate(names)}
    unread, nothing = Context(np.zeros(world.arms)), Knowledge().begun.repeat(world.arms + 1, axis=2)
    found = np.empty(shown.shape)
    for test, (seen, hits) in enumerate(zip(shown, clicks, strict=True)):
        counts = np.zeros((len(Count), world.arms + 1))
        counts[Count.IMPRESSIONS, :-1], counts[Count.CLICKS, :-1] = seen, hits
        found[test] = policy.update(Knowledge(rows, counts, nothing)).choose(unread, names, rng).propensities
    return found
