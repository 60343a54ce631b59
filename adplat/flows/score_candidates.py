"""What the model thinks of given creatives for one user, for a bidder that decides by itself.

At most one round trip to Redis, for the user's history. Nothing is chosen, so nothing is recorded: what comes of it
cannot be reported, and teaches the bandit nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import OnlineState
from adplat.flows.rank_creatives import RankRequest, Serving, candidate_rows_of, known_moment, read_profile


@dataclass(frozen=True, slots=True)
class CandidateScores:
    """Calibrated probabilities, parallel to ``creative_ids``; ``p_cvr`` is empty without a conversion head.

    ``degraded`` names what had to be done without: ``profile`` when the user could not be read.
    """

    creative_ids: tuple[str, ...]
    p_ctr: tuple[float, ...]
    p_cvr: tuple[float, ...]
    bundle_id: str
    degraded: tuple[str, ...] = ()


async def score_candidates(online: OnlineState, serving: Serving, request: RankRequest) -> CandidateScores:
    """Score the candidates in the order given (of a campaign: in the snapshot's), exactly as ranking would.

    Request id and policy play no part. Raises UnknownReference (a candidate or campaign that is not there) and
    ConfigRejected (no candidates, or one named twice).
    """
    snapshot, encoding = serving.snapshot, serving.scorer.encoding
    rows = candidate_rows_of(snapshot, request)
    user, degraded = await read_profile(online, encoding, request.user)
    inputs = encoding.candidate_rows(user, known_moment(request), snapshot.items, rows)
    scores = serving.scorer.score(inputs, snapshot.items)
    return CandidateScores(
        creative_ids=tuple(snapshot.items.ids[row - 1] for row in rows.tolist()),
        p_ctr=tuple(scores.p_ctr.tolist()),
        p_cvr=() if scores.p_cvr is None else tuple(scores.p_cvr.tolist()),
        bundle_id=snapshot.bundle_id,
        degraded=degraded,
    )
