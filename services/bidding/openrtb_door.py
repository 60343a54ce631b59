"""OpenRTB 2.6 over HTTP as a plain class: bid requests, notices, pixels and clicks; bytes in, a reply out.

::

    POST /openrtb2/bid                        200 bids   204 no bid, the reason in a header   400 no bid request
                                              401 no API key that holds   403 not for this caller   413 too large
                                              415 packed by something else than gzip
    GET or POST /notice/{win,billing,loss}    204 taken down (or known, audit, test)
    GET /event/{impression,conversion}        200 a pixel
    GET /event/click                          302 to the landing page
                    of notices and events     403 not signed by us    503 nothing was kept: call again

A refused bid request has no body (OpenRTB 2.6, 2.3); what is wrong with it stands in the header ``x-adplat-problem``.
"""

from __future__ import annotations

import base64
import gzip
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from adplat.domain import (
    Clock,
    Event,
    EventKind,
    EventOutcome,
    InputError,
    KeyRejected,
    NoBidReason,
    NotPermitted,
    Permission,
    StoreUnreachable,
    TableRejected,
)
from adplat.flows.answer_openrtb import openrtb_answer, with_patience
from adplat.flows.bid_notices import NoticeDesk
from adplat.openrtb import opportunity_of
from services.bidding.engine import BiddingEngine
from services.bidding.metrics import FAULTS, REQUEST_SECONDS, REQUESTS
from services.hosting.answers import told_to_callers
from services.hosting.key_gate import Admit, let_all_in, require_placements
from services.hosting.logs import REQUEST_ID
from services.hosting.packed_bodies import unpacked

log = logging.getLogger(__name__)

DOOR = "openrtb"
VERSION = "2.6"
# What one body may hold once unpacked; a bid request is a few kilobytes.
LARGEST_REQUEST_BYTES = 512 * 1024
_WORTH_PACKING_BYTES = 1024
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_VERSION = {"x-openrtb-version": VERSION}
_JSON = _VERSION | {"content-type": "application/json"}
_NEVER_KEPT = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class HttpReply:
    """One answer with its headers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


A_PIXEL = HttpReply(200, PIXEL, {"content-type": "image/gif"} | _NEVER_KEPT)
TOO_LARGE_A_REQUEST = HttpReply(
    413, headers=_VERSION | {"x-adplat-problem": "the body is too large (body): send at most 2 MiB"}
)

UNKNOWN_PACKING_OF_A_REQUEST = HttpReply(
    415,
    headers=_VERSION
    | {
        "accept-encoding": "gzip",
        "x-adplat-problem": "the body is packed otherwise (content-encoding): send gzip or plain",
    },
)


class OpenRtbDoor:
    """Answers sellers and browsers with an injected engine; the status codes above are decided here."""

    def __init__(
        self, engine: BiddingEngine, desk: NoticeDesk, media_url: str, clock: Clock, admit: Admit = let_all_in
    ) -> None:
        self._engine, self._desk, self._media_url, self._clock = engine, desk, media_url, clock
        self._admit = admit

    async def bid(
        self, body: bytes, key: str | None = None, *, is_gzip: bool = False, takes_gzip: bool = False
    ) -> HttpReply:
        """``POST /openrtb2/bid``."""
        counts, begun_s = self._engine.counts, time.perf_counter()
        reply = await self._bid(body, key, is_gzip=is_gzip, takes_gzip=takes_gzip)
        counts.took(REQUEST_SECONDS, DOOR, "bid", seconds=time.perf_counter() - begun_s)
        counts.add(REQUESTS, DOOR, "bid", str(reply.status))
        return reply

    async def notice(self, url: str) -> HttpReply:
        """``/notice/…`` and ``/event/…``; ``url`` is path and query as they were called."""
        counts, begun_s = self._engine.counts, time.perf_counter()
        reply = await self._notice(url)
        counts.took(REQUEST_SECONDS, DOOR, "notice", seconds=time.perf_counter() - begun_s)
        counts.add(REQUESTS, DOOR, "notice", str(reply.status))
        return reply

    async def _bid(self, body: bytes, key: str | None, *, is_gzip: bool, takes_gzip: bool) -> HttpReply:
        REQUEST_ID.set("")
        try:
            caller = self._admit(key, Permission.BID)
            opportunity = opportunity_of(unpacked(body, LARGEST_REQUEST_BYTES) if is_gzip else body, self._clock.now())
            REQUEST_ID.set(opportunity.request_id)
            require_placements(caller, [slot.placement for slot in opportunity.slots])
            opportunity = replace(with_patience(opportunity), caller=caller)
            outcome = await self._engine.bid(opportunity)
            answer = openrtb_answer(opportunity, outcome, self._engine.serving.book, self._media_url)
        except InputError as error:
            return HttpReply(*_refusal(error))
        except Exception:
            self._engine.counts.add(FAULTS, DOOR)
            log.exception("a bid request failed unforeseen")
            return HttpReply(500, headers=_VERSION)
        if answer is None:
            # Without a slot that we could fill (video, audio) nobody was asked, and nothing of ours may stand there.
            answers = outcome.answers.values() or (NoBidReason.NOTHING_ELIGIBLE,)
            reasons = {answer.value for answer in answers if isinstance(answer, NoBidReason)}
            return HttpReply(204, headers=_VERSION | {"x-adplat-no-bid": ",".join(sorted(reasons))})
        if takes_gzip and len(answer) > _WORTH_PACKING_BYTES:
            return HttpReply(200, gzip.compress(answer, 1, mtime=0), _JSON | {"content-encoding": "gzip"})
        return HttpReply(200, answer, _JSON)

    async def _notice(self, url: str) -> HttpReply:
        REQUEST_ID.set("")
        try:
            notice, event = self._desk.read(url, self._clock.now())
            if event is not None:
                await self._record(event)
        except InputError as error:
            log.info("a notice was refused", extra={"reason": error.what})
            status = 503 if isinstance(error, StoreUnreachable) else 403
            return HttpReply(status, msgspec.json.encode(told_to_callers(error)), _JSON)
        except Exception:
            self._engine.counts.add(FAULTS, DOOR)
            log.exception("a notice failed unforeseen")
            return HttpReply(500)
        if notice.kind in {EventKind.IMPRESSION, EventKind.CONVERSION}:
            return A_PIXEL
        if notice.kind is EventKind.CLICK:
            return HttpReply(302, headers={"location": notice.about.landing_url} | _NEVER_KEPT)
        return HttpReply(204, headers=_NEVER_KEPT)

    async def _record(self, event: Event) -> None:
        """Raises TableRejected where it costs more than was bid, whatever the address says that was."""
        [outcome] = await self._engine.record_all([event])
        if outcome is EventOutcome.ABOVE_BID:
            raise TableRejected("a price is above the bid", where="p", hint="charge what was bid, or less")


def _refusal(error: InputError) -> tuple[int, bytes, dict[str, str]]:
    headers = _VERSION | {"x-adplat-problem": _in_a_header(str(error.for_others()))}
    if isinstance(error, KeyRejected):
        return 401, b"", headers | {"www-authenticate": "Bearer"}
    return 403 if isinstance(error, NotPermitted) else 400, b"", headers


def _in_a_header(told: str) -> str:
    """One line of ASCII, not too long for a header."""
    return told.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")[:500]
