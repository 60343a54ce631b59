"""How much one may ask: a bucket of requests for each person, each key and each address that nobody signed in from.

A bucket holds a minute's worth and fills evenly (GCRA, of throttled-py: a token bucket that nothing has to fill). What
costs much has a bucket of its own beside, by person whatever key it comes with: reports, logged decisions, uploads,
forecasts, passwords, checks of the audit trail.

Each process counts what it is asked itself, in at most ``_MOST_BUCKETS``; the one that was used longest ago is
forgotten first, which is full again as far as anybody can tell, or belongs to one of very many addresses. Where
processes share buckets, what those say holds, and its own count along: should nobody answer there, whoever asked much
here has little left, though what was asked elsewhere is not known.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from throttled import RateLimitResult, Throttled, rate_limiter, store

from services.admin.problems import Refused

WINDOW_S = 60
_MOST_BUCKETS = 20_000
_SPENT = "adplat_spent"
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_HEAVY: tuple[tuple[str, frozenset[str], re.Pattern[str]], ...] = tuple(
    (name, methods, re.compile(pattern))
    for name, methods, pattern in (
        (
            "reports",
            _CHANGES | {"GET", "HEAD"},
            r"(/v1)?/reports(/.*)?|/v1/saved-reports/.*/files/.*|/v1/report-schedules/.*/send|(/v1)?/audit/export",
        ),
        ("decisions", _CHANGES | {"GET", "HEAD"}, r"(/v1)?/campaigns/[^/]+/bandit|/v1/experiments/past"),
        ("uploads", _CHANGES, r"/v1/creatives|/creatives/new"),
        ("forecasts", _CHANGES, r"(/v1)?(/.*)?/forecasts?(/.*)?"),
        ("passwords", _CHANGES, r"/sign-in|/v1/session(/password)?|/me/password|/v1/users(/.*)?|/people/.*"),
        ("checks", _CHANGES, r"(/v1)?/audit/check"),
    )
)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Requests a minute; 0: as many as one likes. ``heavy`` is of each costly operation by itself."""

    known: int = 0
    unknown: int = 0
    heavy: int = 0


@dataclass(frozen=True, slots=True)
class _Spent:
    policy: str
    limit: int
    left: int
    full_in_s: int


class SharedBuckets(Protocol):
    """Buckets of several processes; ``adplat.storage.RedisBuckets`` are the real ones."""

    def take(self, whose: str, a_minute: int) -> RateLimitResult | None:
        """One request; ``None``: nobody answers."""


class Budgets:
    """The buckets of this process, and those that it shares."""

    def __init__(self, limits: RateLimits, shared: SharedBuckets | None = None) -> None:
        self._limits = limits
        self._shared = shared
        kept = store.MemoryStore(options={"MAX_SIZE": _MOST_BUCKETS})
        self._buckets = {
            limit: Throttled(using="gcra", quota=rate_limiter.per_min(limit), store=kept)
            for limit in {limits.known, limits.unknown, limits.heavy}
            if limit > 0
        }

    @property
    def are_shared(self) -> bool:
        """Whether spending asks a server, which may take a moment."""
        return self._shared is not None

    def spend_known(self, request: Request, who: str, person: str) -> None:
        """One request of a person's browser or of a key (``who``). Raises Refused (429)."""
        self._spend(request, who, person, self._limits.known)

    def spend_unknown(self, request: Request) -> None:
        """One request of an address from which nobody is known, counted once. Raises Refused (429)."""
        if request.scope.get(_SPENT):
            return
        address = f"address {_network_of(request.client.host if request.client else '')}"
        self._spend(request, address, address, self._limits.unknown)

    def _spend(self, request: Request, who: str, person: str, limit: int) -> None:
        self._take(request, "requests", who, limit)
        operation = operation_of(request.method, request.url.path)
        if operation:
            self._take(request, operation, person, self._limits.heavy)

    def _take(self, request: Request, policy: str, who: str, limit: int) -> None:
        bucket = self._buckets.get(limit)
        if bucket is None:
            return
        found = bucket.limit(f"{policy} {who}")
        if self._shared is not None:
            found = self._shared.take(f"{policy} {who}", limit) or found
        left, full_in_s = found.state.remaining, math.ceil(found.state.reset_after)
        request.scope.setdefault(_SPENT, []).append(_Spent(policy, limit, left, full_in_s))
        if found.limited:
            wait_s = max(math.ceil(found.state.retry_after), 1)
            what = "too many requests" if policy == "requests" else f"too many {policy}"
            raise Refused(
                429, what, policy, f"send it again in {wait_s} s; {limit} a minute", {"retry-after": str(wait_s)}
            )


def operation_of(method: str, path: str) -> str:
    """Which costly operation a request is; empty: none."""
    return next((name for name, methods, paths in _HEAVY if method in methods and paths.fullmatch(path)), "")


def limit_headers(scope: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """``RateLimit-Policy`` and ``RateLimit`` of what this request spent (draft-ietf-httpapi-ratelimit-headers-10)."""
    spent: list[_Spent] = scope.get(_SPENT, [])
    if not spent:
        return []
    policies = ", ".join(f'"{one.policy}";q={one.limit};w={WINDOW_S}' for one in spent)
    left = ", ".join(f'"{one.policy}";r={one.left};t={one.full_in_s}' for one in spent)
    return [(b"ratelimit-policy", policies.encode()), (b"ratelimit", left.encode())]


def _network_of(address: str) -> str:
    """Who has one IPv6 address has its /64, and so may come from 2^64 of them."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
