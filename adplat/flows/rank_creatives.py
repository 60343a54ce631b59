"""Which creative to show: the whole story of one request on one screen.

Two round trips to Redis, and why two: the first reads the user, the second makes the decision durable
*before* the answer leaves. A caller can therefore never report an impression of a decision that nobody
knows, whichever process dies in between; what was answered can be counted. The second trip costs a few tenths
of a millisecond; the alternative, carrying the decision inside a signed token, would make every event
as large as a decision and trust the caller's network with propensities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Protocol

import numpy as np

from adplat.bandit import (
    NOTHING_KNOWN,
    POLICIES,
    Belief,
    Knowledge,
    PlaceEffects,
    Policy,
    ThompsonWithPrior,
    learn_places,
    policy_fitting,
)
from adplat.domain import (
    ANYBODY,
    Caller,
    ConfigRejected,
    Decision,
    InternalFault,
    OnlineState,
    SchemaMismatch,
    StoreUnreachable,
    TableRejected,
    ToRecord,
    UnknownReference,
    UserContext,
)
from adplat.features import FeatureEncoding, ItemBlock, RowArrays, StoredProfile, UserVector, pack_user, unpack_user
from adplat.features.arrays import Int32
from adplat.flows.apply_experiments import RunningExperiments
from adplat.flows.bid_book import NOT_TESTED, BidBook, Tested
from adplat.flows.fill_slate import PlaceChoice, ScoredPlace, fill_slate
from adplat.flows.linear_learning import context_for, known_of_bundle
from adplat.flows.replay_log import NOT_LOGGED, ReplayLog
from adplat.snapshots import CatalogueSnapshot, PolicySettings
from adplat.statistics import Float64

MOST_SLOTS = 20


class ScoredRows(Protocol):
    """Calibrated probabilities, one per row; ``p_cvr`` is ``None`` without a conversion head."""

    @property
    def p_ctr(self) -> Float64: ...
    @property
    def p_cvr(self) -> Float64 | None: ...


class RowScorer(Protocol):
    """What ranking asks of a model; ``adplat.ctr.Scorer`` is the real one."""

    @property
    def encoding(self) -> FeatureEncoding: ...
    def prepare_items(self, items: ItemBlock) -> object: ...
    def score(self, rows: RowArrays, items: ItemBlock) -> ScoredRows: ...


@dataclass(frozen=True)
class Serving:
    """Everything one request needs, swapped as a whole when another snapshot is published.

    ``shadow_share`` of the decisions take their user along on the stream, so that the worker can score them with a
    second bundle; that is all the shadow costs a request. ``policies`` know what ``known`` says, in which clicks are
    expected as ``places`` found them. ``replay`` says which take along what they were scored with. ``experiments`` are
    ``None`` where none can concern a request: then nothing is asked of them.
    """

    snapshot: CatalogueSnapshot
    scorer: RowScorer
    policies: Mapping[str, Policy]
    book: BidBook
    shadow_share: float = 0.0
    replay: ReplayLog = NOT_LOGGED
    known: Knowledge = NOTHING_KNOWN
    places: PlaceEffects = PlaceEffects.NONE
    experiments: RunningExperiments | None = None

    def policy_for(self, tested: Tested) -> Policy:
        """The one that an experiment's arm names, else the snapshot's."""
        return self.policies[tested.policy or self.snapshot.policy.name]

    @property
    def belief(self) -> Belief:
        """What is believed of click rates, by bids too, whichever policy draws."""
        policy = self.policies[ThompsonWithPrior.name]
        if not isinstance(policy, ThompsonWithPrior):
            raise InternalFault(f"{ThompsonWithPrior.name!r} names another policy", hint="see adplat.bandit.POLICIES")
        return policy.belief

    def knowing(self, known: Knowledge) -> Serving:
        """The same with policies that know these statistics, corrected for the places that creatives stood in."""
        places = learn_places(known)
        known = places.corrected(known).made_of(self.snapshot.elements)
        told = known_of_bundle(known, self.snapshot.bundle_id)
        policies = {name: policy.update(told) for name, policy in self.policies.items()}
        return replace(self, policies=policies, known=known, places=places)


@dataclass(frozen=True, slots=True)
class RankRequest:
    """One opportunity. Exactly one of ``campaign_id`` and ``candidates`` says what may be shown, if ``caller`` may.

    ``slots`` creatives are asked for, the first of them for ``position``, the next for the position after it;
    ``distinct_campaigns`` takes at most one of each campaign.
    """

    request_id: str
    ts: datetime
    user: UserContext
    placement: str
    campaign_id: str = ""
    candidates: tuple[str, ...] = ()
    context: Mapping[str, str | float] = field(default_factory=dict)
    policy: str = ""
    position: int = 0
    caller: Caller = ANYBODY
    slots: int = 1
    distinct_campaigns: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """One decision a slot, all recorded, and what had to be done without: ``profile`` when the user could not be read.

    There are fewer than were asked for where the candidates do not suffice. ``campaign_ids`` run parallel to the
    candidates of the first.
    """

    slate: tuple[Decision, ...]
    campaign_ids: tuple[str, ...]
    degraded: tuple[str, ...] = ()

    @property
    def decision(self) -> Decision:
        """That of the first slot."""
        return self.slate[0]


async def rank_creatives(
    online: OnlineState,
    serving: Serving,
    request: RankRequest,
    rng: np.random.Generator,
) -> Ranking:
    """Rank the candidates of one request, record what was decided of each slot, and only then answer.

    A place is scored as itself where the model reads the position, so that what is logged is what the model says there
    and not a guess from the first place: one more run of the network for each further slot. Else one run serves all.

    A profile that cannot be read costs its history, flagged as degraded; a decision that cannot be
    recorded costs the answer. Raises UnknownReference (a candidate, campaign or policy that is not there),
    StoreUnreachable (the decision cannot be kept) and ConfigRejected (no candidates).
    """
    snapshot, encoding = serving.snapshot, serving.scorer.encoding
    rows, tested = tested_rows(serving, request, candidate_rows_of(snapshot, request))
    policy = serving.policies.get(request.policy) if request.policy else serving.policy_for(tested)
    if policy is None:
        raise UnknownReference(
            f"policy {request.policy!r} is unknown", where="policy", hint=f"use {' or '.join(serving.policies)}"
        )
    user, degraded = await read_profile(online, encoding, request.user)
    ids = [snapshot.items.ids[row - 1] for row in rows.tolist()]

    reads_position = any("position" in (feature.name, *feature.columns) for feature in encoding.schema.features)

    @cache
    def scored_at(slot: int) -> ScoredPlace:
        context = known_moment(replace(request, position=request.position + slot))
        if slot and not reads_position:
            return replace(scored_at(0), context=context)
        inputs = encoding.candidate_rows(user, context, snapshot.items, rows)
        scores = serving.scorer.score(inputs, snapshot.items)
        return ScoredPlace(context, inputs, scores.p_ctr, scores.p_cvr)

    places = fill_slate(
        policy,
        ids,
        request.slots,
        scored_at,
        lambda scored: context_for(policy, snapshot.items, rows, scored.p_ctr, scored.p_cvr),
        [serving.places.at(request.position + slot) for slot in range(request.slots)],
        rng,
        groups=[snapshot.listed[name].campaign_id for name in ids] if request.distinct_campaigns else (),
    )
    profile = StoredProfile.AWAY if degraded else StoredProfile.USED
    recorded = []
    for place in places:
        decision = _decision_of(serving, request, policy.name, tested, ids, place, rng)
        is_shadowed = falls_in_share(decision.decision_id, serving.shadow_share)
        served: bytes | None = None
        if falls_in_share(decision.decision_id, serving.replay.share):
            inputs = place.scored.inputs
            served = serving.replay.packing(encoding, snapshot.items, user, inputs, profile, request.user, decision)()
        recorded.append(ToRecord(decision, pack_user(user, encoding.digest) if is_shadowed else None, served))
    await online.record_decisions(recorded)
    slate = tuple(one.decision for one in recorded)
    campaign_ids = tuple(snapshot.listed[name].campaign_id for name in slate[0].candidates)
    return Ranking(slate, campaign_ids, degraded)


def _decision_of(
    serving: Serving,
    request: RankRequest,
    policy_name: str,
    tested: Tested,
    ids: Sequence[str],
    place: PlaceChoice,
    rng: np.random.Generator,
) -> Decision:
    snapshot = serving.snapshot
    chosen = snapshot.listed[ids[place.order[0]]]
    return Decision(
        decision_id=new_decision_id(request.ts, rng),
        request_id=request.request_id,
        ts=request.ts,
        user_key=request.user.user_key,
        placement=request.placement,
        advertiser_id=chosen.advertiser_id,
        campaign_id=chosen.campaign_id,
        creative_id=chosen.creative_id,
        propensity=place.propensities[0],
        policy=policy_name,
        bundle_id=snapshot.bundle_id,
        candidates=tuple(ids[candidate] for candidate in place.order),
        p_ctr=place.p_ctr,
        p_cvr=place.p_cvr,
        first_slot_propensities=place.propensities,
        position=request.position + place.slot,
        context=place.scored.context,
        caller_id=request.caller.caller_id,
        attribution=serving.book.attribution_of(chosen.campaign_id),
        experiments=tested.exposures,
    )


def candidate_rows_of(snapshot: CatalogueSnapshot, request: RankRequest) -> Int32:
    """Rows of the item block that this request may show. Raises ConfigRejected or UnknownReference."""
    if bool(request.campaign_id) == bool(request.candidates):
        raise ConfigRejected(
            "give either candidates or a campaign_id", where="candidates", hint="name exactly one of the two"
        )
    if request.campaign_id:
        return snapshot.rows_of_campaign(request.campaign_id, request.caller)
    if len(set(request.candidates)) != len(request.candidates):
        raise ConfigRejected("a candidate is named twice", where="candidates", hint="name every creative once")
    return snapshot.rows_of(request.candidates, request.caller)


def tested_rows(serving: Serving, request: RankRequest, rows: Int32) -> tuple[Int32, Tested]:
    """What the arms of running experiments leave of these rows of the item block, and what the decision tells."""
    running = serving.experiments
    if running is None:
        return rows, NOT_TESTED
    ids = serving.snapshot.items.ids
    in_book = np.array([serving.book.row_of[ids[row - 1]] for row in rows.tolist()], dtype=np.int32)
    kept, tested = running.on_ranking(
        request.user.user_key, request.request_id, in_book, policy_is_open=not request.policy
    )
    return rows[kept], tested


def known_moment(request: RankRequest) -> dict[str, str | float]:
    """The context as the lake will show it: the caller's facts, but placement and position are the request's own.

    Hour and weekday are UTC unless the caller tells local ones.
    """
    moment = {"hour": request.ts.hour, "weekday": request.ts.weekday()}
    return {**moment, **request.context, "placement": request.placement, "position": request.position}


async def read_profile(
    online: OnlineState, encoding: FeatureEncoding, user: UserContext
) -> tuple[UserVector, tuple[str, ...]]:
    """The user's vector and what is missing of it.

    What the caller says of the user now wins over what was stored, fact by fact; the history is always
    the stored one. A user without a key may not be recognised: no round trip, no history.
    """
    if not user.user_key:
        return known_user(encoding, user, None)
    try:
        return known_user(encoding, user, await online.read_user(user.user_key))
    except StoreUnreachable:
        return known_user(encoding, user, None)[0], ("profile",)


def known_user(
    encoding: FeatureEncoding, user: UserContext, packed: bytes | None
) -> tuple[UserVector, tuple[str, ...]]:
    """What the caller says of the user over what was stored (``packed``), and what is missing of it."""
    told = encoding.user_vector({encoding.schema.user: user.user_key, **user.attributes})
    try:
        stored = None if packed is None else unpack_user(packed, encoding.digest)
    except (SchemaMismatch, TableRejected):  # packed for another schema and not yet folded anew
        return told, ("profile",)
    return (told, ()) if stored is None else (told_over_stored(told, stored), ())


def told_over_stored(told: UserVector, stored: UserVector) -> UserVector:
    """The stored vector with every fact replaced that ``told`` knows."""
    return replace(
        stored,
        categorical=np.where(told.categorical != 0, told.categorical, stored.categorical),
        bags=np.where(told.bags.any(axis=1, keepdims=True), told.bags, stored.bags),
        numeric=np.where(np.isnan(told.numeric), stored.numeric, told.numeric),
        key=told.key,
    )


def new_decision_id(now: datetime, rng: np.random.Generator) -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits, so that ids sort by time."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(rng.bytes(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (random >> 68) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def falls_in_share(decision_id: str, share: float) -> bool:
    """Whether this decision belongs to a random ``share`` (0 to 1) of all; its last 48 bits are the lot."""
    return share > 0.0 and int(decision_id[-12:], 16) < share * 2**48


def policies_of(settings: PolicySettings) -> dict[str, Policy]:
    """Every policy that a request may name, and the default under its own name. Raises ConfigRejected."""
    told = asdict(settings)
    told.pop("name")
    by_name = {name: policy_fitting(name, **told) for name in POLICIES}
    if settings.name not in by_name:
        raise ConfigRejected(f"policy {settings.name!r} is unknown", where="policy", hint=f"use {' or '.join(by_name)}")
    return by_name
