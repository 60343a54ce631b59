"""What running experiments make of one request: fewer candidates, another policy, and what the decision tells of it.

Who is counted must not depend on the arm, or the arms' sums cannot be compared. So an experiment concerns a campaign of
a request only where *every* arm could show something of it there, judged before anything that an arm may have caused
(frequency caps, money, scores). Where it does not, nothing is held back and no trace is left.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.domain import Experiment, ExperimentBook, ExperimentState, Opportunity
from adplat.experiments import Assigner, RequestUnits
from adplat.features.arrays import Int32, Int64
from adplat.flows.bid_book import NOT_TESTED, BidBook, Bools, Chance, Tested

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """One experiment over one book of ``n`` creatives.

    Args:
        places: of its campaigns, those where every arm has a live creative.
        shown_by: (n,) which arms show a creative, a bit each; arms that show everything have none.
        bits: by name of the arm; ``every`` is all of them.
    """

    experiment: Experiment
    places: frozenset[int]
    shown_by: Int64
    bits: Mapping[str, int]
    every: int

    def concerns(self, shown_by: Int64) -> bool:
        """Whether every arm could show one of the creatives that these are the bits of."""
        return not self.every or int(np.bitwise_or.reduce(shown_by)) & self.every == self.every


@dataclass(frozen=True)
class RunningExperiments:
    """The experiments that run, compiled against a book; swapped with it as a whole.

    Example::

        running = RunningExperiments.of(watch.book, book, policies)     # None: nothing runs, nothing to ask
        kept, tested = running.on_ranking("u1", "r1", rows, policy_is_open=True)
    """

    book: BidBook
    assigner: Assigner
    at_place: Mapping[int, tuple[_Ready, ...]]

    @classmethod
    def of(cls, running: ExperimentBook, book: BidBook, policies: Collection[str]) -> RunningExperiments | None:
        """``None`` where none can concern a request. One that cannot run here is left out and told in the log."""
        ready = [
            _ready(one, book)
            for one in running.experiments
            if one.state is ExperimentState.RUNNING and _has_policies(one, policies)
        ]
        at_place: dict[int, tuple[_Ready, ...]] = {}
        for one in ready:
            if not one.places:
                log.warning("experiment %s concerns nothing that is live", one.experiment.experiment_id)
            for place in one.places:
                at_place[place] = (*at_place.get(place, ()), one)
        return cls(book, Assigner(running), at_place) if at_place else None

    def on_bid(self, opportunity: Opportunity, ways: Mapping[str, Sequence[Chance]]) -> dict[str, list[Chance]]:
        """The ways into each slot with what each campaign's arm leaves of its rows."""
        units = self.assigner.units_of(opportunity.user.user_key, opportunity.request_id)
        return {slot_id: [self._on_chance(units, chance) for chance in chances] for slot_id, chances in ways.items()}

    def on_ranking(self, user_key: str, request_id: str, rows: Int32, *, policy_is_open: bool) -> tuple[Bools, Tested]:
        """(r,) which of these rows stay, and what the decision tells.

        One policy chooses among all candidates, so experiments that name policies concern a request only where all
        campaigns are theirs, and the caller has not chosen one itself.
        """
        kept, where = np.ones(len(rows), dtype=np.bool_), self.book.campaign_of[rows]
        present = set(where.tolist())
        if self.at_place.keys().isdisjoint(present):
            return kept, NOT_TESTED
        at = {place: np.flatnonzero(where == place) for place in sorted(self.at_place.keys() & present)}
        units = self.assigner.units_of(user_key, request_id)
        policy_is_open = policy_is_open and len(at) == len(present)
        return kept, self._applied(units, rows, at, kept, policy_is_open=policy_is_open)

    def _on_chance(self, units: RequestUnits, chance: Chance) -> Chance:
        rows = chance.rows
        where = self.book.campaign_of[rows]
        present = self.at_place.keys() & set(where.tolist())
        if not present:
            return chance
        kept = np.ones(len(rows), dtype=np.bool_)
        by_campaign = {}
        for place in sorted(present):
            at = {place: np.flatnonzero(where == place)}
            told = self._applied(units, rows, at, kept, policy_is_open=True)
            if told is not NOT_TESTED:
                by_campaign[place] = told
        return Chance(chance.slot, chance.deal, rows[kept], by_campaign) if by_campaign else chance

    def _applied(
        self, units: RequestUnits, rows: Int32, at: Mapping[int, Int64], kept: Bools, *, policy_is_open: bool
    ) -> Tested:
        """What is told of campaigns that are chosen among together; ``kept`` loses what their arms do not show.

        ``at`` says where in ``rows`` each campaign's stand.
        """
        exposures: list[str] = []
        policy = ""
        for one in dict.fromkeys(ready for place in at for ready in self.at_place[place]):
            experiment = one.experiment
            own = [places for place, places in at.items() if place in one.places]
            if experiment.names_policies and not (policy_is_open and len(own) == len(at)):
                continue
            arm = units.arm_of(experiment.experiment_id)
            if arm is None:
                continue
            shown = [(places, one.shown_by[rows[places]]) for places in own]
            concerned = [(places, shown_by) for places, shown_by in shown if one.concerns(shown_by)]
            if not concerned or (experiment.names_policies and len(concerned) < len(own)):
                continue
            exposures.append(experiment.exposure(arm))
            policy = arm.policy or policy
            bit = one.bits.get(arm.name)
            if bit is not None:
                for places, shown_by in concerned:
                    kept[places] &= (shown_by & bit) != 0
        return Tested(tuple(exposures), policy) if exposures else NOT_TESTED


def _ready(experiment: Experiment, book: BidBook) -> _Ready:
    named = experiment.campaign_ids or book.place_of_campaign
    places = {book.place_of_campaign[name] for name in named if name in book.place_of_campaign}
    shown_by = np.zeros(len(book.catalogue.creatives), dtype=np.int64)
    restricting = [arm for arm in experiment.arms if arm.takes_units and arm.creative_ids]
    bits = {arm.name: 1 << number for number, arm in enumerate(restricting)}
    for arm in restricting:
        rows = [book.row_of[name] for name in arm.creative_ids if name in book.row_of]
        shown_by[rows] |= bits[arm.name]
        places &= set(book.campaign_of[rows].tolist())
    return _Ready(experiment, frozenset(places), shown_by, bits, sum(bits.values()))


def _has_policies(experiment: Experiment, policies: Collection[str]) -> bool:
    unknown = sorted({arm.policy for arm in experiment.arms if arm.policy} - set(policies))
    if unknown:
        log.error("experiment %s is left out: no policy %s here", experiment.experiment_id, ", ".join(unknown))
    return not unknown
