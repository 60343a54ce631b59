"""What goes over the wire: strict on the way in, plain on the way out. ``openapi`` describes both."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from adplat.domain import ConfigRejected, Decision, EventKind, UserContext
from adplat.flows.rank_creatives import MOST_SLOTS, Ranking, RankRequest
from adplat.flows.record_events import LARGEST_BATCH, ReportedEvent
from services.hosting.answers import ErrorAnswer

Name = Annotated[str, Meta(max_length=256)]
Given = Annotated[str, Meta(min_length=1, max_length=256)]
Fact = Annotated[str, Meta(max_length=1024)] | float | bool | None
Facts = Annotated[dict[Name, Fact], Meta(max_length=64)]
Moment = Annotated[datetime, Meta(tz=True)]

# Shorter names for the policies that most callers want.
POLICY_ALIASES = {"thompson": "thompson-with-prior"}


class UserBody(Struct, forbid_unknown_fields=True):
    """Only what the user consented to. Without ``user_key`` no history is read or kept."""

    user_key: Name = ""
    attributes: Facts = {}


class RankBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/rank``: one opportunity; either ``campaign_id`` or ``candidates``.

    ``slots`` asks for several creatives on one page: the first for ``position``, the next for the position after it.
    """

    placement: Given
    request_id: Name = ""
    user: UserBody = msgspec.field(default_factory=UserBody)
    context: Facts = {}
    campaign_id: Name = ""
    candidates: Annotated[list[Given], Meta(max_length=1000)] = []
    policy: Name = ""
    ts: Moment | UnsetType = UNSET
    position: Annotated[int, Meta(ge=0, le=1000)] = 0
    slots: Annotated[int, Meta(ge=1, le=MOST_SLOTS)] = 1
    distinct_campaigns: bool = False

    def as_request(self, now: datetime) -> RankRequest:
        """In domain words; unknown facts are left out."""
        return RankRequest(
            request_id=self.request_id,
            ts=now if isinstance(self.ts, UnsetType) else utc(self.ts),
            user=UserContext(self.user.user_key, known(self.user.attributes)),
            placement=self.placement,
            campaign_id=self.campaign_id,
            candidates=tuple(self.candidates),
            context=known(self.context),
            policy=POLICY_ALIASES.get(self.policy, self.policy),
            position=self.position,
            slots=self.slots,
            distinct_campaigns=self.distinct_campaigns,
        )


class ScoreBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/score``: what the model thinks of these creatives for this user; nothing is decided or kept."""

    placement: Given
    candidates: Annotated[list[Given], Meta(min_length=1, max_length=1000)]
    user: UserBody = msgspec.field(default_factory=UserBody)
    context: Facts = {}
    ts: Moment | UnsetType = UNSET
    position: Annotated[int, Meta(ge=0, le=1000)] = 0

    def as_request(self, now: datetime) -> RankRequest:
        """In domain words; unknown facts are left out."""
        return RankRequest(
            request_id="",
            ts=now if isinstance(self.ts, UnsetType) else utc(self.ts),
            user=UserContext(self.user.user_key, known(self.user.attributes)),
            placement=self.placement,
            candidates=tuple(self.candidates),
            context=known(self.context),
            position=self.position,
        )


class ScoreAnswer(Struct):
    """Parallel to the candidates; ``p_cvr`` is empty without that head."""

    p_ctr: tuple[float, ...]
    p_cvr: tuple[float, ...]
    bundle_id: str
    degraded: tuple[str, ...]


class RankedCreative(Struct):
    """``propensity`` is the probability that this creative took the first place; ``p_cvr`` null without that head."""

    creative_id: str
    campaign_id: str
    p_ctr: float
    p_cvr: float | None
    propensity: float


class SlotAnswer(Struct):
    """One slot of the page: a decision of its own, to report events of. ``slot`` counts from 0.

    ``propensity`` is the probability that this creative took this place, given the slots filled before it.
    """

    slot: int
    position: int
    decision_id: str
    creative_id: str
    campaign_id: str
    p_ctr: float
    p_cvr: float | None
    propensity: float

    @classmethod
    def of(cls, slot: int, decision: Decision) -> SlotAnswer:
        """From the decision as it was recorded."""
        return cls(
            slot,
            decision.position,
            decision.decision_id,
            decision.creative_id,
            decision.campaign_id,
            decision.p_ctr[0],
            decision.p_cvr[0] if decision.p_cvr else None,
            decision.propensity,
        )


class RankAnswer(Struct):
    """``creatives`` best first, of the first slot; ``slate`` what to show, slot by slot, never a creative twice.

    ``degraded`` names what the answer had to do without; empty when nothing. ``experiments`` are those that concerned
    this choice, as ``experiment_id:arm``.
    """

    decision_id: str
    request_id: str
    bundle_id: str
    policy: str
    creatives: list[RankedCreative]
    slate: list[SlotAnswer]
    degraded: list[str]
    experiments: list[str]

    @classmethod
    def of(cls, ranking: Ranking) -> RankAnswer:
        """From the decision as it was recorded."""
        decision = ranking.decision
        return cls(
            decision_id=decision.decision_id,
            request_id=decision.request_id,
            bundle_id=decision.bundle_id,
            policy=decision.policy,
            creatives=[
                RankedCreative(creative_id, campaign_id, p_ctr, p_cvr, propensity)
                for creative_id, campaign_id, p_ctr, p_cvr, propensity in zip(
                    decision.candidates,
                    ranking.campaign_ids,
                    decision.p_ctr,
                    decision.p_cvr or [None] * len(decision.candidates),
                    decision.first_slot_propensities,
                    strict=True,
                )
            ],
            slate=[SlotAnswer.of(slot, one) for slot, one in enumerate(ranking.slate)],
            degraded=list(ranking.degraded),
            experiments=list(decision.experiments),
        )


# What an HTTP report may be of; how an auction ended is told over gRPC.
HTTP_KINDS = (EventKind.IMPRESSION, EventKind.CLICK, EventKind.CONVERSION)
_HttpKind = Annotated[EventKind, Meta(extra_json_schema={"enum": [kind.value for kind in HTTP_KINDS]})]


class EventBody(Struct, forbid_unknown_fields=True):
    """``event_id`` defaults to ``decision_id:kind``, for conversions ``decision_id:conversion:conversion_kind``.

    A conversion may name ``user_key`` and ``advertiser_id``, and perhaps a campaign or a creative, in place of
    ``decision_id``; it needs an ``event_id``.
    """

    kind: _HttpKind
    decision_id: Name = ""
    event_id: Annotated[str, Meta(max_length=512)] = ""
    ts: Moment | UnsetType = UNSET
    value_micros: Annotated[int, Meta(ge=0, le=10**15)] = 0
    conversion_kind: Name = ""
    user_key: Name = ""
    advertiser_id: Name = ""
    campaign_id: Name = ""
    creative_id: Name = ""

    def as_reported(self) -> ReportedEvent:
        """In domain words. Raises ConfigRejected for a kind that is not taken here."""
        if self.kind not in HTTP_KINDS:
            raise ConfigRejected(
                f"a {self.kind} is not taken here",
                where="events.kind",
                hint=f"report {', '.join(HTTP_KINDS)} here, and {self.kind} over gRPC with Record",
            )
        return ReportedEvent(
            kind=self.kind,
            decision_id=self.decision_id,
            event_id=self.event_id,
            ts=None if isinstance(self.ts, UnsetType) else utc(self.ts),
            value_micros=self.value_micros,
            conversion_kind=self.conversion_kind,
            user_key=self.user_key,
            advertiser_id=self.advertiser_id,
            campaign_id=self.campaign_id,
            creative_id=self.creative_id,
        )


class EventsBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/events``."""

    events: Annotated[list[EventBody], Meta(max_length=LARGEST_BATCH)]


class EventsAnswer(Struct):
    """One result per event, in order: ``accepted``, ``duplicate`` or ``unknown_decision``."""

    results: list[str]


class HealthAnswer(Struct):
    """``GET /v1/health`` of the replica that answered."""

    status: str
    bundle_id: str
    snapshot_id: str
    creatives: int
    redis: bool
    statistics_age_s: float | None
    version: str


def known(facts: Facts) -> dict[str, str | float]:
    """The facts that are not null; ``true`` and ``false`` as the words that training reads in a boolean column."""
    return {
        name: ("true" if fact else "false") if isinstance(fact, bool) else fact
        for name, fact in facts.items()
        if fact is not None
    }


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ConfigRejected outside the years in which ads are shown."""
    if not 2000 <= moment.year < 2100:
        raise ConfigRejected(f"the year {moment.year} is not ours", where="ts", hint="give a time from 2000 to 2099")
    return moment.astimezone(UTC)


def openapi(version: str) -> bytes:
    """The OpenAPI 3.1 document of this service."""
    answers = {"rank": RankAnswer, "score": ScoreAnswer, "events": EventsAnswer, "health": HealthAnswer}
    bodies = {"rank": RankBody, "score": ScoreBody, "events": EventsBody}
    kinds = [*bodies.values(), *answers.values(), ErrorAnswer]
    _, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    troubles = {
        "401": "no API key that holds",
        "403": "the caller may not do this",
        "404": "an id that names nothing",
        "413": "the body is too large",
        "415": "packed by something else than gzip",
        "422": "the request is wrong",
        "503": "not kept: send it again",
    }

    def content(kind: type) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}

    def operation(name: str) -> dict[str, Any]:
        described: dict[str, Any] = {
            "operationId": name,
            "responses": {"200": {"description": "done", "content": content(answers[name])}},
        }
        if name in bodies:
            # Either, or none where the service demands none.
            described["security"] = [{"bearer": []}, {"header": []}, {}]
            described["requestBody"] = {"required": True, "content": content(bodies[name])}
            described["responses"] |= {
                status: {"description": meaning, "content": content(ErrorAnswer)}
                for status, meaning in troubles.items()
            }
        return described

    document = {
        "openapi": "3.1.0",
        "info": {"title": "adplat bidding", "version": version},
        "paths": {
            "/v1/rank": {"post": operation("rank")},
            "/v1/score": {"post": operation("score")},
            "/v1/events": {"post": operation("events")},
            "/v1/health": {"get": operation("health")},
        },
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }
    return msgspec.json.encode(document)
