"""When and where requests arise, and which campaigns may answer them.

Letters used in shapes: ``N`` requests, ``K`` campaigns, ``H`` hours of the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from adplat.simulator.catalogue import Catalogue
from adplat.simulator.colour import Float64
from adplat.simulator.config import WorldConfig
from adplat.simulator.drift import DriftConfig
from adplat.simulator.elements import Int32
from adplat.simulator.population import Population
from adplat.simulator.trade import DEVICE_SHARES, LANGUAGES, PLACEMENTS

# Share of a day's requests by local hour: asleep at four, a lunch peak, an evening peak.
HOURLY = np.array(
    [
        [2.2, 1.3, 0.8, 0.6, 0.5, 0.8, 1.8, 3.2, 4.3, 4.6, 4.7, 5.0],
        [6.0, 5.4, 4.6, 4.5, 4.6, 4.9, 5.6, 6.6, 7.6, 8.0, 6.9, 4.5],
    ]
).ravel()
# Requests by weekday, Monday first.
WEEKLY = np.array([0.94, 0.93, 0.95, 0.97, 1.02, 1.12, 1.07])
STILL = DriftConfig()
MOVES_TO_ANOTHER_DEVICE = 0.2
READS_THE_OTHER_LANGUAGE = 0.05
_PLACE_SHARES = np.array([place.share for place in PLACEMENTS])
_PLACE_POSITIONS = np.array([place.positions for place in PLACEMENTS])


@dataclass(frozen=True)
class Requests:
    """One row an ad opportunity, with what the page knows and who truly looks."""

    hour_of_log: Int32  # (N,)
    user: Int32  # (N,) row of the population
    placement: Int32  # (N,)
    position: Int32  # (N,) 0 is the best slot of the page
    device: Int32  # (N,)
    language: Int32  # (N,) of the page

    def __len__(self) -> int:
        return len(self.user)

    def take(self, rows: Int32) -> Requests:
        """Some of the rows."""
        return Requests(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @staticmethod
    def joined(parts: Sequence[Requests]) -> Requests:
        """All rows of several, in order."""
        return Requests(
            **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Requests)}
        )

    @property
    def day(self) -> Int32:
        """(N,) local day of the log, from 0."""
        return self.hour_of_log // 24

    @property
    def hour(self) -> Int32:
        """(N,) local hour of the day."""
        return self.hour_of_log % 24

    def weekday(self, config: WorldConfig) -> Int32:
        """(N,) local weekday, Monday is 0."""
        return (self.day + config.start.weekday()) % 7


def hour_weights(config: WorldConfig) -> Float64:
    """(H,) usual share of all requests in each hour of the log, sums to 1."""
    weights = usual_traffic(config, config.days)
    return np.asarray(weights / weights.sum())


def usual_traffic(config: WorldConfig, days: int) -> Float64:
    """(24 days,) how busy each hour is from the start of the log on; of any sum."""
    weekday = (np.arange(days) + config.start.weekday()) % 7
    return np.asarray((WEEKLY[weekday][:, None] * HOURLY[None, :]).ravel())


def draw_requests(
    population: Population,
    hour_of_log: Int32,
    rng: np.random.Generator,
    *,
    people_only: bool = False,
    drift: DriftConfig = STILL,
) -> Requests:
    """Who asks from where, for given (N,) hours; ``people_only`` leaves the bots out."""
    count = len(hour_of_log)
    weights = population.activity * ~population.bot if people_only else population.activity
    moved = drift.progress(hour_of_log) if drift != STILL else np.zeros(count)
    user = _users(weights, drift.newcomers, moved, rng)
    placement = _placements(drift, moved, rng)
    other_device = _pick(np.cumsum(np.array(DEVICE_SHARES)), rng.random(count))
    moves = rng.random(count) < MOVES_TO_ANOTHER_DEVICE
    switches = rng.random(count) < READS_THE_OTHER_LANGUAGE
    return Requests(
        hour_of_log=hour_of_log,
        user=user,
        placement=placement,
        position=(rng.random(count) ** 1.4 * _PLACE_POSITIONS[placement]).astype(np.int32),
        device=np.where(moves, other_device, population.device[user]).astype(np.int32),
        language=np.where(switches, 1 - population.language[user], population.language[user]).astype(np.int32),
    )


class CampaignLottery:
    """Which campaign goes into the auction for a request: drawn by weight among those that may."""

    def __init__(self, catalogue: Catalogue, days: int) -> None:
        """Lay out the odds of ``days`` days; later days have the odds of the last one."""
        campaigns = catalogue.campaigns
        eligible = np.stack([catalogue.eligible_creatives(day) for day in range(days)])
        self.eligible_creatives: Int32 = eligible  # (days, K)
        may = campaigns.placements.T[None, :, None, :] & campaigns.languages.T[None, None, :, :]
        weights = campaigns.weight * (may & (eligible > 0)[:, None, None, :])
        self.weights: Float64 = weights.reshape(-1, eligible.shape[1])  # (days * placements * languages, K)
        self._ladders = np.cumsum(self.weights, axis=1)

    def situation(self, requests: Requests) -> Int32:
        """(N,) row of ``weights`` that belongs to each request's day, placement and page language."""
        day = np.minimum(requests.day, len(self.eligible_creatives) - 1)
        return (day * len(PLACEMENTS) + requests.placement) * len(LANGUAGES) + requests.language

    def draw(self, requests: Requests, rng: np.random.Generator) -> Int32:
        """(N,) campaigns."""
        ladders = self._ladders[self.situation(requests)]
        aim = rng.random(len(requests)) * ladders[:, -1]
        campaign: Int32 = (ladders <= aim[:, None]).sum(axis=1).astype(np.int32)
        return campaign


def _users(weights: Float64, newcomers: float, moved: Float64, rng: np.random.Generator) -> Int32:
    """(N,) users; the last ``newcomers`` of them come as the drift goes on, and in the same measure."""
    drawn = rng.random(len(moved))
    user = _pick(np.cumsum(weights), drawn)
    if not newcomers:
        return user
    known = weights.copy()
    known[round(len(weights) * (1.0 - newcomers)) :] = 0.0
    return np.where(rng.random(len(moved)) < moved, user, _pick(np.cumsum(known), drawn)).astype(np.int32)


def _placements(drift: DriftConfig, moved: Float64, rng: np.random.Generator) -> Int32:
    drawn = rng.random(len(moved))
    placement = _pick(np.cumsum(_PLACE_SHARES), drawn)
    if not drift.placement_shares:
        return placement
    other = _pick(np.cumsum(np.array(drift.placement_shares)), drawn)
    return np.where(rng.random(len(moved)) < moved, other, placement).astype(np.int32)


def _pick(ladder: Float64, uniform: Float64) -> Int32:
    """Draws from cumulative weights by (N,) uniform numbers."""
    rows = np.searchsorted(ladder, uniform * ladder[-1], side="right")
    picked: Int32 = np.minimum(rows, len(ladder) - 1).astype(np.int32)
    return picked
