"""From domain words to the messages of the gRPC door."""

from __future__ import annotations

from collections.abc import Sequence

from adplat import __version__
from adplat.client.generated import bidding_pb2 as pb
from adplat.client.wire_names import OUTCOMES, REASONS
from adplat.domain import EventOutcome, NoBidReason, Opportunity
from adplat.flows.decide_bid import BidOutcome, Offer
from adplat.flows.score_candidates import CandidateScores
from services.bidding.engine import EngineHealth


def scores_message(scores: CandidateScores) -> pb.ScoreResponse:
    """Parallel to the creatives that were asked for."""
    return pb.ScoreResponse(
        p_ctr=scores.p_ctr, p_cvr=scores.p_cvr, bundle_id=scores.bundle_id, degraded=scores.degraded
    )


def outcomes_message(outcomes: Sequence[EventOutcome]) -> pb.RecordResponse:
    """Parallel to the events."""
    return pb.RecordResponse(outcomes=[OUTCOMES[outcome] for outcome in outcomes])


def health_message(health: EngineHealth) -> pb.HealthResponse:
    """As ``GET /v1/health`` has it."""
    return pb.HealthResponse(
        status="ok" if health.redis else "degraded",
        bundle_id=health.bundle_id,
        snapshot_id=health.snapshot_id,
        creatives=health.creatives,
        redis=health.redis,
        statistics_age_s=health.statistics_age_s,
        version=__version__,
    )


def bids_message(opportunity: Opportunity, outcome: BidOutcome) -> pb.BidResponse:
    """One answer for every impression that was asked, in that order."""
    return pb.BidResponse(
        request_id=opportunity.request_id,
        impressions=[_answer(slot.slot_id, outcome.answers[slot.slot_id]) for slot in opportunity.slots],
        degraded=outcome.degraded,
        bundle_id=outcome.bundle_id,
    )


def _answer(slot_id: str, answer: Offer | NoBidReason) -> pb.ImpressionAnswer:
    if isinstance(answer, NoBidReason):
        return pb.ImpressionAnswer(impression_id=slot_id, no_bid=REASONS[answer])
    bid = pb.Bid(
        decision_id=answer.decision_id,
        price_micros=answer.price.amount_micros,
        currency=answer.price.currency,
        campaign_id=answer.campaign_id,
        creative_id=answer.creative_id,
        deal_id=answer.deal_id,
        propensity=answer.propensity,
        p_ctr=answer.p_ctr,
        p_cvr=answer.p_cvr,
        expires_s=answer.expires_s,
        urls=pb.NoticeUrls(**answer.urls),
        experiments=answer.decision.experiments,
    )
    return pb.ImpressionAnswer(impression_id=slot_id, bid=bid)
