"""Where a seller reports what became of a bid, and what of such a report is an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from adplat.domain import ConfigRejected, Event, EventKind, NoBidReason
from adplat.flows.decide_bid import BidOutcome, Offer
from adplat.openrtb import (
    Notice,
    SignedBid,
    event_of,
    is_web_address,
    notice_urls,
    read_notice,
    usable_secrets,
)

_NOTICES = (EventKind.WIN, EventKind.BILLING, EventKind.LOSS)
_EVENTS = (EventKind.IMPRESSION, EventKind.CONVERSION)


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """Our address and the keys that sign what is handed out; the first signs, any is believed."""

    base_url: str
    secrets: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Raises ConfigRejected now: later it would be every seller whose request is refused for it."""
        usable_secrets(self.secrets)
        if not is_web_address(self.base_url):
            raise ConfigRejected(
                f"{self.base_url!r} is no web address", where="ADPLAT_PUBLIC_URL", hint="write https://ads.example"
            )

    def with_urls(self, outcome: BidOutcome, landing_urls: Mapping[str, str], *, is_test: bool) -> BidOutcome:
        """Every offer with its addresses, by event kind; ``landing_urls`` by ad id."""
        answers: dict[str, Offer | NoBidReason] = {}
        for slot_id, answer in outcome.answers.items():
            if isinstance(answer, Offer):
                urls = self._urls(answer, landing_urls.get(answer.creative.ad_id, ""), is_test)
                answers[slot_id] = replace(answer, urls=urls)
            else:
                answers[slot_id] = answer
        return replace(outcome, answers=answers)

    def read(self, url: str, now: datetime) -> tuple[Notice, Event | None]:
        """What was called, and the event to record of it; ``None`` where it counts nowhere (audit, test).

        Raises TableRejected for what is not ours.
        """
        notice = read_notice(url, self.secrets)
        return notice, event_of(notice, now)

    def _urls(self, offer: Offer, landing_url: str, is_test: bool) -> dict[str, str]:
        decision = offer.decision
        about = SignedBid(
            decision_id=decision.decision_id,
            campaign_id=decision.campaign_id,
            creative_id=decision.creative_id,
            bid=offer.price,
            issued_at=decision.ts,
            landing_url=landing_url,
            is_test=is_test,
        )
        events = (*_EVENTS, EventKind.CLICK) if is_web_address(landing_url) else _EVENTS
        bases = dict.fromkeys(_NOTICES, f"{self.base_url}/notice") | dict.fromkeys(events, f"{self.base_url}/event")
        return {kind.value: url for kind, url in notice_urls(bases, about, self.secrets).items()}
