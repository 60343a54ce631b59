"""The public talks to the real service: a few connections, one batch of requests after the other."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from adplat.client import BiddingClient
from adplat.domain import Event, EventOutcome, InternalFault
from adplat.flows.play_public import Shown
from adplat.simulator import PlayRequest


class HttpAdServer:
    """An ``AdServer`` behind a URL. One client is shared by ``connections`` threads."""

    def __init__(self, url: str, connections: int = 4) -> None:
        self._client = BiddingClient(url)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="public")

    def __enter__(self) -> HttpAdServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._client.close()

    def rank(self, requests: Sequence[PlayRequest], policies: Sequence[str]) -> list[Shown]:
        """Ask for all of them, a few at a time."""
        return list(self._threads.map(self._rank, requests, policies))

    def report(self, events: Sequence[Event]) -> None:
        """Send, again and again if need be, until every event is kept. Raises InternalFault for one nobody knows."""
        if not events:
            return
        outcomes = self._client.send_events(events)
        if EventOutcome.UNKNOWN_DECISION in outcomes:
            lost = events[outcomes.index(EventOutcome.UNKNOWN_DECISION)]
            raise InternalFault(
                "the service forgot a decision that it had answered",
                where=lost.decision_id,
                hint="please report it with the service's log",
            )

    def _rank(self, request: PlayRequest, policy: str) -> Shown:
        # The service knows consented users by their key; what it stores of them is what training used.
        answer = self._client.rank(
            placement=str(request.context["placement"]),
            candidates=request.candidates,
            user_key=request.user_key,
            context=request.context,
            policy=policy,
            request_id=request.request_id,
            ts=request.ts,
            position=int(request.context["position"]),
        )
        first = answer.creatives[0]
        return Shown(answer.decision_id, first.creative_id, first.propensity, first.p_ctr)
