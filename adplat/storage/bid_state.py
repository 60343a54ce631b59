"""BidState over the Redis protocol: what bids take from and leave in the online state, one round trip a call.

Money is counted a second time nowhere: a counter is what open reservations hold plus what billings charged. A
whole flight's counter stays for good, a day's is forgotten some time after its last change. A user's exposures are
bounded by the longest cap window and by number. Times are whole milliseconds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from adplat.domain import (
    ANYBODY,
    LARGEST_PRICE_MICROS,
    LONGEST_CAP_S,
    Caller,
    ClosedRequest,
    ConfigRejected,
    Event,
    EventKind,
    EventOutcome,
    Exposure,
    OpenedRequest,
    Pace,
    PlacedDecision,
)
from adplat.storage.hot_path import OUTCOMES, HotPathClient
from adplat.storage.payloads import encode_decision, encode_event, encode_owner
from adplat.storage.redis_link import DAY_S, DEFAULT_NAMESPACE, redis_errors
from adplat.storage.redis_scripts import CLOSE_REQUEST, OPEN_REQUEST, RECORD_NOTICE
from adplat.storage.script_calls import Call, all_answered, call_script, call_script_once

MOST_EXPOSURES = 1000

# A showing as it lies with the user: campaign, creative, milliseconds of the decision, decision.
_Showing = tuple[str, str, int, str]
_expected = msgspec.json.Decoder(list[_Showing])
_confirmed = msgspec.json.Decoder(list[_Showing | int])
_pace = msgspec.json.Decoder(Pace)
_amounts = msgspec.json.Decoder(tuple[int, ...])


def open_bid_state(
    url: str,
    *,
    namespace: str = DEFAULT_NAMESPACE,
    attribution_days: float = 7,
    longest_window_s: int = LONGEST_CAP_S,
    connections: int = 32,
    timeout_s: float = 1.0,
) -> RedisBidState:
    """Make the bidders' client. It connects at the first call and belongs to that event loop.

    Args:
        attribution_days: how long a notice may refer to a decision; event ids are remembered one day longer.
        longest_window_s: until ``keep_showings`` tells that of the live catalogue.

    Raises ConfigRejected on another kind of URL.
    """
    decision_ttl_s = round(attribution_days * DAY_S)
    return RedisBidState(
        url,
        namespace=namespace,
        decision_ttl_s=decision_ttl_s,
        event_ttl_s=decision_ttl_s + DAY_S,
        longest_window_s=longest_window_s,
        connections=connections,
        timeout_s=timeout_s,
    )


class RedisBidState(HotPathClient):
    """Implements ``domain.BidState``; how a bid ended is remembered as long as an event id.

    A call that fails with StoreUnreachable may or may not have happened: sending it again is safe.
    """

    def __init__(
        self, url: str, *, event_ttl_s: int = 8 * DAY_S, longest_window_s: int = LONGEST_CAP_S, **options: Any
    ) -> None:
        super().__init__(url, event_ttl_s=event_ttl_s, **options)
        # A day's money outlives every notice that can change it, by a wide margin for a worker that was away.
        self._day_ttl_s = 2 * event_ttl_s + 2 * DAY_S
        self.keep_showings(longest_window_s)

    def keep_showings(self, longest_window_s: int) -> None:
        """Older showings are forgotten when the next one is told; at least a day's are kept, for a cap to come."""
        self._window_s = max(longest_window_s, DAY_S)
        # A user's showings go with the last of them; one that is only expected may outlive a short window.
        self._showings_ttl_s = self._window_s + DAY_S

    async def open_request(
        self,
        user_key: str,
        request_id: str,
        money_keys: Sequence[str],
        now: datetime,
        hold_s: float,
        *,
        reads_profile: bool = True,
    ) -> OpenedRequest:
        """Profile, caps and pacing of one request at one moment, and a mark that it is open.

        Two requests of one user at the same time each see the other; the mark goes when the request is closed, and
        after ``hold_s``. The empty ``user_key`` is nobody's: it sets no mark and sees no exposure. Without
        ``reads_profile`` the stored vector of the user is not touched.
        """
        now_ms, hold_ms = _milliseconds(now), max(1, round(hold_s * 1000))
        keys: tuple[str, ...] = ()
        if user_key:
            keys = (
                self._keys.user(user_key) if reads_profile else "",
                self._keys.open_requests(user_key),
                self._keys.reserved_exposures + user_key,
                self._keys.exposures + user_key,
            )
        arguments = (
            self._keys.committed,
            msgspec.msgpack.encode(money_keys),
            request_id,
            now_ms,
            now_ms + hold_ms,
            hold_ms,
            now_ms - 1000 * self._window_s,
        )
        with redis_errors(self.place):
            answer = await call_script_once(self._client, OPEN_REQUEST, (keys, arguments))
        user, open_elsewhere, expected, confirmed, amounts = answer
        return OpenedRequest(user, _exposures(expected, confirmed, now), open_elsewhere, _amounts.decode(amounts))

    async def close_request(self, request_id: str, user_key: str, placed: Sequence[PlacedDecision]) -> None:
        """Atomically: each decision durable and on the stream, its money and exposure reserved, the mark gone."""
        calls = [self._closing(ClosedRequest(request_id, user_key, tuple(placed)))]
        with redis_errors(self.place):
            all_answered(await call_script(self._client, CLOSE_REQUEST, calls))

    async def close_requests(self, closed: Sequence[ClosedRequest]) -> list[bool]:
        """Many at once, each atomic by itself, in one round trip; ``False`` where the server refused one."""
        calls = [self._closing(request) for request in closed]
        with redis_errors(self.place):
            answers = await call_script(self._client, CLOSE_REQUEST, calls)
        return [not isinstance(answer, Exception) for answer in answers]

    async def record_notices(
        self, events: Sequence[Event], now: datetime, caller: Caller = ANYBODY
    ) -> list[EventOutcome]:
        """Put events on the stream, each atomically with what it does to money and exposures.

        What happened later than ``now`` by a caller's clock is taken to happen now. Of a decision that is not
        ``caller``'s nothing is known here: ``scripts/owned_decision.lua`` says whose it is. Raises ConfigRejected on a
        price out of range; then nothing was recorded.
        """
        advertisers = b"" if caller.advertisers is None else msgspec.msgpack.encode(sorted(caller.advertisers))
        who = (caller.caller_id, advertisers)
        calls = [self._notice(event, _milliseconds(now), who) for event in events]
        with redis_errors(self.place):
            answers = all_answered(await call_script(self._client, RECORD_NOTICE, calls))
        return [OUTCOMES[answer] for answer in answers]

    async def read_paces(self) -> dict[str, Pace]:
        """By campaign. Called in the background, never per request."""
        with redis_errors(self.place):
            stored = await cast(Awaitable[dict[bytes, bytes]], self._client.hgetall(self._keys.paces))
        return {campaign_id.decode(): _pace.decode(pace) for campaign_id, pace in stored.items()}

    async def count_eligible(self, requests: Mapping[str, int]) -> None:
        """Add to the requests that each campaign might have bid on. Called in the background."""
        if not requests:
            return
        with redis_errors(self.place):
            async with self._client.pipeline(transaction=True) as pipe:
                for campaign_id, count in requests.items():
                    pipe.hincrby(self._keys.eligible, campaign_id, count)
                await pipe.execute()

    def _closing(self, closed: ClosedRequest) -> Call:
        keys = [self._keys.stream, self._keys.reservations, "", ""]
        if closed.user_key:
            keys[2:] = self._keys.open_requests(closed.user_key), self._keys.reserved_exposures + closed.user_key
        arguments: list[str | bytes | int] = [
            closed.request_id,
            closed.user_key,
            closed.user or b"",
            self._keys.committed,
            self._decision_ttl_s,
            self._day_ttl_s,
            MOST_EXPOSURES,
            self._showings_ttl_s,
            self._keys.booked,
        ]
        for placed in closed.placed:
            decision = placed.decision
            payload = encode_decision(decision)
            keys += (self._keys.decision(decision.decision_id), self._keys.placed(decision.decision_id))
            arguments += (
                decision.decision_id,
                payload,
                placed.reserve_micros,
                msgspec.msgpack.encode(placed.money_keys),
                _milliseconds(placed.expires_at),
                msgspec.json.encode(
                    (decision.campaign_id, decision.creative_id, _milliseconds(decision.ts), decision.decision_id)
                ),
                encode_owner(decision),
                b"" if placed.served is None else placed.served(),
            )
        return keys, arguments

    def _notice(self, event: Event, now_ms: int, who: tuple[str, bytes]) -> Call:
        if event.kind is EventKind.BILLING and not 0 <= event.price_micros <= LARGEST_PRICE_MICROS:
            raise ConfigRejected(
                f"a billing of {event.price_micros} micros",
                where=f"event {event.event_id}",
                hint="give the price of one impression, not of a thousand",
            )
        keys = (
            self._keys.decision(event.decision_id),
            self._keys.event(event.event_id),
            self._keys.stream,
            self._keys.placed(event.decision_id),
            self._keys.reservations,
        )
        return keys, (
            event.decision_id,
            event.kind.value,
            encode_event(event),
            self._event_ttl_s,
            min(_milliseconds(event.ts), now_ms),
            event.price_micros,
            now_ms - 1000 * self._window_s,
            MOST_EXPOSURES,
            self._showings_ttl_s,
            self._keys.committed,
            self._day_ttl_s,
            self._keys.reserved_exposures,
            self._keys.exposures,
            self._keys.spent,
            *who,
        )


def _exposures(expected: bytes, confirmed: bytes, now: datetime) -> tuple[Exposure, ...]:
    waiting, shown = _expected.decode(expected), _confirmed.decode(confirmed)
    return (
        # Not when it was decided: it may be seen minutes later, when a short window has forgotten the decision.
        *(Exposure(campaign_id, creative_id, now) for campaign_id, creative_id, _, _ in waiting),
        *(
            Exposure(campaign_id, creative_id, _moment(at_ms))
            for (campaign_id, creative_id, _, _), at_ms in zip(
                cast("list[_Showing]", shown[::2]), cast("list[int]", shown[1::2]), strict=True
            )
        ),
    )


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
