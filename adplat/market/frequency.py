"""How often one person may see a campaign or a creative: exact sliding windows over what the person was shown.

The rule: an ad may be offered only while ``showings in the window + other open requests of the person < limit``.
Every request is counted as open *before* the person's showings are read, and until its showing is written down or its
end is known. Then no interleaving of requests breaches a cap: take any window of ``window_s`` with ``limit + 1``
showings and, among them, the one that was decided last. At that moment each of the others was either seen, and inside
the window; or written down and still to be seen, which counts as seen at that moment, for it may come at any time; or
its request was still open, and shows a capped campaign once at most. So the sum had reached the limit and the ad was
barred. The price is that an open request counts against every cap of the person, whatever it will show, and that a
campaign with a cap of its own gets one slot of a page.

Not covered: a request given up for dead (its time ran out) that is shown after all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adplat.domain import Exposure, FrequencyCap


@dataclass(frozen=True, slots=True)
class Barred:
    """What this person may not be shown now: whole campaigns, and single creatives of others."""

    campaigns: frozenset[str]
    creatives: frozenset[str]


@dataclass(frozen=True, slots=True)
class CapTable:
    """All caps, compiled when the catalogue changes.

    Args:
        caps: by campaign, those without a cap left out.
        longest_window_s: older showings can be forgotten; 0 without caps.
        tightest_limits, barred_by_limit: ``barred_by_limit[i]`` are the campaigns with a cap of at most
            ``tightest_limits[i]`` showings: whom so many open requests bar without any showing.
    """

    caps: Mapping[str, tuple[FrequencyCap, ...]]
    longest_window_s: int
    tightest_limits: tuple[int, ...]
    barred_by_limit: tuple[frozenset[str], ...]

    @classmethod
    def build(cls, caps_by_campaign: Mapping[str, Sequence[FrequencyCap]]) -> CapTable:
        """Compile; a campaign may have several caps and must keep all."""
        caps = {campaign_id: tuple(own) for campaign_id, own in caps_by_campaign.items() if own}
        tightest = {campaign_id: min(cap.limit for cap in own) for campaign_id, own in caps.items()}
        limits = tuple(sorted(set(tightest.values())))
        return cls(
            caps=caps,
            longest_window_s=max((cap.window_s for own in caps.values() for cap in own), default=0),
            tightest_limits=limits,
            barred_by_limit=tuple(
                frozenset(campaign_id for campaign_id, least in tightest.items() if least <= limit) for limit in limits
            ),
        )

    @property
    def capped(self) -> frozenset[str]:
        """Campaigns with any cap: what must stay away from a person who may not be recognised."""
        return self.barred_by_limit[-1] if self.barred_by_limit else frozenset()


def barred_now(table: CapTable, exposures: Iterable[Exposure], open_requests: int, now: datetime) -> Barred:
    """Whom the person has seen often enough, in windows ``(now − window_s, now]``.

    Args:
        exposures: what the person was shown, in any order, at least as far back as ``longest_window_s``. One dated
            after ``now`` (another machine's clock) counts.
        open_requests: other requests of the same person whose end is not known. 0 or more.
    """
    shown: dict[str, list[Exposure]] = {}
    for exposure in exposures:
        if exposure.campaign_id in table.caps:
            shown.setdefault(exposure.campaign_id, []).append(exposure)
    unseen = _barred_unseen(table, open_requests)
    campaigns: set[str] = set()
    creatives: set[str] = set()
    for campaign_id, own in shown.items():
        for cap in table.caps[campaign_id]:
            since = now - timedelta(seconds=cap.window_s)
            counts: dict[str, int] = {}
            for exposure in own:
                if exposure.at > since:
                    name = exposure.creative_id if cap.per_creative else campaign_id
                    counts[name] = counts.get(name, 0) + 1
            seen_enough = {name for name, count in counts.items() if count + open_requests >= cap.limit}
            if cap.per_creative:
                creatives |= seen_enough
            else:
                campaigns |= seen_enough
    # The compiled set may hold every capped campaign: it is copied only where something is to be added.
    return Barred(unseen if campaigns <= unseen else unseen | campaigns, frozenset(creatives))


class LatestShowings:
    """The same rule where one campaign is played in order of time and every showing is known at once.

    Users and creatives are numbers. Of each user (and creative, where a cap is of each) the latest ``limit`` showings
    are kept: the window is full while the oldest of them lies in it.
    """

    def __init__(self, caps: Sequence[FrequencyCap]) -> None:
        self._by_cap: list[tuple[FrequencyCap, dict[tuple[int, int], deque[float]]]] = [(cap, {}) for cap in caps]

    def bar(self, user: int, creative: int, at_s: float) -> bool:
        """Whether this user has seen it often enough by now."""
        for cap, showings in self._by_cap:
            latest = showings.get((user, creative if cap.per_creative else 0))
            if latest is not None and len(latest) == cap.limit and latest[0] > at_s - cap.window_s:
                return True
        return False

    def count(self, user: int, creative: int, at_s: float) -> None:
        """One more showing, no earlier than any before."""
        for cap, showings in self._by_cap:
            key = (user, creative if cap.per_creative else 0)
            latest = showings.get(key)
            if latest is None:
                latest = showings[key] = deque(maxlen=cap.limit)
            latest.append(at_s)


def _barred_unseen(table: CapTable, open_requests: int) -> frozenset[str]:
    # A cap of each creative with so many requests open bars all creatives: those never shown as well.
    place = bisect_left(table.tightest_limits, open_requests + 1)
    return table.barred_by_limit[place - 1] if place else frozenset()
