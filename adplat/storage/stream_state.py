"""StreamState over the Redis protocol: the worker's side, synchronous."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, cast

from redis.exceptions import NoScriptError

from adplat.domain import (
    STREAM_START,
    ArmStatistics,
    Credit,
    Event,
    EventKind,
    InternalFault,
    LoggedRequest,
    LoggedRequests,
    MalformedEntry,
    StreamEntry,
    StreamPosition,
    Touch,
    UserConversion,
    WaitingConversion,
)
from adplat.storage.packed_arms import pack_arm, pack_sum, unpack_arm, unpack_arms, unpack_sum
from adplat.storage.payloads import decode_decision, decode_event, decode_requests, encode_fields
from adplat.storage.redis_link import DAY_S, DEFAULT_NAMESPACE, Keys, open_worker_client, redis_errors, redis_place
from adplat.storage.redis_scripts import FOLD
from adplat.storage.touch_records import conversion_arguments, touch_arguments, touches_key

_LONGEST_WAIT_MS = 1000
_USERS_A_CALL = 2000
# Some thousands of these still add up to what 64 bits hold.
_LARGEST = 2**50
# Of one user and advertiser, the newest; only a robot has more within a week.
MOST_TOUCHES = 200

Entry = StreamEntry | UserConversion | LoggedRequests | MalformedEntry


def open_stream_state(
    url: str, *, namespace: str = DEFAULT_NAMESPACE, attribution_days: float = 7, timeout_s: float = 5.0
) -> RedisStreamState:
    """Connect the worker's client and ask once whether the server answers.

    ``attribution_days`` as for the hot path's clients: touches are kept one day longer after the last one.
    Raises StoreUnreachable, ConfigRejected.
    """
    touches_ttl_s = round(attribution_days * DAY_S) + DAY_S
    state = RedisStreamState(url, namespace=namespace, touches_ttl_s=touches_ttl_s, timeout_s=timeout_s)
    try:
        state.ping()
    except BaseException:
        state.close()
        raise
    return state


class RedisStreamState:
    """Implements ``domain.StreamState``; may be shared between threads.

    A fold that failed with StoreUnreachable may or may not have happened: read ``folded_to`` before the next one.
    """

    def __init__(
        self, url: str, *, namespace: str = DEFAULT_NAMESPACE, touches_ttl_s: int = 8 * DAY_S, timeout_s: float = 5.0
    ) -> None:
        self.place = redis_place(url)
        self._keys = Keys(namespace)
        self._touches_ttl_s = touches_ttl_s
        self._client = open_worker_client(url, timeout_s, longest_answer_s=2 * _LONGEST_WAIT_MS / 1000)

    def ping(self) -> None:
        """Raises StoreUnreachable."""
        with redis_errors(self.place):
            self._client.ping()

    def read_entries(self, after: StreamPosition, limit: int, wait_ms: int) -> Sequence[Entry]:
        """Up to ``limit`` entries strictly after a position, oldest first; waits up to ``wait_ms`` for one.

        One that cannot be read, or that nobody could add up, comes as a MalformedEntry in its place.
        """
        found = self._read(after, limit, 0)
        left_ms = wait_ms
        while not found and left_ms > 0:
            # In slices: each answer stays well inside the socket's timeout, and Ctrl-C is heard between them.
            slice_ms = min(left_ms, _LONGEST_WAIT_MS)
            found = self._read(after, limit, slice_ms)
            left_ms -= slice_ms
        return found

    def folded_to(self) -> StreamPosition:
        """How far arms, user vectors, touches and waiting conversions have been folded."""
        with redis_errors(self.place):
            stored = cast("bytes | None", self._client.get(self._keys.folded_to))
        return STREAM_START if stored is None else StreamPosition.parse(stored.decode())

    def length(self) -> int:
        """Entries now on the stream."""
        with redis_errors(self.place):
            return self._client.xlen(self._keys.stream)

    def read_users(self, user_keys: Sequence[str]) -> dict[str, bytes]:
        """Packed vectors of the known users among these."""
        known: dict[str, bytes] = {}
        wanted = iter(dict.fromkeys(key for key in user_keys if key))
        with redis_errors(self.place):
            while part := list(islice(wanted, _USERS_A_CALL)):
                blobs = cast("list[bytes | None]", self._client.mget([self._keys.user(key) for key in part]))
                known.update((key, blob) for key, blob in zip(part, blobs, strict=True) if blob is not None)
        return known

    def write_users(self, vectors: Mapping[str, bytes]) -> None:
        """Store packed vectors outside the stream (bulk load before serving)."""
        pairs: Iterator[tuple[str, bytes]] = iter(vectors.items())
        with redis_errors(self.place):
            while part := list(islice(pairs, _USERS_A_CALL)):
                self._client.mset({self._keys.user(key): blob for key, blob in part})

    def read_arms(self) -> dict[str, ArmStatistics]:
        """All creatives' statistics."""
        with redis_errors(self.place):
            return unpack_arms(cast(dict[bytes, bytes], self._client.hgetall(self._keys.arms)))

    def read_sums(self) -> dict[str, tuple[float, ...]]:
        """The sums that all creatives share, by name."""
        with redis_errors(self.place):
            stored = cast(dict[bytes, bytes], self._client.hgetall(self._keys.sums))
        return {name.decode(): unpack_sum(packed) for name, packed in stored.items()}

    def fold(
        self,
        expected: StreamPosition,
        folded_to: StreamPosition,
        arms: Mapping[str, ArmStatistics],
        users: Mapping[str, bytes],
        malformed: Sequence[MalformedEntry] = (),
        touches: Sequence[Touch] = (),
        conversions: Sequence[WaitingConversion] = (),
        sums: Mapping[str, Sequence[float]] = MappingProxyType({}),
    ) -> bool:
        """Atomically add arm statistics and shared sums, store user vectors, put aside what cannot be read, and move
        the position.

        ``expected`` must have been read before the call. ``sums`` are added number by number to those of the same
        name; one of another length begins anew.

        Touches are kept with their user and advertiser (the newest ``MOST_TOUCHES``), or with their decision where the
        user may not be recognised; conversions wait, to be looked at from the moment on at which they arrived.

        What is put aside lies on the stream ``…:stream:dead`` with its position, the reason, and its fields as
        MessagePack; nothing here ever removes it.

        Returns ``False`` and changes nothing when the stored position is not ``expected``.
        """
        keys = [self._keys.folded_to, self._keys.arms, self._keys.dead, self._keys.arms_by_fold, self._keys.folds]
        keys += [self._keys.waiting, self._keys.waiting_told, self._keys.sums]
        keys += (touches_key(self._keys, one.user_key, one.advertiser_id, one.decision_id) for one in touches)
        keys += (self._keys.user(key) for key in users)
        counts = len(arms), len(malformed), len(touches), len(conversions), MOST_TOUCHES, self._touches_ttl_s, len(sums)
        arguments: list[str | bytes] = [str(expected), str(folded_to), *map(str, counts)]
        for creative_id, arm in self._with_known(arms).items():
            arguments += (creative_id, pack_arm(creative_id, arm))
        for entry in malformed:
            arguments += (str(entry.position), entry.reason, encode_fields(entry.fields))
        for touch in touches:
            arguments += touch_arguments(touch)
        for conversion in conversions:
            arguments += conversion_arguments(conversion)
        for name, numbers in self._with_known_sums(sums).items():
            arguments += (name, pack_sum(name, numbers))
        arguments.extend(users.values())
        with redis_errors(self.place):
            try:
                answer = self._client.evalsha(FOLD.sha, len(keys), *keys, *arguments)
            except NoScriptError:
                answer = self._client.eval(FOLD.text, len(keys), *keys, *arguments)
        return bool(answer == 1)

    def _with_known(self, arms: Mapping[str, ArmStatistics]) -> dict[str, ArmStatistics]:
        if not arms:
            return {}
        with redis_errors(self.place):
            stored = cast("list[bytes | None]", self._client.hmget(self._keys.arms, list(arms)))
        pairs = zip(arms.items(), stored, strict=True)
        return {name: added if known is None else unpack_arm(known) + added for (name, added), known in pairs}

    def _with_known_sums(self, sums: Mapping[str, Sequence[float]]) -> dict[str, Sequence[float]]:
        if not sums:
            return {}
        with redis_errors(self.place):
            stored = cast("list[bytes | None]", self._client.hmget(self._keys.sums, list(sums)))
        known = [() if packed is None else unpack_sum(packed) for packed in stored]
        return {
            name: [a + b for a, b in zip(before, added, strict=True)] if len(before) == len(added) else added
            for (name, added), before in zip(sums.items(), known, strict=True)
        }

    def trim(self, upto: StreamPosition) -> int:
        """Forget entries up to and including a position; returns how many."""
        first_kept = StreamPosition(upto.milliseconds, upto.sequence + 1)
        with redis_errors(self.place):
            return self._client.xtrim(self._keys.stream, minid=str(first_kept), approximate=False)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _read(self, after: StreamPosition, limit: int, wait_ms: int) -> list[Entry]:
        with redis_errors(self.place):
            # BLOCK 0 would wait for ever; without BLOCK the answer comes at once.
            streams: Any = self._client.xread({self._keys.stream: str(after)}, count=limit, block=wait_ms or None)
        if not streams:
            return []
        # A list of pairs or a mapping, depending on the driver's version.
        [(_, entries)] = streams.items() if isinstance(streams, dict) else streams
        return [_entry(position, values) for position, values in entries]


def _entry(position: bytes, values: Mapping[bytes, bytes]) -> Entry:
    place = StreamPosition.parse(position.decode())
    try:
        event = decode_event(values[b"event"]) if b"event" in values else None
        credit = Credit(values[b"credit"].decode()) if b"credit" in values else None
        entry: StreamEntry | UserConversion | LoggedRequests
        if b"decision" in values:
            is_outcome = b"outcome" in values
            decision = decode_decision(values[b"decision"])
            entry = StreamEntry(place, decision, event, values.get(b"user"), is_outcome, values.get(b"served"), credit)
        elif event is not None and event.kind is EventKind.CONVERSION and event.user_key:
            entry = UserConversion(place, event, credit)
        elif b"requests" in values:
            entry = LoggedRequests(place, decode_requests(values[b"requests"]))
        else:
            return MalformedEntry(place, "it holds no decision", values)
    except InternalFault as fault:
        return MalformedEntry(place, fault.what, values)
    except ValueError:
        return MalformedEntry(place, "its credit is none that is known", values)
    reason = _why_unfit(entry)
    return MalformedEntry(place, reason, values) if reason else entry


def _why_unfit(entry: StreamEntry | UserConversion | LoggedRequests) -> str:
    """What can be read and could not be added up, or kept in 64 bits; empty when nothing."""
    if isinstance(entry, LoggedRequests):
        return next(filter(None, map(_why_no_row, entry.requests)), "")
    amounts = _amounts_of(entry.event)
    if isinstance(entry, StreamEntry):
        decision = entry.decision
        if not decision.p_ctr or not all(map(math.isfinite, decision.p_ctr)):
            return "its decision has no finite p_ctr"
        windows = decision.attribution
        amounts += decision.bid_micros, decision.price_micros, decision.position, windows.click_s, windows.view_s
    return "a number of it is out of range" if any(abs(amount) > _LARGEST for amount in amounts) else ""


def _amounts_of(event: Event | None) -> list[int]:
    return [] if event is None else [event.value_micros, event.price_micros, event.min_to_win_micros or 0]


def _why_no_row(request: LoggedRequest) -> str:
    numbers = [request.hour or 0, request.weekday or 0]
    numbers += (number for slot in request.slots for number in (slot.position, slot.floor_micros or 0))
    if any(abs(number) >= 2**63 for number in numbers):
        return "a number of it is out of range"
    return "" if 0.0 < request.sample_rate <= 1.0 else "its sample rate is none"
