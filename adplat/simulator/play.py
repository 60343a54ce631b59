"""Live play: people who ask for ads and respond to what they are shown. Bots are left out.

A request shows what a platform may know; who truly asks stays inside, and so does how often each
person has met each creative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from adplat.domain import ConfigRejected, UnknownReference
from adplat.simulator.catalogue_rows import user_attributes
from adplat.simulator.colour import Float64
from adplat.simulator.elements import Int32
from adplat.simulator.response import KINDS
from adplat.simulator.seeds import stream
from adplat.simulator.trade import DEVICES, LANGUAGES, PLACEMENTS, REGIONS
from adplat.simulator.traffic import CampaignLottery, Requests, draw_requests, hour_weights
from adplat.simulator.world import World

REMEMBERED_REQUESTS = 100_000


@dataclass(frozen=True, slots=True)
class PlayRequest:
    """One opportunity. Without consent ``user_key`` is empty and there are no attributes."""

    request_id: str
    ts: datetime
    user_key: str
    attributes: Mapping[str, str]  # columns of catalogue/users
    context: Mapping[str, str | int]  # placement, position, device, region, hour, weekday, language
    candidates: tuple[str, ...]  # live creatives of a few campaigns, new ones among them


@dataclass(frozen=True, slots=True)
class LateConversion:
    """A conversion that comes ``delay_s`` seconds after the click."""

    delay_s: float
    value_micros: int
    kind: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a person did with an ad; ``conversion`` is None without one."""

    clicked: bool
    conversion: LateConversion | None


class PublicWorld:
    """A stream of requests. Equal seeds and starts give equal requests, whatever is shown."""

    def __init__(self, world: World, seed: int, start: datetime, *, candidates: int = 12, campaigns: int = 3) -> None:
        if start.tzinfo is None or start < world.config.log_start:
            raise ConfigRejected(
                f"play cannot start at {start}",
                where=f"world {world.config.name!r}",
                hint="give an aware time at or after the start of the log",
            )
        self._world = world
        self._rng = stream(world.seed, "play", seed)
        self._now = start
        self._candidates, self._campaigns = candidates, campaigns
        self._lottery = CampaignLottery(world.catalogue, world.config.days + 1)
        self._creative_ids = world.creative_ids
        self._row_of = {creative_id: row for row, creative_id in enumerate(self._creative_ids)}
        self._asked = 0
        self._hidden: dict[str, tuple[Requests, int]] = {}
        self._met: dict[tuple[int, int], int] = {}
        hourly = hour_weights(world.config).reshape(world.config.days, 24).mean(axis=0)
        self._per_second = hourly * 24 * world.config.impressions / (world.config.days * 86_400) / hourly.sum()

    def next_requests(self, count: int) -> list[PlayRequest]:
        """The next ``count`` requests in time order."""
        moments = self._moments(count)
        config = self._world.config
        hours = np.array([(moment - config.log_start) // timedelta(hours=1) for moment in moments], dtype=np.int32)
        asked = draw_requests(
            self._world.population, hours, self._rng, people_only=True, drift=self._world.config.drift
        )
        weekday = asked.weekday(config)
        return [self._request(asked, row, moments[row], int(weekday[row])) for row in range(count)]

    def react(self, request: PlayRequest, creative_id: str, rng: np.random.Generator) -> Reaction:
        """Show a creative and see; the two have met once more afterwards. Raises UnknownReference."""
        asked = self._asker(request, 1)
        creative = self._rows([creative_id])
        user = int(asked.user[0])
        p_click = self._world.response.click_probability(asked, creative, self._exposures(user, creative))
        pair = (user, int(creative[0]))
        self._met[pair] = self._met.get(pair, 0) + 1
        if rng.random() >= p_click[0]:
            return Reaction(False, None)
        if rng.random() >= self._world.response.conversion_probability(asked.user, creative)[0]:
            return Reaction(True, None)
        delay_s, value_micros, kind = self._world.response.draw_conversions(creative, rng)
        return Reaction(True, LateConversion(float(delay_s[0]), int(value_micros[0]), KINDS[kind[0]]))

    def true_click_probability(self, request: PlayRequest, creative_ids: Sequence[str]) -> Float64:
        """(n,) what each creative would do here and now, fatigue included; for regret only.

        Raises UnknownReference.
        """
        asked = self._asker(request, len(creative_ids))
        creative = self._rows(creative_ids)
        exposures = self._exposures(int(asked.user[0]), creative) if len(creative) else creative
        return self._world.response.click_probability(asked, creative, exposures)

    def _moments(self, count: int) -> list[datetime]:
        offset = timedelta(hours=self._world.config.utc_offset_hours)
        moments = []
        for wait in self._rng.exponential(size=count):
            self._now += timedelta(seconds=wait / self._per_second[(self._now + offset).hour])
            moments.append(self._now)
        return moments

    def _request(self, asked: Requests, row: int, ts: datetime, weekday: int) -> PlayRequest:
        people, user = self._world.population, int(asked.user[row])
        request_id = f"p{self._asked:010d}"
        self._asked += 1
        self._hidden[request_id] = (asked, row)
        if len(self._hidden) > REMEMBERED_REQUESTS:
            del self._hidden[next(iter(self._hidden))]
        consent = bool(people.consent[user])
        return PlayRequest(
            request_id=request_id,
            ts=ts,
            user_key=people.user_key[user] if consent else "",
            attributes=user_attributes(self._world, user) if consent else {},
            context={
                "placement": PLACEMENTS[asked.placement[row]].placement,
                "position": int(asked.position[row]),
                "device": DEVICES[asked.device[row]],
                "region": REGIONS[people.region[user]],
                "hour": int(asked.hour[row]),
                "weekday": weekday,
                "language": LANGUAGES[asked.language[row]],
            },
            candidates=self._offer(asked.take(np.array([row], dtype=np.int32))),
        )

    def _offer(self, asked: Requests) -> tuple[str, ...]:
        """An equal number of creatives from each of a few campaigns, drawn by weight."""
        weights = self._lottery.weights[self._lottery.situation(asked)[0]]
        day = min(int(asked.day[0]), len(self._lottery.eligible_creatives) - 1)
        eligible = np.flatnonzero(weights)
        keys = np.log(weights[eligible]) + self._rng.gumbel(size=len(eligible))
        chosen = eligible[np.argsort(-keys)[: self._campaigns]]
        each = -(-self._candidates // len(chosen))
        rows: list[int] = []
        for campaign in chosen:
            first = int(self._world.catalogue.creatives.first_of_campaign[campaign])
            live = int(self._lottery.eligible_creatives[day, campaign])
            rows += [first + int(pick) for pick in self._rng.permutation(live)[:each]]
        return tuple(self._creative_ids[row] for row in sorted(rows[: self._candidates]))

    def _asker(self, request: PlayRequest, copies: int) -> Requests:
        if request.request_id not in self._hidden:
            raise UnknownReference(
                f"request {request.request_id!r} is unknown or too old",
                where="live play",
                hint=f"react within {REMEMBERED_REQUESTS:,} requests, in the same world",
            )
        asked, row = self._hidden[request.request_id]
        return asked.take(np.full(copies, row, dtype=np.int32))

    def _rows(self, creative_ids: Sequence[str]) -> Int32:
        try:
            return np.array([self._row_of[creative_id] for creative_id in creative_ids], dtype=np.int32)
        except KeyError as reason:
            raise UnknownReference(
                f"creative {reason.args[0]!r} is not in this world",
                where="live play",
                hint="choose from the request's candidates",
            ) from None

    def _exposures(self, user: int, creative: Int32) -> Int32:
        return np.array([self._met.get((user, int(row)), 0) for row in creative], dtype=np.int32)
